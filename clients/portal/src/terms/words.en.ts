import type { Same } from '@/words'
import type zh from './words'

export default {
  view: { all: 'All instruments', due: 'Due', overdue: 'Overdue', invalid: 'Invalid', failed: 'Failed', normal: 'Normal', no_expiry: 'No expiry', rotation: 'Due for rotation', scrapped: 'Scrapped', suspended: 'Suspended', unfiled: 'Not filed', none: '—' },
  purpose: { safety: 'Safety', medical: 'Medical', trade: 'Trade settlement', environment: 'Environment' },
  origin: { domestic: 'Domestic', imported: 'Imported' },
  venue: { deliver: 'Deliver', onsite: 'On site' },
  status: { in_use: 'In use', suspended: 'Suspended', scrapped: 'Scrapped' },
  result: { pass: 'Pass', fail: 'Fail' },
  source: { declared: 'Declared', certificate: 'Certificate' },
  filing: { none: 'Not filed', withdrawn: 'Withdrawn', lapsed: 'Lapsed', submitted: 'Submitted', awaiting_confirmation: 'Awaiting confirmation', pending_reassignment: 'To be reassigned', approved: 'Approved', returned: 'Returned', revoked: 'Revoked', closed: 'Closed' },
  reason: { incomplete: 'Documents incomplete', not_in_catalog: 'Not in the catalog', other: 'Other', front_desk: 'Returned at the front desk' },
  booking: { pending: 'Pending', confirmed: 'Confirmed', rejected: 'Rejected', cancelled: 'Cancelled', received: 'Received', in_progress: 'In progress', completed: 'Completed', returned: 'Returned', no_show: 'No-show' },
  item: { booked: 'Booked', received: 'Received', returned: 'Returned', verified: 'Verified', cancelled: 'Cancelled', no_show: 'No-show' },
  period: { am: 'Morning', pm: 'Afternoon' },
  tier: { province: 'Province', city: 'City', county: 'County' },
  kind: { applicant: 'Applicant', institution: 'Institution', supervisor: 'Supervisor', admin: 'Administrator', system: 'System', anonymous: 'Not signed in' },
  account: { pending: 'Under review', approved: 'Active', rejected: 'Rejected', disabled: 'Disabled' },
  role: { owner: 'Main account', sub_user: 'Sub-user', registration_reviewer: 'Registration reviewer', filing_clerk: 'Filing clerk', booking_clerk: 'Booking clerk', front_desk: 'Front desk', verifier: 'Verifier', checker: 'Checker', institution_admin: 'Institution admin', supervisor: 'Supervisor', admin: 'Administrator' },
  certificate: { certificate: 'Verification certificate', failure_notice: 'Result notice' },
  force: { in_force: 'In force', expired: 'Expired', superseded: 'Superseded', void: 'Void' },
  job: { queued: 'Queued', running: 'Running', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
} satisfies Same<typeof zh>
