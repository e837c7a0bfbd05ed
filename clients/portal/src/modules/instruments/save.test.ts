import { beforeEach, expect, test, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { amend } from './save'

const sent: unknown[] = []
let open: object[] = []
let refusal: Problem | undefined

vi.mock('@/api', () => {
  const call = async (path: string, options: object) => {
    if (refusal) throw refusal
    sent.push([path, options])
  }
  return {
    ask: (work: Promise<unknown>) => work,
    registry: { PATCH: call },
    filing: { GET: async () => ({ items: open }), POST: call },
  }
})

beforeEach(() => {
  sent.length = 0
  open = [{ id: 'f1' }]
  refusal = undefined
})

test('what is submitted is saved by one request', async () => {
  await amend('i1', 3, { model: 'B' })
  expect(sent).toEqual([
    [
      '/api/filing/filings/{filing_id}/amend',
      { params: { path: { filing_id: 'f1' } }, headers: { 'If-Match': '"3"' }, body: { changes: { model: 'B' } } },
    ],
  ])
})

test('what is not submitted any more is saved like any other', async () => {
  open = []
  await amend('i1', 3, { keeper: 'B' })
  expect(sent).toEqual([
    [
      '/api/registry/instruments/{instrument_id}',
      { params: { path: { instrument_id: 'i1' } }, headers: { 'If-Match': '"3"' }, body: { keeper: 'B' } },
    ],
  ])
})

test('a refusal names the fields of the form', async () => {
  refusal = new Problem(422, 'invalid', '…', [{ field: 'changes.model', code: 'required', message: '此项必填。' }])
  const told = await amend('i1', 3, { model: '' }).catch((error: Problem) => error)
  expect((told as Problem).errors).toEqual([{ field: 'model', code: 'required', message: '此项必填。' }])
})
