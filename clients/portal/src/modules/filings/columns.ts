/** The columns of every list of filings, and how a filing is called. */
import type { components } from '@/api/generated/filing'
import { divisionName, institutionName, kindName, kinds } from '@/parts/reference'
import type { Column } from '@/parts/list'
import { when } from '@/parts/time'
import { t, term } from '@/words'

export type Filing = components['schemas']['FilingView']
export type FilingDetail = components['schemas']['FilingDetail']

/** A member of the instrument as it was submitted. (The table tries its cells with an empty row first.) */
export const member = (row: Filing, key: string): string => String((row.instrument as Record<string, unknown> | undefined)?.[key] ?? '')

const label = (key: string) => t(`filings.f.${key}`)
const ofInstrument = (key: string, extra: Partial<Column<Filing>> = {}): Column<Filing> => ({ key, label: t(`instruments.f.${key}`), text: (row) => member(row, key), ...extra })

export function columns(): Column<Filing>[] {
  void kinds.ready()
  return [
    ofInstrument('name', { minWidth: 130 }),
    ofInstrument('model', { minWidth: 110 }),
    ofInstrument('serial_no', { minWidth: 120 }),
    ofInstrument('own_no', { minWidth: 90 }),
    {
      key: 'kind_code', label: t('instruments.f.kind_code'), sort: 'kind_code', width: 120,
      filter: { kind: 'choice', options: () => kinds.items.value.map((kind) => ({ value: kind.code, label: `${kind.code} ${kind.name}` })) },
    },
    { key: 'kind_name', label: t('instruments.f.kind_name'), text: (row) => kindName(row.kind_code), minWidth: 120 },
    { key: 'institution_id', label: label('institution_id'), text: (row) => institutionName(row.holder_id ?? row.institution_id), minWidth: 180 },
    { key: 'submitted_at', label: label('submitted_at'), text: (row) => when(row.submitted_at), sort: 'submitted_at', width: 140 },
    { key: 'division_code', label: t('instruments.f.division_code'), text: (row) => divisionName(row.division_code), sort: 'division_code', filter: { kind: 'division' }, minWidth: 130 },
    ofInstrument('install_address', { minWidth: 150 }),
    ofInstrument('manufacturer', { hidden: true }),
    { key: 'number', label: label('number'), sort: 'number', hidden: true, minWidth: 170 },
  ]
}

export const reasonColumns = (): Column<Filing>[] => [
  { key: 'reason_code', label: label('reason_code'), text: (row) => term('reason', row.reason_code), width: 130 },
  { key: 'reason', label: label('reason'), minWidth: 200 },
]
export const decidedColumn = (): Column<Filing> => ({ key: 'decided_at', label: label('decided_at'), text: (row) => when(row.decided_at), sort: 'decided_at', width: 140 })

/** How a filing is called in a sentence: by its instrument. */
export const nameOf = (row: Filing) => [member(row, 'name'), member(row, 'model'), member(row, 'serial_no')].join(' ')
