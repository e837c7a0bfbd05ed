import type { Same } from '@/words'
import type zh from './words'

export default {
  title: 'Filings',
  menu: { unfiled: 'Not filed', submitted: 'Submitted', pending_reassignment: 'To be reassigned', awaiting_confirmation: 'Awaiting confirmation', approved: 'Approved', returned: 'Returned', revoked: 'Revoked', suspended: 'Suspended' },
  about: {
    unfiled: 'Instruments that are not filed yet. Submit those you pick, what the query finds, or all.',
    submitted: 'Submitted, and not touched by the institution yet. You may withdraw them.',
    pending_reassignment: 'Sent by the city to a county institution, which cannot verify them and sent them back to the city.',
    awaiting_confirmation: 'Sent by the city to a county institution, or forwarded to the province.',
    approved: 'Instruments whose filing was approved.',
    returned: 'Returned filings. Mend and submit again what was incomplete; delete what is not in the catalog.',
    revoked: 'Approved once, and revoked by the institution or the supervisor. Suspend or scrap them.',
    suspended: 'Suspended instruments. Resume or scrap them.',
  },
  empty: {
    unfiled: 'Everything is filed. Add or import instruments under “Instruments → All instruments”.', submitted: 'Nothing waits for the institution', pending_reassignment: 'Nothing to be reassigned', awaiting_confirmation: 'Nothing awaits confirmation', approved: 'No filing was approved yet', returned: 'Nothing was returned', revoked: 'Nothing was revoked', suspended: 'Nothing is suspended',
  },
  f: { number: 'Filing number', state: 'State', institution_id: 'Institution', to_institution: 'Institution to file with', submitted_at: 'Submitted at', decided_at: 'Decided at', due_on: 'To be decided by', reason_code: 'Kind of reason', reason: 'Reason', org_name: 'Applicant', org_credit_code: 'Credit code', org_contact: 'Contact', authorize_province: 'May go to the province', previous: 'Earlier filing' },
  submit: 'Submit filings', submit_n: 'Submit {n}', submit_picked: 'Submit selected', submit_query: 'Submit query result', submit_all: 'Submit all',
  resubmit: 'Submit again', withdraw: 'Withdraw', mend: 'Mend', detail: 'Filing', previous: 'See the earlier filing',
  snapshot: 'The instrument as it was submitted', attachments: 'Documents', no_attachments: 'No documents', steps: 'What was done',
  accept: 'I have read the statement of responsibility and confirm it', authorize: 'Where the city institution cannot verify, it may forward to the province',
  statement: { title: 'Statement of responsibility', text: 'We declare that the instruments filed are in use with us, that what is said of them and the documents attached are true, accurate and complete, that we keep them up to date and apply for mandatory verification as the rules demand, and that we answer for any false statement.' },
  hint: { institution: 'Usually the city institution of the area of use; it decides, or dispatches to a county institution.', authorize: 'Otherwise what the city institution cannot verify is returned.' },
  ask: { submit: 'File {n} instruments with the institution chosen. Incomplete ones are named with the reason; the rest go on.', resubmit: 'Submit {n} instruments again. Mend first what they were returned for.', withdraw: 'Withdraw the filings of {n} instruments; they are unfiled again. What the institution has touched stays.', resume: 'Resume {n} instruments, in the state before; what was revoked or is invalid must be filed anew.' },
  receipt: { title: 'Receipt', number: 'Number', at: 'Submitted at', done: 'Submitted', failed: 'Not submitted', count: '{n} instruments' },
  moves: { submit: 'Submitted', withdraw: 'Withdrawn', approve: 'Approved', return: 'Returned', dispatch: 'Dispatched', forward: 'Forwarded to the province', confirm: 'Confirmed', recall: 'Recalled', decline: 'Declined: no capability', revoke: 'Revoked', send_back: 'Returned at the front desk', lapse: 'Lapsed', close: 'Closed' },
} satisfies Same<typeof zh>
