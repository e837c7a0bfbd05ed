/** A validity that the applicant declared: once the filing is approved, the instrument counts as verified until that day. */
import { member, type Filing } from './columns'

export interface Declared {
  until: string
  number: string
  on: string
}

export function declaredOf(filing: Filing): Declared | null {
  const until = member(filing, 'declared_valid_until')
  return until ? { until, number: member(filing, 'last_cert_no'), on: member(filing, 'declared_verified_on') } : null
}

/** Counts the filings that declare a validity. known: id → declared day or '', for each row that was shown. */
export const declaredAmong = (ids: readonly string[], known: Map<string, string>): number =>
  ids.filter((id) => known.get(id)).length
