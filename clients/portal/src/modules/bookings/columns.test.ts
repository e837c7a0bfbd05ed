// @vitest-environment jsdom
import { expect, test } from 'vitest'
import { columns as bookable } from './bookable'
import { columns } from './columns'

test('every column of what can be booked can be filtered and sorted by', () => {
  expect(
    bookable()
      .filter((column) => !column.filter || !column.sort)
      .map((column) => column.key),
  ).toEqual([])
})

test('so can those of the bookings, but the state that the menu is', () => {
  expect(
    columns()
      .filter((column) => !column.filter || !column.sort)
      .map((column) => column.key),
  ).toEqual(['state'])
})
