import { expect, it } from 'vitest'
import { ageOf } from './age'

// submitted on Tuesday the 1st, in Shanghai's night before in UTC; due on the 8th: seven days
it.each([
  ['2026-12-01', 'fine', 7],
  ['2026-12-05', 'fine', 3],
  ['2026-12-06', 'soon', 2],
  ['2026-12-08', 'soon', 0],
  ['2026-12-09', 'past', 1],
  ['2026-12-18', 'past', 10],
])('on %s it is %s', (today, level, days) =>
  expect(ageOf('2026-11-30T16:30:00Z', '2026-12-08', today)).toEqual({ level, days }),
)
