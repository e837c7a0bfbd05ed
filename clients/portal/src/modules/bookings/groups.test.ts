import { expect, it } from 'vitest'
import { groupsOf, type Bookable } from './groups'

const row = (id: string, institution: string, venue: string | null) =>
  ({ instrument_id: id, institution_id: institution, institution_name: institution, venue }) as Bookable
const shape = (rows: Bookable[], either: 'deliver' | 'onsite') =>
  groupsOf(rows, either).map((group) => [group.institution_id, group.mode, group.rows.length])

it('splits by institution and mode', () => {
  const rows = [row('1', 'a', 'deliver'), row('2', 'b', 'deliver'), row('3', 'a', 'onsite'), row('4', 'a', 'deliver')]
  expect(shape(rows, 'deliver')).toEqual([
    ['a', 'deliver', 2],
    ['b', 'deliver', 1],
    ['a', 'onsite', 1],
  ])
})

it('takes those that allow both where the user wants them', () => {
  const rows = [row('1', 'a', null), row('2', 'a', 'onsite'), row('3', 'a', '')]
  expect(shape(rows, 'onsite')).toEqual([['a', 'onsite', 3]])
  expect(shape(rows, 'deliver')).toEqual([
    ['a', 'deliver', 2],
    ['a', 'onsite', 1],
  ])
})

it('makes no booking of more than 500', () => {
  const rows = Array.from({ length: 1001 }, (_, n) => row(String(n), 'a', 'deliver'))
  expect(shape(rows, 'deliver')).toEqual([
    ['a', 'deliver', 500],
    ['a', 'deliver', 500],
    ['a', 'deliver', 1],
  ])
})
