// @vitest-environment jsdom
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { Problem } from '@/api/problem'
import { useForm } from './form'

beforeEach(() => localStorage.clear())
const settled = () => new Promise((resolve) => setTimeout(resolve))

test('what must be filled and is not is named, without asking the service', async () => {
  let asked = 0
  const form = useForm({ org: { name: '' }, phone: '1' }, async () => void asked++)
  form.shown.set('org.name', { label: '申请方名称', required: true })
  form.shown.set('elsewhere', { label: 'not of this model', required: true })
  expect(await form.send()).toBe(false)
  expect([asked, Object.keys(form.errors)]).toEqual([0, ['org.name']])
  form.model.org.name = '某某商店'
  await nextTick()
  expect(form.errors).toEqual({}) // corrected, so the error is removed
  expect(await form.send()).toBe(true)
})

test('a refused field stays red until it is changed', async () => {
  const form = useForm({ name: 'a', phone: '1' }, async () => {
    throw new Problem(422, 'invalid', 'x', [{ field: 'phone', code: 'phone_invalid', message: 'y' }])
  })
  await form.send()
  form.model.name = 'b'
  await nextTick()
  expect(form.errors.phone).toBe('y')
  form.model.phone = '2'
  await nextTick()
  expect(form.errors).toEqual({})
})

test('an edit keeps what was typed over the values it began with; giving it up goes back to those', async () => {
  const open = () => {
    const form = useForm({ keeper: '', place: '' }, async () => undefined)
    form.begin({ keeper: '甲', place: '一楼' }, 'edit-1')
    return form
  }
  const first = open()
  first.model.keeper = '乙'
  await nextTick()
  expect(first.unsaved).toBe(false) // it is saved as a draft

  const again = open()
  expect([again.restored, again.model]).toEqual([true, { keeper: '乙', place: '一楼' }])
  again.reset()
  await settled()
  expect([again.model, open().restored]).toEqual([{ keeper: '甲', place: '一楼' }, false])
})

test('a form without a draft says that something is unsaved', async () => {
  const form = useForm({ name: 'a' }, async () => undefined)
  form.model.name = 'b'
  await nextTick()
  expect(form.unsaved).toBe(true)
  await form.send()
  expect(form.unsaved).toBe(false)
})
