/**
 * The commands that a page offers for a booking. The table of contracts/reference says which account may make which move
 * in which state. This file adds the other conditions. The service decides.
 */
import type { components } from '@/api/generated/booking'
import { bookingMoves, type BookingMove, type Who } from '@/terms/rules'

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

type Looked = Pick<Booking, 'state' | 'date' | 'proposed_by' | 'ready_to_check'> & { items?: BookingDetail['items'] }
type Caller = Who & { username?: string }

export function offersOf(booking: Looked, who: Caller, today: string): Offer[] {
  const { state } = booking
  const moves = bookingMoves(state, who)
  const may = (move: BookingMove) => moves.includes(move)
  const offers: Offer[] = []
  if (may('cancel')) offers.push('cancel')
  if (state === 'confirmed' && who.kind === 'applicant') offers.push('slip')
  // a day that has passed, or an applicant who waits for an answer, stands in the way
  if (may('confirm') && booking.date >= today && booking.proposed_by !== 'applicant') offers.push('confirm')
  if (may('reject')) offers.push(state === 'pending' ? 'reject' : 'end')
  if (may('receive') || may('receive_late')) offers.push('receive')
  if (may('return_items')) offers.push('return')
  if (may('start')) offers.push('start')
  // the first results of a received booking start it
  if (bookingMoves(state === 'received' ? 'in_progress' : state, who).includes('enter_results')) offers.push('results')
  const results = (booking.items ?? [])
    .filter((item) => item.state === 'received')
    .flatMap((item) => item.results ?? [])
  if (may('sign') && results.some((one) => one.verifier === who.username && !one.signed_at)) offers.push('sign')
  const checks = results.some((one) => one.checker === who.username)
  if (may('send_back') && checks) offers.push('send_back')
  if (may('complete') && checks && booking.ready_to_check) offers.push('complete')
  // nobody came: once something was received, the page does not offer it
  if (may('no_show') && state === 'confirmed' && booking.date <= today) offers.push('no_show')
  if (may('propose')) {
    if (booking.proposed_by && booking.proposed_by !== who.kind) offers.push('accept', 'decline')
    else offers.push('reschedule')
  }
  return offers
}
