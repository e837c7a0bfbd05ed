/** What was filed of an instrument, as the clerk reads it: every field of the form, and those of its kind. */
import { divisionName, kindName } from '@/parts/reference'
import { has, t, term } from '@/words'
import { GROUPS } from '../instruments/fields'
import type { FilingDetail } from './columns'

export interface Fact {
  key: string
  label: string
  text: string
}

const FORM = GROUPS.flatMap((group) => group.fields.map((field) => field.name as string))
/** The registry calls it so in what it hands over: it was said by the applicant, no certificate of ours shows it. */
const CALLED: Record<string, string> = { last_verified_on: 'declared_verified_on' }
/** Members of the snapshot in the order in which they are shown; nozzles have a table of their own. */
export const FACTS = ['code', ...FORM.map((name) => CALLED[name] ?? name), 'units', 'details']

type Snapshot = Record<string, unknown>
export const nozzlesOf = (filing: FilingDetail): Record<string, string>[] =>
  ((filing.instrument as Snapshot).details as { nozzles?: Record<string, string>[] } | undefined)?.nozzles ?? []

const label = (key: string) => t(`instruments.f.${Object.keys(CALLED).find((name) => CALLED[name] === key) ?? key}`)

/** What is empty is left out. */
export function factsOf(filing: FilingDetail): Fact[] {
  const one = filing.instrument as Snapshot
  return FACTS.flatMap((key): Fact[] => {
    if (key === 'details') return detailsOf(one)
    if (key === 'units') return unitsOf(filing)
    const value = String(one[key] ?? '')
    if (!value) return []
    if (key === 'kind_code')
      return [
        { key, label: label(key), text: value },
        { key: 'kind_name', label: t('instruments.f.kind_name'), text: kindName(value) },
      ]
    if (key === 'division_code') return [{ key, label: label(key), text: `${divisionName(value)}（${value}）` }]
    return [{ key, label: label(key), text: ['purpose', 'origin', 'venue'].includes(key) ? term(key, value) : value }]
  })
}

function detailsOf(one: Snapshot): Fact[] {
  const details = Object.entries((one.details ?? {}) as Snapshot).filter(([name, value]) => name !== 'nozzles' && value)
  return details.map(([name, value]) => ({
    key: `details.${name}`,
    label: has(`instruments.detail.${name}`) ? t(`instruments.detail.${name}`) : name,
    text: String(value),
  }))
}

/** The measuring units of a filing from before the nozzles themselves were handed over. */
function unitsOf(filing: FilingDetail): Fact[] {
  const units = (((filing.instrument as Snapshot).units ?? []) as string[]).filter(Boolean)
  return units.length && !nozzlesOf(filing).length
    ? [{ key: 'units', label: t('instruments.detail.nozzles'), text: units.join('、') }]
    : []
}
