import { beforeEach, expect, test, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { saveAndResubmit } from './resubmit'

const done: string[] = []
const refusals: Record<string, Problem[]> = {}
const OPEN = { id: 'f1', institution_id: 'city', authorize_province: true }

vi.mock('@/api', () => {
  const call =
    (name: string, data: unknown = { done: 1, failed: [] }) =>
    async () => {
      const refusal = refusals[name]?.shift()
      if (refusal) throw refusal
      done.push(name)
      return data
    }
  return {
    ask: (work: Promise<unknown>) => work,
    registry: { PATCH: call('save') },
    filing: {
      GET: async () => ({ items: [OPEN] }),
      POST: (path: string) => call(path.endsWith('withdraw') ? 'withdraw' : 'submit')(),
    },
  }
})
const refused = (status: number, code: string) => new Problem(status, code, code)

beforeEach(() => {
  done.length = 0
  for (const key of Object.keys(refusals)) delete refusals[key]
})

test('withdrawn, saved, submitted again', async () => {
  await saveAndResubmit('i1', 3, { model: 'B' })
  expect(done).toEqual(['withdraw', 'save', 'submit'])
})

test('papers go up before it is submitted again, as soon as the withdrawal is heard of', async () => {
  const busy = [refused(409, 'filing_open')]
  await saveAndResubmit('i1', 3, {}, async () => {
    const refusal = busy.shift()
    if (refusal) throw refusal
    done.push('papers')
  })
  expect(done).toEqual(['withdraw', 'papers', 'submit'])
})

test('saving waits until the withdrawal is heard of', async () => {
  refusals.save = [refused(409, 'filing_open'), refused(409, 'filing_open')]
  await saveAndResubmit('i1', 3, { model: 'B' })
  expect(done).toEqual(['withdraw', 'save', 'submit'])
})

test.each([refused(422, 'invalid'), refused(412, 'stale')])(
  'refused with $code, it is submitted as it was, and the user is told',
  async (refusal) => {
    refusals.save = [refusal]
    await expect(saveAndResubmit('i1', 3, { model: '' })).rejects.toBe(refusal)
    expect(done).toEqual(['withdraw', 'submit'])
  },
)
