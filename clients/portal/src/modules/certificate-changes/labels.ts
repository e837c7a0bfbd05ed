import { has, t } from '@/words'

/** Returns the label of a certificate's field, as the certificate's page or the instrument's form has it. */
export const labelOf = (field: string): string =>
  [`instruments.f.${field}`, `institution-bookings.f.${field}`, `certificates.${field}`]
    .map((key) => (has(key) ? t(key) : ''))
    .find(Boolean) ?? field
