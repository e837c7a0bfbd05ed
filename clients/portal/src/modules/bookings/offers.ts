/** What an account may do with a booking in its state. The service decides; this only hides what it would refuse. */
import type { components } from '@/api/generated/booking'

export type Booking = components['schemas']['BookingView']
export type BookingDetail = components['schemas']['BookingDetail']
export type Offer =
  | 'cancel'
  | 'reschedule'
  | 'accept'
  | 'decline'
  | 'slip'
  | 'confirm'
  | 'reject'
  | 'end'
  | 'no_show'
  | 'receive'
  | 'return'
  | 'start'
  | 'results'
  | 'sign'
  | 'send_back'
  | 'complete'

interface Who {
  kind: string
  username?: string
  roles: readonly string[]
}

type Looked = Pick<Booking, 'state' | 'date' | 'proposed_by' | 'ready_to_check'> & { items?: BookingDetail['items'] }

export function offersOf(booking: Looked, who: Who, today: string): Offer[] {
  const early = booking.state === 'pending' || booking.state === 'confirmed'
  const has = (...roles: string[]) => roles.some((role) => who.roles.includes(role))
  const offers: Offer[] = []
  if (who.kind === 'applicant') {
    if (early) offers.push('cancel')
    if (booking.state === 'confirmed') offers.push('slip')
  }
  if (who.kind === 'institution') {
    if (booking.state === 'pending' && has('booking_clerk')) {
      // a day that has passed, or an applicant who waits for an answer, stands in the way
      if (booking.date >= today && booking.proposed_by !== 'applicant') offers.push('confirm')
      offers.push('reject')
    }
    if (booking.state === 'confirmed' && has('booking_clerk')) offers.push('end')
    if (['confirmed', 'received', 'in_progress'].includes(booking.state) && has('front_desk'))
      offers.push('receive', 'return')
    if (booking.state === 'received' && has('front_desk', 'verifier')) offers.push('start')
    if (['received', 'in_progress'].includes(booking.state) && has('verifier', 'booking_clerk', 'front_desk'))
      offers.push('results')
    const results = (booking.items ?? [])
      .filter((item) => item.state === 'received')
      .flatMap((item) => item.results ?? [])
    if (
      booking.state === 'in_progress' &&
      has('verifier') &&
      results.some((one) => one.verifier === who.username && !one.signed_at)
    )
      offers.push('sign')
    if (booking.state === 'in_progress' && has('checker') && results.some((one) => one.checker === who.username))
      offers.push('send_back', ...(booking.ready_to_check ? (['complete'] as const) : []))
    if (booking.state === 'confirmed' && booking.date <= today && has('booking_clerk', 'front_desk'))
      offers.push('no_show')
  }
  const moves = who.kind === 'applicant' || (who.kind === 'institution' && has('booking_clerk', 'front_desk'))
  if (early && moves) {
    if (booking.proposed_by && booking.proposed_by !== who.kind) offers.push('accept', 'decline')
    else offers.push('reschedule')
  }
  return offers
}
