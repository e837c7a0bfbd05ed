/** What an account may do with a booking in its state. The service decides; this only hides what it would refuse. */
import type { components } from '@/api/generated/booking'

export type Booking = components['schemas']['BookingView']
export type BookingDetail = components['schemas']['BookingDetail']
export type Offer = 'cancel' | 'reschedule' | 'accept' | 'decline' | 'slip' | 'confirm' | 'reject' | 'no_show' | 'receive' | 'return' | 'start' | 'results' | 'complete'

interface Who {
  kind: string
  roles: readonly string[]
}

export function offersOf(booking: Pick<Booking, 'state' | 'date' | 'proposed_by'>, who: Who, today: string): Offer[] {
  const early = booking.state === 'pending' || booking.state === 'confirmed'
  const has = (...roles: string[]) => roles.some((role) => who.roles.includes(role))
  const offers: Offer[] = []
  if (who.kind === 'applicant') {
    if (early) offers.push('cancel')
    if (booking.state === 'confirmed') offers.push('slip')
  }
  if (who.kind === 'institution') {
    if (booking.state === 'pending' && has('booking_clerk')) offers.push('confirm', 'reject')
    if (['confirmed', 'received', 'in_progress'].includes(booking.state) && has('front_desk')) offers.push('receive', 'return')
    if (booking.state === 'received' && has('front_desk', 'verifier')) offers.push('start')
    if (['received', 'in_progress'].includes(booking.state) && has('verifier', 'booking_clerk', 'front_desk')) offers.push('results')
    if (booking.state === 'in_progress' && has('checker')) offers.push('complete')
    if (booking.state === 'confirmed' && booking.date <= today && has('booking_clerk', 'front_desk')) offers.push('no_show')
  }
  const moves = who.kind === 'applicant' || (who.kind === 'institution' && has('booking_clerk', 'front_desk'))
  if (early && moves) {
    if (booking.proposed_by && booking.proposed_by !== who.kind) offers.push('accept', 'decline')
    else offers.push('reschedule')
  }
  return offers
}
