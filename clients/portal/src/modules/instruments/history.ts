/** A line of an instrument's history in words: what happened, where its number leads, and each field that changed. */
import type { components } from '@/api/generated/registry'
import { fieldName } from '@/parts/fields'
import { divisionName, kindName } from '@/parts/reference'
import type { Account } from '@/session/store'
import { has, t, term } from '@/words'
import { NOZZLE } from './fields'

export type Line = components['schemas']['HistoryView']

/** An event of another service is `filing.approved`; of words a dot is a level. */
export const whatOf = (kind: string): string => {
  const key = `instruments.events.${kind.replace('.', '_')}`
  return has(key) ? t(key) : kind
}

export const whoOf = ({ actor }: Line): string => String(actor.name ?? '') || term('kind', String(actor.kind ?? ''))

export interface Reference {
  text: string
  /** Address of what is meant, where the account has a page for it. */
  to?: string
}

export function referenceOf(
  { kind, reference }: Pick<Line, 'kind' | 'reference'>,
  account: Pick<Account, 'kind'> | null,
): Reference | null {
  if (!reference || kind === 'changed') return null // of an edit it is for the services alone
  const who = account?.kind ?? ''
  const office = ['applicant', 'institution', 'supervisor'].includes(who)
  if (kind.startsWith('filing.'))
    return office ? { text: t('instruments.history.filing'), to: `/filings/${reference}` } : null
  if (kind === 'imported')
    return who === 'applicant'
      ? { text: t('instruments.history.import'), to: `/instruments/import?job=${reference}` }
      : null
  if (kind.startsWith('booking.')) {
    const list = { applicant: '/bookings/history', institution: '/desk/bookings/history' }[who]
    return { text: reference, to: list && `${list}?q=${encodeURIComponent(reference)}` }
  }
  if (kind.startsWith('certificate.'))
    return { text: reference, to: office ? `/certificates?number=${encodeURIComponent(reference)}` : undefined }
  return { text: reference }
}

export const fieldOf = (field: unknown): string => fieldName(String(field)) || String(field)

/** A value as the form shows it. */
export function valueOf(field: unknown, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (Array.isArray(value)) return value.length ? value.map(nozzle).join('；') : '—'
  const name = String(field)
  const text = String(value)
  if (name === 'division_code') return `${divisionName(text)}（${text}）`
  if (name === 'kind_code') return `${text} ${kindName(text)}`
  return ['purpose', 'origin', 'venue', 'status'].includes(name) ? term(name, text) : text
}

const nozzle = (one: unknown): string =>
  NOZZLE.filter((name) => (one as Record<string, unknown>)?.[name])
    .map((name) => `${t(`instruments.nozzle.${name}`)} ${String((one as Record<string, unknown>)[name])}`)
    .join(' ')
