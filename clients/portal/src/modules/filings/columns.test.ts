// @vitest-environment jsdom
import { expect, test } from 'vitest'
import { columns, decidedColumn, orgColumn, reasonColumns } from './columns'

test('every column of the filings can be filtered and sorted by', () => {
  const all = [...columns(), ...reasonColumns(), decidedColumn(), orgColumn()]
  expect(all.filter((column) => !column.filter || !column.sort).map((column) => column.key)).toEqual([])
})
