import type { Same } from '@/words'
import type zh from './words'

export default {
  title: 'Filings',
  menu: { submitted: 'To decide', awaiting_confirmation: 'To confirm', pending_reassignment: 'Sent back', approved: 'Approved', returned: 'Returned', revoked: 'Revoked', supervision: 'Filings' },
  about: {
    submitted: 'Submitted by applicants, for this institution to decide; the oldest first.', awaiting_confirmation: 'Dispatched to a county, or forwarded to the province, which must confirm.', pending_reassignment: 'Declined by the receiver, to be decided anew.', approved: 'Approved filings that this institution verifies.', returned: 'Returned to applicants.', revoked: 'Revoked filings.', supervision: 'Filings of the area. An approved one can be revoked with a reason.',
  },
  empty: 'No such filings',
  reason: 'Reason', reason_if_any: 'Remark (optional)', search: 'Name, model, number, place, maker, applicant, filing number', to_county: 'County institution', keys: 'J / K next, previous; a letter decides',
  age: { left: '{n} days left', today: 'Due today', past: '{n} days overdue' },
  act: { approve: 'Approve', return: 'Return', dispatch: 'Dispatch', forward: 'Forward to the province', confirm: 'Confirm', recall: 'Recall', decline: 'Decline', revoke: 'Revoke' },
  this: { approve: 'Approve (A)', return: 'Return (R)', dispatch: 'Dispatch (T)', forward: 'Forward (F)', confirm: 'Confirm (C)', recall: 'Recall', decline: 'Decline (D)', revoke: 'Revoke' },
  ask: {
    approve: 'Approve {n} filings; this institution will verify them.', return: 'Return {n} filings; the applicant is told the reason.', dispatch: 'Dispatch {n} filings to a county institution, which must confirm.', forward: 'Forward {n} filings to the province. Only where the applicant authorised it.', confirm: 'Confirm {n} filings; this institution will verify them.', recall: 'Take {n} filings back for this institution to decide; the receiver can confirm them no more.', decline: 'Send {n} filings back to the city: no capability.', revoke: 'Revoke {n} approved filings; open bookings are cancelled.',
  },
} satisfies Same<typeof zh>
