import { expect, it } from 'vitest'
import { usePicks } from './picks'

it('ticks all from the head, and counts rows only', () => {
  const { picked, all, some, pick, pickAll } = usePicks(() => ['a', 'b', 'c'])
  pickAll(true)
  expect([picked.value, all.value, some.value]).toEqual([['a', 'b', 'c'], true, false])
  pick('b', false)
  expect([picked.value, all.value, some.value]).toEqual([['a', 'c'], false, true])
  pick('a', true)
  expect(picked.value).toEqual(['c', 'a'])
  pickAll(false)
  expect([picked.value, all.value, some.value]).toEqual([[], false, false])
})

it('does not say "all" where there is nothing to tick', () => expect(usePicks(() => []).all.value).toBe(false))
