import type { Same } from '@/words'
import type zh from './words'

export default {
  title: 'Bookings and verification',
  menu: { pending: 'To confirm', confirmed: 'Confirmed', reception: 'Front desk', results: 'Results', check: 'Check', received: 'Received', in_progress: 'In progress', completed: 'Completed', history: 'All bookings', calendar: 'Calendar' },
  reception_about: 'Scan or type the booking number; receive what agrees with its filing, return what does not.',
  results_about: 'Bookings in progress. Enter results, for many at once where they are the same.',
  check_about: 'Bookings to be checked. The checker named in the results completes them; certificates follow.',
  not_published: 'The arrangement of {year} is not published yet: only its statutory days are known, and may change.',
  calendar_about: 'How many instruments each morning and afternoon takes; closed days cannot be booked.',
  empty: { results: 'Nothing is in progress', check: 'Nothing waits for the check' },
  scan: 'Scan or type the number on the slip', find: 'Find', unknown: 'There is no booking {number} at this institution.',
  entered: 'Entered', open_results: 'Enter results', open_check: 'Check', received_only: 'Received, not started',
  unit: 'Unit', nothing_received: 'Nothing was received', pick_units: 'Tick the instruments to enter results for.', save: 'Save results ({n})', saved: '{n} results saved', two_people: 'Verifier and checker must differ.', valid_hint: 'By the period of the kind when left empty.',
  f: { verified_on: 'Verified on', procedure: 'Procedure', standard: 'Standard', verifier: 'Verifier', checker: 'Checker', valid_until: 'Valid until', fail_items: 'What failed', people: 'Verifier / checker' },
  closed: 'Closed', changed: 'Changed', close: 'No service', service: 'Service', set_days: 'Set days', days: 'Days', days_hint: 'Of several days only working days change; a single day off may be opened.', capacity_am: 'Morning capacity', capacity_pm: 'Afternoon capacity', calendar_saved: 'Calendar saved',
} satisfies Same<typeof zh>
