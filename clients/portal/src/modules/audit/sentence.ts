/** A line of the audit trail as a sentence in the user's language. */
import { addWords, has, language, t, term } from '@/words'
import type { Change, Dated, Line } from './timeline'
import words from './words'

addWords('audit', words)

export function didOf(action: string): string {
  const key = `audit.actions.${action.replaceAll('/', '_')}`
  return has(key) ? t(key) : action
}

export const whoOf = (line: Line): string => line.actor_name || term('kind', line.actor_kind)

export function sentence(line: Line): string {
  const { detail = {}, outcome } = line
  const done = detail.done ?? 0
  const refused = detail.refused ?? 0
  const values = {
    who: whoOf(line),
    did: didOf(line.action),
    done,
    refused,
    n: detail.count ?? done + refused,
    why: whyOf(line),
  }
  let key = outcome
  if (outcome === 'done' && done > 1) key = 'items'
  if (outcome === 'refused' && refused > 1) key = 'refused_items'
  const said =
    t(`audit.says.${key}`, values) +
    (detail.about?.length ? t('audit.says.about', { what: detail.about.join(t('audit.says.and')) }) : '')
  return detail.reason ? said + t('audit.says.because', { reason: detail.reason }) : said
}

function whyOf(line: Line): string {
  const { refusal, refusals, code } = line.detail ?? {}
  return refusal?.[language.value === 'en' ? 'en' : 'zh'] ?? refusals?.[0]?.detail ?? code ?? ''
}

export const fieldOf = (name: string): string => (has(`audit.fields.${name}`) ? t(`audit.fields.${name}`) : name)

export function valueOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return t('audit.nothing_there')
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /^[a-z_]+$/.test(text) && has(`audit.values.${text}`) ? t(`audit.values.${text}`) : text
}

export function changeOf(change: Change): string {
  const many = change.count > 1 ? '_many' : ''
  if (!change.field) return t(`audit.removed${many}`, { of: change.of, n: change.count })
  return t(`audit.changed${many}`, {
    field: fieldOf(change.field),
    before: valueOf(change.before),
    after: valueOf(change.after),
    n: change.count,
  })
}

/** What else a line says, each as a line of its own. */
export function detailsOf(line: Line): string[] {
  const {
    changes = [],
    refusals = [],
    ids = [],
    refusal,
    outcome: _outcome,
    reason: _reason,
    about: _about,
    ...rest
  } = line.detail ?? {}
  return [
    ...changes.map(changeOf),
    ...refusals.map((one) => t('audit.refusal', { id: one.id, why: one.detail || one.code })),
    ...Object.entries(rest).map(([name, value]) => t('audit.refusal', { id: fieldOf(name), why: valueOf(value) })),
    ...(refusal ? [refusal[language.value === 'en' ? 'en' : 'zh']] : []),
    ...(ids.length > 1 ? [t('audit.refusal', { id: t('audit.ids', { n: ids.length }), why: ids.join('、') })] : []),
  ]
}

/** A file that a spreadsheet opens: what begins like a formula is kept from being one. */
export function csvOf(lines: Dated[], when: (at: string) => string): string {
  const heads = ['at', 'service', 'said', 'outcome', 'who', 'subject', 'address', 'request', 'detail'].map((key) =>
    t(`audit.${key}`),
  )
  const rows = lines.map((line) => [
    when(line.at),
    t(`audit.services.${line.service}`),
    sentence(line),
    t(`audit.outcomes.${line.outcome}`),
    whoOf(line),
    line.subject,
    line.address ?? '',
    line.request_id ?? '',
    detailsOf(line).join('\n'),
  ])
  return '\uFEFF' + [heads, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
