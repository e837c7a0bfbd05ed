import type { Same } from '@/words'
import type zh from './words'

export default {
  title: 'Bookings and verification',
  menu: { pending: 'To confirm', confirmed: 'Confirmed', reception: 'Front desk', results: 'Results', sign: 'To sign', check: 'Check', received: 'Received', in_progress: 'In progress', completed: 'Completed', history: 'All bookings', calendar: 'Calendar' },
  reception_about: 'Scan or type the booking number; receive what agrees with its filing, return what does not.',
  results_about: 'Bookings in progress. Enter results, for many at once where they are the same.',
  not_published: 'The arrangement of {year} is not published yet: only its statutory days are known, and may change.',
  sign_about: 'Results that others entered in your name, or that the checker sent back. Read them; with your signature you answer for them.',
  check_about: 'Results that are complete, signed, and yours to check. Complete them, and certificates follow; or send them back.',
  calendar_about: 'How many instruments each morning and afternoon takes; closed days cannot be booked.',
  empty: { results: 'Nothing is in progress', sign: 'Nothing waits for your signature', check: 'Nothing waits for your check' },
  scan: 'Scan or type a booking number, an instrument code or a serial number', find: 'Find', unknown: 'There is no open booking by {number} at this institution.',
  entered: 'Entered', open_results: 'Enter results', open_sign: 'Read and sign', open_check: 'Check', received_only: 'Received, not started',
  unit: 'Unit', nothing_received: 'Nothing was received', pick_units: 'Tick the instruments to enter results for.', save: 'Save results ({n})', saved: '{n} results saved', two_people: 'Verifier and checker must differ.', entered_results: 'Results entered', verdicts: '{pass} pass, {fail} fail', not_entered: 'Missing', by_period: 'By the period', signed: 'Signed {at}', unsigned: 'Entered by {who}, not signed', sent_back: 'Sent back: {reason}', for_another: 'Results in the name of another verifier wait for that person’s signature before they can be checked.', shorter_hint: 'A validity shorter than the period needs its reason here.', valid_hint: 'By the period of the kind when left empty.',
  f: { verified_on: 'Verified on', procedure: 'Procedure', standard: 'Standard', verifier: 'Verifier', checker: 'Checker', valid_until: 'Valid until', fail_items: 'What failed', people: 'Verifier / checker' },
  closed: 'Closed', changed: 'Changed', close: 'No service', service: 'Service', set_days: 'Set days', days: 'Days', days_hint: 'Of several days only working days change; a single day off may be opened.', capacity_am: 'Morning capacity', capacity_pm: 'Afternoon capacity', booked: 'What is booked', keep_booked: 'Keep it, take no new ones', forget: 'Back to default', hit: 'Bookings that are hit', stop_new: 'Keep them, take no new ones', move_hit: 'Reschedule', end_hit: 'Reject them', calendar_saved: 'Calendar saved',
} satisfies Same<typeof zh>
