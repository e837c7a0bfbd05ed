import type { Same } from '@/words'
import { ruledTerms } from './rules'
import type zh from './words'

export default {
  ...ruledTerms('en'),
  purpose: { safety: 'Safety', medical: 'Medical', trade: 'Trade settlement', environment: 'Environment' },
  origin: { domestic: 'Domestic', imported: 'Imported' },
  venue: { deliver: 'Deliver', onsite: 'On site' },
  status: { in_use: 'In use', suspended: 'Suspended', scrapped: 'Scrapped' },
  result: { pass: 'Pass', fail: 'Fail' },
  source: { declared: 'Declared', certificate: 'Certificate' },
  reason: {
    incomplete: 'Documents incomplete',
    not_in_catalog: 'Not in the catalog',
    other: 'Other',
    front_desk: 'Returned at the front desk',
  },
  period: { am: 'Morning', pm: 'Afternoon' },
  tier: { province: 'Province', city: 'City', county: 'County' },
  kind: {
    applicant: 'Applicant',
    institution: 'Institution',
    supervisor: 'Supervisor',
    admin: 'Administrator',
    system: 'System',
    anonymous: 'Not signed in',
  },
  account: { pending: 'Under review', approved: 'Active', rejected: 'Rejected', disabled: 'Disabled' },
  role: {
    owner: 'Main account',
    sub_user: 'Sub-user',
    registration_reviewer: 'Registration reviewer',
    filing_clerk: 'Filing clerk',
    booking_clerk: 'Booking clerk',
    front_desk: 'Front desk',
    verifier: 'Verifier',
    checker: 'Checker',
    institution_admin: 'Institution admin',
    supervisor: 'Supervisor',
    admin: 'Administrator',
  },
  certificate: { certificate: 'Verification certificate', failure_notice: 'Result notice' },
  force: { in_force: 'In force', expired: 'Expired', superseded: 'Superseded', void: 'Void' },
  job: { queued: 'Queued', running: 'Running', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
} satisfies Same<typeof zh>
