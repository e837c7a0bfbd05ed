import { expect, test } from 'vitest'
import { dayOf, lately, when } from './time'

const sources = import.meta.glob<string>(['../**/*.vue', '../**/*.ts', '!../**/*.test.ts', '!../api/generated/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('a time is the one of Shanghai', () => {
  const midnight = '2026-11-30T16:00:00Z'
  expect([when(midnight), lately(midnight), dayOf(midnight)]).toEqual(['2026/12/01 00:00', '12/01 00:00', '2026-12-01'])
  expect([when(null), lately(undefined)]).toEqual(['', ''])
})

test('no page writes a time, or takes the day of the browser, by itself', () => {
  const own =
    /\.toLocale\w*\(|Intl\.DateTimeFormat|\bnew Date\(\)\.toISOString\(\)\.slice|\.get(Hours|Date|Day|Month|FullYear)\(/
  const found = Object.entries(sources).filter(([path, text]) => path !== './time.ts' && own.test(text))
  expect(found.map(([path]) => path)).toEqual([])
  expect(Object.keys(sources).length).toBeGreaterThan(100)
})
