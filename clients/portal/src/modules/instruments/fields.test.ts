import { expect, test } from 'vitest'
import { changesOf, detailsFor, draftOf, emptyDraft, frozenReason, needsAmendment, unfileable } from './fields'

test.each([
  ['none', 'model', ''],
  ['submitted', 'model', ''],
  ['awaiting_confirmation', 'model', 'instruments.form.frozen_open'],
  ['awaiting_confirmation', 'keeper', ''],
  ['approved', 'model', 'instruments.form.frozen_approved'],
  ['approved', 'install_address', ''],
  ['approved', 'details', ''],
  ['returned', 'model', ''],
])('%s, %s', (filing_state, field, reason) =>
  expect(frozenReason(field, { filing_state, status: 'in_use' })).toBe(reason),
)

test('a scrapped one cannot be changed at all', () =>
  expect(frozenReason('keeper', { filing_state: 'none', status: 'scrapped' })).not.toBe(''))

test('only what is locked needs the filing to be withdrawn', () => {
  expect(needsAmendment(['keeper'], 'submitted')).toBe(false)
  expect(needsAmendment(['keeper', 'model'], 'submitted')).toBe(true)
  expect(needsAmendment(['model'], 'returned')).toBe(false)
})

test('fields of another kind are not sent', () => {
  expect(detailsFor('water_meter', { size: 'DN20', g_size: 'G4', nozzles: [] })).toEqual({ size: 'DN20' })
  expect(detailsFor('', { size: 'DN20' })).toEqual({})
})

test('a copy has no numbers of its own, and a change is what differs', () => {
  const one = { ...emptyDraft(), name: '秤', serial_no: '1', own_no: '2', keeper: '甲' }
  expect(draftOf(one as never, true)).toMatchObject({ name: '秤', serial_no: '', own_no: '' })
  const meter = { ...one, details: { account_no: '7', size: 'DN20' } }
  expect(draftOf(meter as never, true).details).toEqual({ size: 'DN20' })
  expect(draftOf(meter as never).details).toEqual(meter.details)
  expect(changesOf({ ...one, keeper: '乙' }, one)).toEqual({ keeper: '乙' })
})

test.each([
  ['P+V', '', 0, null, 'instruments.form.lacks_approval'],
  ['P+V', '2020F1', 0, null, ''],
  ['P+V', '', 1, null, ''],
  ['V', '', 0, null, ''],
  ['P', '2020F1', 1, null, 'instruments.form.not_in_catalog'],
  ['V', '', 0, '2026-01-01', 'instruments.form.not_in_catalog'],
])('%s with approval “%s” and %i files, valid to %s: %s', (supervision, type_approval_no, files, valid_to, reason) => {
  const one = { status: 'in_use', filing_state: 'none', type_approval_no } as never
  expect(unfileable(one, { supervision, valid_to } as never, files, '2026-11-28')).toBe(reason)
  expect(
    unfileable(
      { ...(one as object), filing_state: 'approved' } as never,
      { supervision, valid_to } as never,
      files,
      '2026-11-28',
    ),
  ).toBe('')
})
