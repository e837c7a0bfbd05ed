/** The columns of every list of bookings. */
import type { Column } from '@/parts/list'
import { institutionOptions } from '@/parts/reference'
import { when } from '@/parts/time'
import { t, term } from '@/words'
import type { Booking } from './offers'

const label = (key: string) => t(`bookings.f.${key}`)
const choices = (kind: string, values: string[]) => () => values.map((value) => ({ value, label: term(kind, value) }))
export const STATES = [
  'pending',
  'confirmed',
  'rejected',
  'cancelled',
  'received',
  'in_progress',
  'completed',
  'returned',
  'no_show',
]

export const columns = (): Column<Booking>[] => [
  { key: 'number', label: label('number'), sort: 'number', filter: { kind: 'exact', field: 'q' }, width: 160 },
  {
    key: 'institution_name',
    label: label('institution'),
    sort: 'institution_name',
    filter: { kind: 'choice', field: 'institution_id', options: institutionOptions },
    minWidth: 180,
  },
  { key: 'org_name', label: label('org_name'), sort: 'org_name', filter: { kind: 'text' }, minWidth: 180 },
  {
    key: 'mode',
    label: label('mode'),
    text: (row) => term('venue', row.mode),
    sort: 'mode',
    width: 120,
    filter: { kind: 'choice', options: choices('venue', ['deliver', 'onsite']) },
  },
  { key: 'date', label: label('date'), sort: 'date', width: 130, filter: { kind: 'dates' } },
  {
    key: 'period',
    label: label('period'),
    text: (row) => term('period', row.period),
    sort: 'period',
    width: 110,
    filter: { kind: 'choice', options: choices('period', ['am', 'pm']) },
  },
  {
    key: 'count',
    label: label('count'),
    text: (row) => row.items?.length,
    sort: 'count',
    width: 100,
    align: 'right',
    filter: { kind: 'numbers' },
  },
  {
    key: 'instruments',
    label: label('instruments'),
    text: (row) =>
      row.items
        ?.slice(0, 3)
        .map((item) => item.instrument.name)
        .join('、'),
    sort: 'instruments',
    minWidth: 160,
    filter: { kind: 'text' },
  },
  { key: 'state', label: label('state'), text: (row) => term('booking', row.state), width: 110 },
  { key: 'reason', label: label('reason'), sort: 'reason', filter: { kind: 'text' }, minWidth: 180 },
  {
    key: 'created_at',
    label: label('created_at'),
    text: (row) => when(row.created_at),
    sort: 'created_at',
    filter: { kind: 'dates', field: 'created' },
    width: 160,
  },
]
