import { expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import { useLoad } from './load'

it('keeps what is there while it loads anew, and tells a refusal', async () => {
  let answer: () => Promise<number> = async () => 1
  const { data, problem, loading, reload } = useLoad(() => answer())
  await reload()
  expect([data.value, problem.value, loading.value]).toEqual([1, null, false])
  answer = async () => {
    throw new Problem(503, 'unavailable', 'later')
  }
  await reload()
  expect([data.value, problem.value?.code, loading.value]).toEqual([1, 'unavailable', false])
})

it('shows the answer to the last question, whichever comes last', async () => {
  const answers: ((n: number) => void)[] = []
  const { data, reload } = useLoad(() => new Promise<number>((done) => answers.push(done)))
  const both = [reload(), reload()]
  answers[1]!(2)
  answers[0]!(1)
  await Promise.all(both)
  expect(data.value).toBe(2)
})

it('throws on what is no Problem', async () => {
  await expect(
    useLoad(async () => {
      throw new TypeError('a fault')
    }).reload(),
  ).rejects.toThrow('a fault')
})
