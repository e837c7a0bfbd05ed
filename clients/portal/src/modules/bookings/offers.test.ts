import { expect, it } from 'vitest'
import { offersOf } from './offers'

const TODAY = '2026-12-01'
const checked = (signed_at: string | null) => ({
  state: 'received',
  results: [{ checker: 'me', verifier: 'another', signed_at }],
})
const offers = (state: string, kind: string, roles: string[], more: object = {}) =>
  offersOf({ state, date: TODAY, ...more } as never, { kind, roles, username: 'me' }, TODAY).sort()

it.each([
  ['pending', 'applicant', ['owner'], {}, ['cancel', 'reschedule']],
  ['confirmed', 'applicant', ['owner'], {}, ['cancel', 'reschedule', 'slip']],
  ['confirmed', 'applicant', ['owner'], { proposed_by: 'institution' }, ['accept', 'cancel', 'decline', 'slip']],
  ['confirmed', 'applicant', ['owner'], { proposed_by: 'applicant' }, ['cancel', 'reschedule', 'slip']],
  ['received', 'applicant', ['owner'], {}, []],
  ['pending', 'institution', ['booking_clerk'], {}, ['confirm', 'reject', 'reschedule']],
  ['pending', 'institution', ['booking_clerk'], { date: '2026-11-30' }, ['reject', 'reschedule']],
  ['pending', 'institution', ['booking_clerk'], { proposed_by: 'applicant' }, ['accept', 'decline', 'reject']],
  ['confirmed', 'institution', ['booking_clerk'], {}, ['end', 'no_show', 'reschedule']],
  ['pending', 'institution', ['verifier'], {}, []],
  ['confirmed', 'institution', ['front_desk'], {}, ['no_show', 'receive', 'reschedule', 'return']],
  ['confirmed', 'institution', ['front_desk'], { date: '2026-12-02' }, ['receive', 'reschedule', 'return']],
  ['received', 'institution', ['verifier'], {}, ['results', 'start']],
  ['in_progress', 'institution', ['checker'], {}, []],
  ['in_progress', 'institution', ['checker'], { items: [checked(null)] }, ['send_back']],
  [
    'in_progress',
    'institution',
    ['checker'],
    { items: [checked('2026-12-01T01:00:00Z')], ready_to_check: true },
    ['complete', 'send_back'],
  ],
  [
    'in_progress',
    'institution',
    ['checker'],
    { items: [{ state: 'received', results: [{ checker: 'another' }] }], ready_to_check: true },
    [],
  ],
  [
    'in_progress',
    'institution',
    ['verifier'],
    { items: [{ state: 'received', results: [{ verifier: 'me', signed_at: null }] }] },
    ['results', 'sign'],
  ],
  [
    'in_progress',
    'institution',
    ['verifier'],
    { items: [{ state: 'received', results: [{ verifier: 'another', signed_at: null }] }] },
    ['results'],
  ],
  ['completed', 'institution', ['booking_clerk', 'front_desk', 'verifier', 'checker'], {}, []],
  ['pending', 'supervisor', ['supervisor'], {}, []],
])('%s, %s %s %o', (state, kind, roles, more, expected) => expect(offers(state, kind, roles, more)).toEqual(expected))
