/** The measuring units of a booking, and the results that are sent for those that were ticked. */
import type { components } from '@/api/generated/booking'
import type { BookingDetail } from '@/modules/bookings/offers'

export type Result = components['schemas']['ResultView']
export interface Unit {
  key: string
  instrument_id: string
  /** '' for an instrument that is one unit. */
  unit: string
  name: string
  serial_no: string
  result?: Result
}

/** A row for each unit of what was received. */
export function unitsOf(booking: Pick<BookingDetail, 'items'>): Unit[] {
  return booking.items
    .filter((item) => item.state === 'received')
    .flatMap((item) => {
      const names = item.instrument.units?.length ? item.instrument.units : ['']
      return names.map((unit) => ({
        key: `${item.instrument_id} ${unit}`,
        instrument_id: item.instrument_id,
        unit,
        name: item.instrument.name,
        serial_no: item.instrument.serial_no,
        result: item.results?.find((one) => one.unit === unit),
      }))
    })
}

/** Empty fields are not sent: the service has rules for them. */
export function resultsOf(units: readonly Unit[], values: Record<string, string>): Record<string, string>[] {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value))
  if (given.conclusion !== 'fail') delete given.fail_items
  return units.map(({ instrument_id, unit }) => ({ instrument_id, ...(unit ? { unit } : {}), ...given }))
}
