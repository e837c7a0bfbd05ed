import { has, t } from '@/words'

/** A field of a certificate as the certificate's page or the instrument's form calls it. */
export const labelOf = (field: string): string =>
  [`instruments.f.${field}`, `institution-bookings.f.${field}`, `certificates.${field}`]
    .map((key) => (has(key) ? t(key) : ''))
    .find(Boolean) ?? field
