import type { Same } from '@/words'
import type zh from './words'

export default {
  title: 'Certificates',
  number: 'Number',
  kind: 'Kind',
  instrument: 'Instrument',
  serial_no: 'Serial number',
  unit: 'Unit',
  institution: 'Institution',
  verified_on: 'Verified on',
  valid_until: 'Valid until',
  status: 'Status',
  verifier: 'Verifier',
  checker: 'Checker',
  issued_at: 'Issued',
  search: 'Number, instrument, serial number',
  pdf: 'View',
  zip: 'Download as ZIP',
  zip_text: '{n} certificates in one ZIP with an index sheet, at most 1,000 at a time.',
  check: 'Public page',
  none: 'No certificates yet. They appear here when a booking is completed.',
  piece: 'certificates',
  supersedes: 'Corrects {number}',
  waiting: '{n} certificates cannot be printed yet; they are tried again every ten minutes',
} satisfies Same<typeof zh>
