// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { rowsOf, useRows } from './rows'

const answers: (number | Problem)[] = []
vi.mock('@/api', () => ({
  askWhole: async () => {
    const answer = answers.shift() ?? 201
    if (answer instanceof Problem) throw answer
    return { response: { status: answer } }
  },
  registry: { POST: async () => ({}) },
}))
const file = () => rowsOf([['出厂编号'], ['1'], ['2'], ['3']])

afterEach(() => {
  answers.length = 0
  localStorage.clear()
})

test('another page sees the same import, another account does not', async () => {
  const first = useRows('me')
  first.begin('a.xlsx', file())
  await first.run()
  expect(useRows('me').count('created')).toBe(3)
  expect(useRows('you').state.rows).toEqual([])
})

test('a file that stopped half-way goes on from there in a new visit, and is forgotten at its end', async () => {
  answers.push(201, new Problem(0, 'network', ''))
  const before = useRows('me')
  before.begin('a.xlsx', file())
  await before.run()
  expect([before.state.at, before.state.problem?.code]).toEqual([1, 'network'])

  useRows('nobody') // as a reload does: nothing is left in memory
  const again = useRows('me')
  expect(again.stopped()).toEqual({ name: 'a.xlsx', rows: 3, at: 1 })
  again.begin('a.xlsx', file())
  await again.run()
  expect([again.count('earlier'), again.count('created'), again.stopped()]).toEqual([1, 2, null])
})
