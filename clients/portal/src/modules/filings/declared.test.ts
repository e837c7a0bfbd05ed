// @vitest-environment jsdom
import { expect, it } from 'vitest'
import type { Filing } from './columns'
import { declaredAmong, declaredOf } from './declared'

const filing = (instrument: object) => ({ id: '1', instrument }) as Filing

it('a filing declares a validity with the certificate that it rests on', () => {
  const said = { declared_valid_until: '2027-09-01', last_cert_no: 'A-7', declared_verified_on: '2026-09-02' }
  expect(declaredOf(filing(said))).toEqual({ until: '2027-09-01', number: 'A-7', on: '2026-09-02' })
  expect(declaredOf(filing({ last_cert_no: 'A-7', declared_valid_until: null }))).toBeNull()
})

it('counts those that declare one', () => {
  expect(
    declaredAmong(
      ['1', '2', '3'],
      new Map([
        ['1', '2027-09-01'],
        ['2', ''],
      ]),
    ),
  ).toBe(1)
})
