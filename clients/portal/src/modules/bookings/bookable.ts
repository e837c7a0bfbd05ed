/** The columns of what can be booked, here and in the pending list. */
import { divisionName, institutionOptions, kindOptions } from '@/parts/reference'
import type { Column } from '@/parts/list'
import { t, term } from '@/words'
import type { Bookable } from './groups'

const label = (key: string) => t(`instruments.f.${key}`)

export function columns(): Column<Bookable>[] {
  return [
    { key: 'name', label: label('name'), sort: 'name', filter: { kind: 'text' }, minWidth: 130 },
    { key: 'model', label: label('model'), sort: 'model', filter: { kind: 'text' } },
    { key: 'serial_no', label: label('serial_no'), sort: 'serial_no', filter: { kind: 'text' }, minWidth: 120 },
    { key: 'own_no', label: label('own_no'), sort: 'own_no', filter: { kind: 'text' }, minWidth: 100 },
    {
      key: 'kind_name',
      label: label('kind_name'),
      sort: 'kind_code',
      filter: { kind: 'choice', field: 'kind_code', options: kindOptions },
      minWidth: 120,
    },
    {
      key: 'view',
      label: label('view'),
      text: (row) => term('view', row.view),
      sort: 'view',
      width: 120,
      filter: {
        kind: 'choice',
        options: () => ['due', 'overdue', 'failed'].map((value) => ({ value, label: term('view', value) })),
      },
    },
    { key: 'valid_until', label: label('valid_until'), sort: 'valid_until', filter: { kind: 'dates' }, width: 130 },
    { key: 'approved_on', label: label('approved_on'), sort: 'approved_on', filter: { kind: 'dates' }, width: 140 },
    {
      key: 'institution_id',
      label: label('institution_id'),
      text: (row) => row.institution_name,
      sort: 'institution_id',
      minWidth: 180,
      filter: { kind: 'choice', options: institutionOptions },
    },
    {
      key: 'venue',
      label: label('venue'),
      text: (row) => (row.venue ? term('venue', row.venue) : t('bookings.either')),
      sort: 'venue',
      filter: {
        kind: 'choice',
        options: () => ['deliver', 'onsite'].map((value) => ({ value, label: term('venue', value) })),
      },
      width: 130,
    },
    {
      key: 'install_address',
      label: label('install_address'),
      sort: 'install_address',
      filter: { kind: 'text' },
      minWidth: 150,
    },
    {
      key: 'division_code',
      label: label('division_code'),
      text: (row) => divisionName(row.division_code),
      sort: 'division_code',
      filter: { kind: 'division' },
      hidden: true,
      minWidth: 130,
    },
  ]
}
