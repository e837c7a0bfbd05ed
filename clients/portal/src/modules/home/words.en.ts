import type { Same } from '@/words'
import type zh from './words'

export default {
  home: 'Home', hello: 'Welcome, {name}', instruments: 'Instruments', filings: 'Filings', bookings: 'Bookings', work: 'To do',
  total: 'Instruments', filed: 'Filed', returned: 'Returned', due: 'Due', overdue: 'Overdue', invalid: 'Invalid', failed: 'Failed', unfiled: 'Not filed', suspended: 'Suspended', rotation: 'Due for rotation', scrapped: 'Scrapped',
  news: 'Latest news', instrument_news: 'Latest news of instruments', no_news: 'Nothing new', more_news: 'All messages', shares: 'By verification', filing_shares: 'By filing', next: 'What to do next',
  steps: { add: 'Begin with your instruments: add one, or import many from Excel.', submit: '{n} instruments are not filed: submit them.', returned: '{n} filings were returned: mend and submit them again.', book: '{n} instruments are due, overdue or failed: book their verification.', invalid: '{n} instruments are invalid: suspend them; resumed ones are filed anew.', fine: 'Nothing waits for you.' },
  normal: 'Normal', no_expiry: 'No expiry',
  queue: { registrations: 'Registrations to review', results: 'Bookings without results', sign: 'Results to sign', check: 'Bookings to check', submitted: 'Filings to decide', awaiting_confirmation: 'Filings to confirm', pending_reassignment: 'Filings to reassign', approved: 'Filings approved', pending: 'Bookings to confirm', confirmed: 'Bookings confirmed', received: 'Received', completed: 'Completed' },
} satisfies Same<typeof zh>
