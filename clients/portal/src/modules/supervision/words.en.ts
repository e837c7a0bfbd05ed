import type { Same } from '@/words'
import type zh from './words'

export default {
  title: 'Supervision',
  statistics: 'Statistics',
  ledger: 'Ledger',
  ask_export:
    'Export the ledger of {n} instruments (what the query shows): owner, contact, state, validity, days overdue, institution.',
  by: { division: 'By area', kind: 'By kind', institution: 'By institution' },
  month: 'Month',
  key: 'Of',
  total: 'Instruments',
  filed: 'Filed',
  due: 'Due',
  overdue: 'Overdue',
  invalid: 'Invalid',
  failed: 'Failed',
  unfiled: 'Not filed',
  verified: 'Verified',
  pass: 'Passed at first',
  on_time: 'On time',
  days: 'Days to certificate',
  deeper: 'Look closer',
  area: 'Area',
  whole: 'The whole area',
  nobody: 'No institution yet',
} satisfies Same<typeof zh>
