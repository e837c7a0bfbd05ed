/** The columns of every list of instruments. */
import type { components } from '@/api/generated/registry'
import { divisionName, institutionName, institutionOptions, kindName, kindOptions } from '@/parts/reference'
import type { Column, Filter, Option } from '@/parts/list'
import { VIEWS } from '@/terms/rules'
import { t, term } from '@/words'

export type Instrument = components['schemas']['InstrumentView']

const label = (key: string) => t(`instruments.f.${key}`)
const terms = (kind: string, values: string[]) => (): Option[] =>
  values.map((value) => ({ value, label: term(kind, value) }))
const contains = (key: string, extra: Partial<Column<Instrument>> = {}): Column<Instrument> => ({
  key,
  label: label(key),
  sort: key,
  filter: { kind: 'text' },
  ...extra,
})
const exact = (key: string, extra: Partial<Column<Instrument>> = {}): Column<Instrument> => ({
  key,
  label: label(key),
  sort: key,
  filter: { kind: 'exact' },
  hidden: true,
  ...extra,
})
const date = (key: string, extra: Partial<Column<Instrument>> = {}): Column<Instrument> => ({
  key,
  label: label(key),
  sort: key,
  width: 124,
  filter: { kind: 'dates' },
  ...extra,
})
const choice = (
  key: string,
  kind: string,
  values: string[],
  extra: Partial<Column<Instrument>> = {},
): Column<Instrument> => ({
  key,
  label: label(key),
  text: (row) => term(kind, (row as unknown as Record<string, string>)[key]),
  sort: key,
  filter: { kind: 'choice', options: terms(kind, values) },
  ...extra,
})

/** view: of the menu. Only where it is `all` do rows differ in theirs. */
export function columns(view = 'all'): Column<Instrument>[] {
  const kindFilter: Filter = { kind: 'choice', field: 'kind_code', options: kindOptions }
  const viewOption = (value: string): Option => ({
    value,
    label: value === 'none' ? t('instruments.without_view') : term('view', value),
  })
  const ofView: Partial<Column<Instrument>> =
    view === 'all'
      ? { filter: { kind: 'choice', options: () => VIEWS.map(viewOption) } }
      : { filter: undefined, sort: undefined }
  return [
    contains('name', { minWidth: 130 }),
    contains('model', { minWidth: 110 }),
    contains('serial_no', { minWidth: 120 }),
    contains('own_no', { minWidth: 100 }),
    { key: 'kind_code', label: label('kind_code'), sort: 'kind_code', width: 130, filter: kindFilter },
    // The name belongs to the catalog: a list of fifty thousand would look every one up to be sorted by it. Its code
    // orders as the official list does, related kinds together.
    {
      key: 'kind_name',
      label: label('kind_name'),
      text: (row) => kindName(row.kind_code),
      sort: 'kind_code',
      filter: kindFilter,
      minWidth: 120,
    },
    choice('view', 'view', VIEWS, { width: 110, ...ofView }),
    choice(
      'filing_state',
      'filing',
      [
        'none',
        'submitted',
        'awaiting_confirmation',
        'pending_reassignment',
        'approved',
        'returned',
        'revoked',
        'withdrawn',
        'lapsed',
      ],
      { width: 110 },
    ),
    date('valid_until'),
    contains('install_address', { minWidth: 160 }),
    {
      key: 'division_code',
      label: label('division_code'),
      text: (row) => divisionName(row.division_code),
      sort: 'division_code',
      filter: { kind: 'division' },
      minWidth: 130,
    },
    contains('manufacturer', { hidden: true }),
    choice('purpose', 'purpose', ['safety', 'medical', 'trade', 'environment'], { hidden: true }),
    choice('status', 'status', ['in_use', 'suspended'], { hidden: true }),
    // By its id, for the same reason: it puts those of one institution together.
    {
      key: 'institution_id',
      label: label('institution_id'),
      text: (row) => institutionName(row.institution_id),
      sort: 'institution_id',
      filter: { kind: 'choice', options: institutionOptions },
      hidden: true,
      minWidth: 180,
    },
    date('approved_on', { hidden: true }),
    choice('result', 'result', ['pass', 'fail'], { hidden: true }),
    exact('department'),
    exact('keeper'),
    exact('phone'),
    exact('accuracy_class'),
    exact('measuring_range'),
    exact('resolution'),
    choice('origin', 'origin', ['domestic', 'imported'], { hidden: true }),
    choice('venue', 'venue', ['deliver', 'onsite'], { hidden: true }),
    date('made_on', { hidden: true }),
    date('in_use_on', { hidden: true }),
    date('last_verified_on', { hidden: true }),
    date('declared_valid_until', { hidden: true }),
    date('rotate_on', { hidden: true }),
    exact('type_approval_no'),
    exact('last_cert_no'),
    exact('code'),
    contains('remark', { hidden: true }),
  ]
}

/** Whose it is: for those who look at the instruments of many. */
export const ownerColumns = (): Column<Instrument>[] => [
  { key: 'org_name', label: label('org_name'), filter: { kind: 'text' }, minWidth: 170 },
  { key: 'org_credit_code', label: label('org_credit_code'), hidden: true, width: 190 },
]

/** How an instrument is called in a sentence. */
export const nameOf = (row: Instrument) => `${row.name} ${row.model} ${row.serial_no}`
