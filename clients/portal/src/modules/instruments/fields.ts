/**
 * The fields of an instrument as the form shows them, and which of them may be changed in the state it is in.
 * The rules are the registry's (PRODUCT.md §3); here they only tell the user beforehand.
 */
import type { components } from '@/api/generated/registry'
import type { Kind } from '@/parts/reference'
import { FIELDS, isOpenFiling } from '@/terms/rules'
import type { Instrument } from './columns'

export type Draft = components['schemas']['InstrumentRequest']
export type FieldName = Exclude<keyof Draft, 'details'>

export interface FormGroup {
  title: string
  fields: {
    name: FieldName
    kind: 'text' | 'area' | 'date' | 'choice' | 'kind' | 'division'
    required?: boolean
    terms?: { kind: string; values: string[] }
  }[]
}

export const GROUPS: FormGroup[] = [
  {
    title: 'instruments.form.identity',
    fields: [
      { name: 'name', kind: 'text', required: true },
      { name: 'model', kind: 'text', required: true },
      { name: 'serial_no', kind: 'text', required: true },
      { name: 'own_no', kind: 'text' },
      { name: 'manufacturer', kind: 'text', required: true },
    ],
  },
  {
    title: 'instruments.form.verification',
    fields: [
      { name: 'kind_code', kind: 'kind', required: true },
      {
        name: 'purpose',
        kind: 'choice',
        required: true,
        terms: { kind: 'purpose', values: ['safety', 'medical', 'trade', 'environment'] },
      },
      { name: 'type_approval_no', kind: 'text' },
      { name: 'venue', kind: 'choice', terms: { kind: 'venue', values: ['deliver', 'onsite'] } },
      { name: 'last_cert_no', kind: 'text' },
      { name: 'last_verified_on', kind: 'date' },
      { name: 'declared_valid_until', kind: 'date' },
    ],
  },
  {
    title: 'instruments.form.place',
    fields: [
      { name: 'division_code', kind: 'division', required: true },
      { name: 'install_address', kind: 'text', required: true },
      { name: 'department', kind: 'text' },
      { name: 'keeper', kind: 'text' },
      { name: 'phone', kind: 'text' },
    ],
  },
  {
    title: 'instruments.form.technical',
    fields: [
      { name: 'accuracy_class', kind: 'text' },
      { name: 'measuring_range', kind: 'text' },
      { name: 'resolution', kind: 'text' },
      { name: 'made_on', kind: 'date' },
      { name: 'in_use_on', kind: 'date' },
      { name: 'origin', kind: 'choice', terms: { kind: 'origin', values: ['domestic', 'imported'] } },
      { name: 'remark', kind: 'area' },
    ],
  },
]

/** Fields of the kind, by the catalog's details_schema; nozzles have a table of their own. */
export const DETAILS: Record<string, { name: string; kind: 'text' | 'date' }[]> = (() => {
  const text = (name: string) => ({ name, kind: 'text' as const })
  const meter = [
    text('account_no'),
    text('account_name'),
    { name: 'first_verified_on', kind: 'date' as const },
    text('first_batch_no'),
  ]
  return {
    water_meter: [text('size'), text('q3'), ...meter],
    gas_meter: [text('g_size'), text('medium'), ...meter],
    electricity_meter: [text('current'), text('phases'), ...meter],
  }
})()
export const NOZZLE = ['nozzle_no', 'fuel_grade', 'flow_range', 'min_quantity', 'board_no'] as const

/** Of what was typed only what this kind has: the kind may have been chosen anew. */
export function detailsFor(shape: string, details: Draft['details']): Draft['details'] {
  const names = shape === 'fuel_dispenser' ? ['nozzles'] : (DETAILS[shape] ?? []).map((field) => field.name)
  return Object.fromEntries(Object.entries(details ?? {}).filter(([name]) => names.includes(name)))
}

const UNLOCKED = FIELDS.whileOpen
const AFTER_APPROVAL = [...FIELDS.afterApproval, 'details']

/** Why a field cannot be changed: the key of the reason, or ''. */
export function frozenReason(field: string, instrument: Pick<Instrument, 'filing_state' | 'status'> | null): string {
  if (!instrument) return ''
  if (instrument.status === 'scrapped') return 'instruments.form.frozen_scrapped'
  if (instrument.filing_state === 'submitted') return '' // the filing is amended with it
  if (isOpenFiling(instrument.filing_state)) return UNLOCKED.includes(field) ? '' : 'instruments.form.frozen_open'
  if (instrument.filing_state === 'approved')
    return AFTER_APPROVAL.includes(field) ? '' : 'instruments.form.frozen_approved'
  return ''
}

/** Whether a change belongs to the filing that is submitted, too. */
export const needsAmendment = (changed: string[], state: string) =>
  state === 'submitted' && changed.some((field) => !UNLOCKED.includes(field))

export function emptyDraft(): Draft {
  return {
    name: '',
    model: '',
    serial_no: '',
    own_no: '',
    manufacturer: '',
    kind_code: '',
    purpose: '' as Draft['purpose'],
    division_code: '',
    install_address: '',
    accuracy_class: '',
    measuring_range: '',
    resolution: '',
    made_on: null,
    in_use_on: null,
    origin: null,
    venue: null,
    department: '',
    keeper: '',
    phone: '',
    type_approval_no: '',
    last_cert_no: '',
    last_verified_on: null,
    declared_valid_until: null,
    remark: '',
    details: {},
  }
}

/** What a new instrument most often has in common with its organisation. */
export function ours(
  account: { division_code?: string | null; name?: string; phone?: string | null } | null,
): Partial<Draft> {
  return { division_code: account?.division_code ?? '', keeper: account?.name ?? '', phone: account?.phone ?? '' }
}

/** Why an instrument cannot be filed yet, as the registry would say it: the key of the reason, or ''. */
export function unfileable(
  instrument: Pick<Instrument, 'status' | 'filing_state' | 'type_approval_no'>,
  kind: Pick<Kind, 'supervision' | 'valid_to'> | undefined,
  files: number,
  today: string,
): string {
  if (instrument.status !== 'in_use' || !['none', 'returned', 'withdrawn', 'lapsed'].includes(instrument.filing_state))
    return ''
  if (!kind || kind.supervision === 'P' || (kind.valid_to && kind.valid_to < today))
    return 'instruments.form.not_in_catalog'
  return kind.supervision === 'P+V' && !instrument.type_approval_no && !files ? 'instruments.form.lacks_approval' : ''
}

/** The instrument as a draft. `copy`: without what every instrument has for itself. */
export function draftOf(instrument: Instrument, copy = false): Draft {
  const draft = emptyDraft()
  for (const key of Object.keys(draft) as (keyof Draft)[]) {
    const value = (instrument as Record<string, unknown>)[key]
    if (value !== undefined) (draft as Record<string, unknown>)[key] = structuredClone(value)
  }
  if (copy) {
    const empty = emptyDraft()
    for (const key of FIELDS.own as (keyof Draft)[]) Object.assign(draft, { [key]: empty[key] })
    draft.details = Object.fromEntries(
      Object.entries(draft.details ?? {}).filter(([name]) => !FIELDS.ownDetails.includes(name)),
    )
  }
  return draft
}

/** Fields of the draft that differ from the instrument, with their new values. */
export function changesOf(draft: Draft, before: Draft): Partial<Draft> {
  return Object.fromEntries(
    Object.entries(draft).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify((before as Record<string, unknown>)[key]),
    ),
  ) as Partial<Draft>
}
