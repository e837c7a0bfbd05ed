/** The fields of a certificate that a correction may change, and the changes of one correction. */
import type { components } from '@/api/generated/registry'

export type Change = components['schemas']['CertificateChangeView']
type Request = components['schemas']['CorrectionRequest']
/** Of a certificate, or of one that waits to be printed: that tells less. */
export interface Present {
  number: string
  kind?: string
  instrument: Record<string, unknown>
  [field: string]: unknown
}

/** Roles that may propose a change. A checker other than the proposer confirms it. */
export const MAY_CHANGE = ['verifier', 'checker', 'institution_admin']

const OF_INSTRUMENT = ['name', 'model', 'serial_no', 'own_no', 'manufacturer', 'accuracy_class', 'measuring_range']
const OF_RESULT = ['verified_on', 'valid_until', 'procedure', 'standard', 'fail_items', 'remarks']
export const DATES = ['verified_on', 'valid_until']
/** Printed on every certificate: they may be corrected, but not emptied. */
export const NEVER_EMPTY = ['name', 'model', 'serial_no', 'manufacturer', 'verified_on', 'procedure', 'fail_items']
const NOT_OF: Record<string, string> = { certificate: 'fail_items', failure_notice: 'valid_until' }

/** Field → what the certificate says now, in the order of the form. */
export function presentOf(one: Present): Record<string, string> {
  const found: Record<string, string> = {}
  for (const key of OF_INSTRUMENT) if (key in one.instrument) found[key] = String(one.instrument[key] ?? '')
  for (const key of OF_RESULT) if (key in one && NOT_OF[one.kind ?? ''] !== key) found[key] = String(one[key] ?? '')
  return found
}

/** The request that names only what differs; null: nothing does. */
export function correctionOf(
  before: Record<string, string>,
  after: Record<string, string>,
  reason: string,
): Request | null {
  const changed = Object.entries(after).filter(([key, value]) => key in before && value.trim() !== before[key])
  if (!changed.length) return null
  const part = (keys: string[], empty: string | null) =>
    Object.fromEntries(
      changed.filter(([key]) => keys.includes(key)).map(([key, value]) => [key, value.trim() || empty]),
    )
  const instrument = part(OF_INSTRUMENT, '')
  return { reason, ...part(OF_RESULT, null), ...(Object.keys(instrument).length ? { instrument } : {}) }
}
