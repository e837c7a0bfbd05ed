/** The columns of every list of filings, and how a filing is called. */
import type { components } from '@/api/generated/filing'
import { divisionName, institutionName, institutionOptions, kindName, kindOptions } from '@/parts/reference'
import type { Column, Filter } from '@/parts/list'
import { when } from '@/parts/time'
import { t, term } from '@/words'

export type Filing = components['schemas']['FilingView']
export type FilingDetail = components['schemas']['FilingDetail']

/** A member of the instrument as it was submitted. (The table tries its cells with an empty row first.) */
export const member = (row: Filing, key: string): string =>
  String((row.instrument as Record<string, unknown> | undefined)?.[key] ?? '')

const label = (key: string) => t(`filings.f.${key}`)
const ofInstrument = (key: string, extra: Partial<Column<Filing>> = {}): Column<Filing> => ({
  key,
  label: t(`instruments.f.${key}`),
  text: (row) => member(row, key),
  sort: key,
  filter: { kind: 'text' },
  ...extra,
})
const REASONS = ['incomplete', 'not_in_catalog', 'other']

export function columns(): Column<Filing>[] {
  const kindFilter: Filter = { kind: 'choice', field: 'kind_code', options: kindOptions }
  return [
    ofInstrument('name', { minWidth: 130 }),
    ofInstrument('model', { minWidth: 110 }),
    ofInstrument('serial_no', { minWidth: 120 }),
    ofInstrument('own_no', { minWidth: 115 }),
    { key: 'kind_code', label: t('instruments.f.kind_code'), sort: 'kind_code', width: 120, filter: kindFilter },
    {
      key: 'kind_name',
      label: t('instruments.f.kind_name'),
      text: (row) => kindName(row.kind_code),
      sort: 'kind_code',
      filter: kindFilter,
      minWidth: 120,
    },
    {
      key: 'institution_id',
      label: label('institution_id'),
      text: (row) => institutionName(row.holder_id ?? row.institution_id),
      sort: 'institution_id',
      filter: { kind: 'choice', options: institutionOptions },
      minWidth: 180,
    },
    {
      key: 'submitted_at',
      label: label('submitted_at'),
      text: (row) => when(row.submitted_at),
      sort: 'submitted_at',
      width: 150,
      filter: { kind: 'dates', field: 'submitted' },
    },
    {
      key: 'division_code',
      label: t('instruments.f.division_code'),
      text: (row) => divisionName(row.division_code),
      sort: 'division_code',
      filter: { kind: 'division' },
      minWidth: 130,
    },
    ofInstrument('install_address', { minWidth: 150 }),
    ofInstrument('manufacturer', { hidden: true }),
    { key: 'number', label: label('number'), sort: 'number', filter: { kind: 'exact' }, hidden: true, minWidth: 170 },
  ]
}

export const reasonColumns = (): Column<Filing>[] => [
  {
    key: 'reason_code',
    label: label('reason_code'),
    text: (row) => term('reason', row.reason_code),
    sort: 'reason_code',
    width: 140,
    filter: { kind: 'choice', options: () => REASONS.map((value) => ({ value, label: term('reason', value) })) },
  },
  { key: 'reason', label: label('reason'), sort: 'reason', filter: { kind: 'text' }, minWidth: 200 },
]
export const decidedColumn = (): Column<Filing> => ({
  key: 'decided_at',
  label: label('decided_at'),
  text: (row) => when(row.decided_at),
  sort: 'decided_at',
  width: 150,
  filter: { kind: 'dates', field: 'decided' },
})
export const orgColumn = (): Column<Filing> => ({
  key: 'org_name',
  label: label('org_name'),
  sort: 'org_name',
  filter: { kind: 'text' },
  minWidth: 170,
})

/** How a filing is called in a sentence: by its instrument. */
export const nameOf = (row: Filing) => [member(row, 'name'), member(row, 'model'), member(row, 'serial_no')].join(' ')
