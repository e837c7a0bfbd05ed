import type { Same } from '@/words'
import type zh from './words'

export default {
  title: 'Registrations',
  about: 'Applicants of the area. Compare the licence and the authorisation letter, then approve or reject.',
  search: 'Name, credit code',
  unit: 'organisations',
  review: 'Review',
  empty: { pending: 'Nobody waits', approved: 'None was approved yet', rejected: 'None was rejected' },
  f: {
    name: 'Name',
    credit_code: 'Credit code',
    address: 'Address',
    division_code: 'Division',
    contact_name: 'Contact',
    phone: 'Phone',
    status: 'State',
    submitted_at: 'Submitted at',
    reason_code: 'Kind of reason',
    reason: 'Reason',
  },
  purposes: { license: 'Licence', authorization: 'Authorisation letter' },
  reasons: {
    name_differs: 'Name differs from the licence',
    address_differs: 'Address differs from the licence',
    license_unreadable: 'Licence unreadable',
    letter_unsigned: 'Letter not signed',
    letter_unsealed: 'Letter not sealed',
    wrong_institution: 'Another institution is in charge',
    other: 'Other',
  },
  check: 'Please check',
  checks: {
    '1': 'The name agrees with the licence',
    '2': 'The address agrees with the licence',
    '3': 'The letter is signed by the legal representative',
    '4': 'The letter bears the seal',
  },
  act: { approve: 'Approve', reject: 'Reject' },
  ask: {
    approve: 'Approve “{name}”: its account can be used at once.',
    reject: 'Reject “{name}”. The applicant is told the reason, may correct it and try again.',
  },
} satisfies Same<typeof zh>
