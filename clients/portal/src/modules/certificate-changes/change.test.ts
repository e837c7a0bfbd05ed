import { expect, it } from 'vitest'
import { correctionOf, presentOf } from './change'
import { labelOf } from './labels'

const CERTIFICATE = {
  number: '440100-2026-0000001',
  kind: 'certificate',
  instrument: { name: '台秤', serial_no: 'SN-1', own_no: null },
  verified_on: '2026-11-20',
  valid_until: '2027-11-19',
  procedure: 'JJG 539-2016',
  standard: null,
  fail_items: null,
  remarks: '旧',
}

it('shows what the certificate says, without what its kind does not have', () => {
  expect(presentOf(CERTIFICATE)).toEqual({
    name: '台秤',
    serial_no: 'SN-1',
    own_no: '',
    verified_on: '2026-11-20',
    valid_until: '2027-11-19',
    procedure: 'JJG 539-2016',
    standard: '',
    remarks: '旧',
  })
  expect(presentOf({ ...CERTIFICATE, kind: 'failure_notice', fail_items: '示值' })).not.toHaveProperty('valid_until')
})

it('has a label for each field', () => {
  for (const field of Object.keys(presentOf({ ...CERTIFICATE, kind: '' })))
    expect(labelOf(field), field).not.toBe(field)
})

it('sends only what differs', () => {
  const before = presentOf(CERTIFICATE)
  expect(correctionOf(before, { ...before }, '录错')).toBeNull()
  expect(correctionOf(before, { ...before, serial_no: ' SN-7 ', remarks: '' }, '录错')).toEqual({
    reason: '录错',
    instrument: { serial_no: 'SN-7' },
    remarks: null,
  })
})
