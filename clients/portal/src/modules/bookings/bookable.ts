/** The columns of what can be booked, here and in the pending list. */
import { divisionName, institutions } from '@/parts/reference'
import type { Column } from '@/parts/list'
import { t, term } from '@/words'
import type { Bookable } from './groups'

const label = (key: string) => t(`instruments.f.${key}`)

export function columns(): Column<Bookable>[] {
  void institutions.ready()
  return [
    { key: 'name', label: label('name'), sort: 'name', minWidth: 130 },
    { key: 'model', label: label('model') },
    { key: 'serial_no', label: label('serial_no'), sort: 'serial_no', minWidth: 120 },
    { key: 'own_no', label: label('own_no'), sort: 'own_no', minWidth: 90 },
    { key: 'kind_name', label: label('kind_name'), minWidth: 120 },
    { key: 'view', label: label('view'), text: (row) => term('view', row.view), width: 110, filter: { kind: 'choice', options: () => ['due', 'overdue', 'failed'].map((value) => ({ value, label: term('view', value) })) } },
    { key: 'valid_until', label: label('valid_until'), sort: 'valid_until', width: 120 },
    { key: 'approved_on', label: label('approved_on'), sort: 'approved_on', width: 130 },
    { key: 'institution_id', label: label('institution_id'), text: (row) => row.institution_name, minWidth: 180, filter: { kind: 'choice', options: () => institutions.items.value.map((one) => ({ value: one.id, label: one.name })) } },
    { key: 'venue', label: label('venue'), text: (row) => (row.venue ? term('venue', row.venue) : t('bookings.either')), width: 120 },
    { key: 'install_address', label: label('install_address'), minWidth: 150 },
    { key: 'division_code', label: label('division_code'), text: (row) => divisionName(row.division_code), hidden: true, minWidth: 130 },
  ]
}
