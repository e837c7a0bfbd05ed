/** The measuring units of a booking, and the results that are sent for those that were ticked. */
import type { components } from '@/api/generated/booking'
import type { BookingDetail } from '@/modules/bookings/offers'

export type Result = components['schemas']['ResultView']
type ResultRequest = components['schemas']['ResultRequest']
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
export const unitsOf = (booking: Pick<BookingDetail, 'items'>): Unit[] => rows(booking, ['received'])

/** What the checker reads: each unit of what is or was verified, fails first, then what is missing. */
export function linesOf(booking: Pick<BookingDetail, 'items'>): Unit[] {
  const rank = (line: Unit) => (line.result?.conclusion === 'fail' ? 0 : line.result ? 2 : 1)
  return rows(booking, ['received', 'verified']).sort((one, other) => rank(one) - rank(other))
}

export function verdicts(lines: readonly Unit[]): { pass: number; fail: number } {
  const count = (conclusion: string) => lines.filter((line) => line.result?.conclusion === conclusion).length
  return { pass: count('pass'), fail: count('fail') }
}

function rows(booking: Pick<BookingDetail, 'items'>, states: readonly string[]): Unit[] {
  return booking.items
    .filter((item) => states.includes(item.state))
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
export function resultsOf(units: readonly Unit[], values: Record<string, string>): ResultRequest[] {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value))
  delete given[given.conclusion === 'fail' ? 'valid_until' : 'fail_items'] // a pass has no failed items, a fail no validity
  return units.map(
    ({ instrument_id, unit }) => ({ instrument_id, ...(unit ? { unit } : {}), ...given }) as ResultRequest,
  )
}
