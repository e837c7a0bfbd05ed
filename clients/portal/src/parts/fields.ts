/** Returns the label on the screen for a field of a service, if it has one. */
import { has, t } from '@/words'

const PLACES = ['instruments.f', 'bookings.f', 'filings.f', 'institution-bookings.f', 'session', 'account']

export function fieldName(field: string): string {
  if (field.startsWith('details.')) {
    const key = `instruments.detail.${field.slice('details.'.length).split('.')[0]}`
    if (has(key)) return t(key)
  }
  const last = field.split('.').at(-1) ?? ''
  const place = PLACES.find((one) => has(`${one}.${field}`)) ?? PLACES.find((one) => has(`${one}.${last}`))
  if (!place) return ''
  return t(`${place}.${has(`${place}.${field}`) ? field : last}`)
}
