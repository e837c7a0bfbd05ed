import { expect, it } from 'vitest'
import { bookingNumberOf, FIELDS, filingMoves, isOpenFiling, ruledTerms, viewOffers } from './rules'
import english from './words.en'
import chinese from './words'

it('reads a number as it is typed or scanned', () => expect(bookingNumberOf(' yy-abcde fghjk\n')).toBe('YYABCDEFGHJK'))

it.each([
  ['all', true, false, true],
  ['due', false, true, false],
  ['overdue', false, true, true],
  ['invalid', false, false, true],
  ['failed', false, true, true],
  ['scrapped', false, false, false],
  ['rotation', false, false, false],
])('the view %s offers what PRODUCT says', (view, everything, book, suspend) => {
  const offered = (['everything', 'book', 'suspend'] as const).map((what) => viewOffers(view, what))
  expect(offered).toEqual([everything, book, suspend])
})

it('a supervisor may revoke, and decides nothing else', () => {
  expect(filingMoves('approved', { kind: 'supervisor' })).toEqual(['revoke'])
  expect(filingMoves('submitted', { kind: 'supervisor' })).toEqual([])
})

it('a role that is missing takes the move away', () =>
  expect(filingMoves('submitted', { kind: 'institution', tier: 'city', roles: ['front_desk'] })).toEqual([]))

it('knows which filings wait for a decision', () =>
  expect(Object.keys(chinese.filing).filter(isOpenFiling)).toEqual([
    'submitted',
    'awaiting_confirmation',
    'pending_reassignment',
  ]))

it('has the words of every state in both languages', () => {
  for (const kind of ['view', 'filing', 'booking', 'item'] as const) {
    expect(Object.keys(english[kind])).toEqual(Object.keys(chinese[kind]))
    expect(Object.values({ ...ruledTerms('zh')[kind], ...ruledTerms('en')[kind] }).every(Boolean)).toBe(true)
  }
})

it('knows what a copy does not take over', () =>
  expect(FIELDS.own).toEqual(['serial_no', 'own_no', 'last_cert_no', 'last_verified_on', 'declared_valid_until']))
