import type { Same } from '@/words'
import type zh from './words'

export default {
  title: 'Bookings',
  unit: 'bookings',
  menu: { book: 'Book verification', pending: 'Pending', confirmed: 'Confirmed', rejected: 'Rejected', returned: 'Returned', history: 'History', received: 'Received', in_progress: 'In progress', completed: 'Completed' },
  about: {
    book: 'Filed instruments that are due, overdue or failed. Each institution and mode is booked separately.',
    pending_list: 'What you collected across pages is booked together here, split by institution and mode.',
    pending: 'Not confirmed by the institution yet. You may cancel.', confirmed: 'Confirmed by the institution: bring the instruments in time, or expect the visit.', rejected: 'Rejected by the institution. Book another time.', returned: 'Received, and sent back for a problem. Mend the instruments under “Filings → Returned” and file them again.', history: 'All bookings.',
    at_pending: 'Submitted by applicants, to be confirmed by us.', at_confirmed: 'Confirmed, to be verified.', at_rejected: 'Rejected by us.', at_returned: 'Sent back at the front desk.', at_history: 'All bookings of this institution.', at_received: 'Received at the front desk, not started.', at_in_progress: 'Being verified.', at_completed: 'Completed.',
  },
  empty: { book: 'Nothing can be booked. Filed instruments that are due, overdue or failed appear here.', pending_list: 'The list is empty. Pick instruments under “Book verification” and add them.', list: 'No such bookings' },
  search: 'Booking number, instrument, organisation',
  f: { number: 'Number', institution: 'Institution', org_name: 'Applicant', mode: 'Mode', date: 'Date', period: 'Period', count: 'Count', instruments: 'Instruments', state: 'State', reason: 'Reason', created_at: 'Submitted at', address: 'Place of verification', contact: 'Contact', phone: 'Phone', position: 'No.', conclusion: 'Result', certificate: 'Certificate', check: 'Check' },
  weekdays: { '0': 'Sun', '1': 'Mon', '2': 'Tue', '3': 'Wed', '4': 'Thu', '5': 'Fri', '6': 'Sat' },
  book: 'Book verification', book_one: 'Book', add: 'Add to list', added: '{n} added to the list', pending_list: 'Pending list', pending_list_n: 'Pending list ({n})', not_now: '{n} instruments cannot be booked now and were left out.', book_list: 'Book together', take_out: 'Take out',
  can: 'Bookable', cannot: 'Not now', either: 'Either', mode: 'Mode', month: 'Month', free: '{n} free', no_slot: 'No period within 60 days has room for {n}: book fewer at once, or ask the institution.',
  phone_wrong: 'Give a mobile number, or a fixed line with its area code.', chosen: '{n} instruments chosen.', split_many: 'A booking holds at most 500 instruments: {n} bookings, each with its own time.', split: 'Each institution and mode is booked separately: {n} bookings. Choose a time for each:', count: '{n} instruments', pick_slot: 'Please choose a day and a period.',
  book_now: 'Book', book_at: 'Book {date} {period}', booked: 'Booked', booked_next: 'Once the institution has confirmed, bring the instruments in time or expect the visit.',
  detail: 'Booking', qr: 'QR code of the booking number {number}', slip: 'Delivery slip', print_slip: 'Print the slip', print: 'Print', again: 'Book again', to_filing: 'See the filing', proposed: 'Reschedule proposed',
  items: 'Instruments ({n})', steps: 'What was done', receive_n: 'Receive ({n})', return_n: 'Return ({n})', waits: 'The other side must answer.',
  proposal: '{who} proposes {date} {period}', proposal_sent: 'Proposed; the other side must answer',
  sign_applicant: 'Delivered by: ____________', sign_desk: 'Received by: ____________',
  act: { cancel: 'Cancel the booking', confirm: 'Confirm', reject: 'Reject', end: 'Call off', start: 'Start', complete: 'Check and complete', sign: 'Sign my results', send_back: 'Send back', no_show: 'No-show', reschedule: 'Reschedule', accept: 'Accept', decline: 'Decline', return: 'Return' },
  ask: {
    cancel: 'Cancel {n} bookings; their places are free at once.', confirm: 'Confirm {n} bookings and tell the applicants.', reject: 'Reject {n} bookings; the applicant is told the reason, the filings stay.', end: 'Call off {n} confirmed bookings; the applicant is told the reason, the filings stay.', start: 'Start verifying what was received of {number}.', complete: '{number}: {pass} pass, {fail} fail. Confirm all results, complete it and issue certificates. Results cannot be changed afterwards.', sign: 'Results of {number} that others entered in your name: with your signature you answer for them.', send_back: 'Give the results of {number} back to the verifier, to be mended or signed anew.', no_show: 'Nobody came for {number}: it ends.', reschedule: 'Booked for {date} {period}. Another time counts once the other side accepts.', move_many: 'Propose another time for {n} bookings; it counts once each applicant accepts.', return: 'Return {n} instruments. Their filings go back to the applicant.',
  },
  said: { accept: 'Rescheduled', decline: 'Declined: the time stays', received: '{n} received' },
  moves: { submit: 'Submitted', request: 'Submitted', confirm: 'Confirmed', reject: 'Rejected', cancel: 'Cancelled', lapse: 'Not answered in time', receive: 'Received', receive_late: 'Received', return_items: 'Returned', return: 'Returned', start: 'Started', enter_results: 'Results entered', sign: 'Signed by the verifier', send_back: 'Sent back to the verifier', complete: 'Completed', no_show: 'No-show', propose: 'Reschedule proposed', accept: 'Reschedule accepted', decline: 'Reschedule declined', end_items: 'Filing ended', end: 'Filing ended' },
} satisfies Same<typeof zh>
