// @vitest-environment jsdom
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FACTS, factsOf, nozzlesOf } from './facts'
import type { FilingDetail } from './columns'

const example = JSON.parse(readFileSync('../../contracts/events/filing.approved.v1.example.json', 'utf8'))
const snapshot = example.data.items[0].snapshot as Record<string, unknown>

test('the clerk is shown every field that was filed', () => {
  expect(Object.keys(snapshot).filter((key) => !FACTS.includes(key))).toEqual([])
})

test('the last verification, the place and the parts of a dispenser are among them', () => {
  const filing = {
    instrument: {
      ...snapshot,
      declared_verified_on: '2026-01-02',
      department: '生鲜部',
      details: { nozzles: [{ nozzle_no: '1' }], size: 'DN20' },
    },
  } as unknown as FilingDetail
  const shown = Object.fromEntries(factsOf(filing).map((fact) => [fact.key, fact.text]))
  expect(shown.declared_verified_on).toBe('2026-01-02')
  expect(shown.department).toBe('生鲜部')
  expect(shown['details.size']).toBe('DN20')
  expect(nozzlesOf(filing)).toEqual([{ nozzle_no: '1' }])
  const before = { instrument: { ...snapshot, details: undefined, units: ['1', '2'] } } as unknown as FilingDetail
  expect(Object.fromEntries(factsOf(before).map((fact) => [fact.key, fact.text])).units).toBe('1、2')
})
