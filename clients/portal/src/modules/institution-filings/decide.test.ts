// @vitest-environment jsdom
import { expect, it } from 'vitest'
import { decisionsOn, seen } from './decide'

it.each([
  ['submitted', 'city', ['approve', 'return', 'dispatch', 'forward']],
  ['pending_reassignment', 'city', ['approve', 'return', 'dispatch', 'forward']],
  ['awaiting_confirmation', 'city', ['recall']],
  ['awaiting_confirmation', 'county', ['confirm', 'decline']],
  ['awaiting_confirmation', 'province', ['confirm', 'decline']],
  ['submitted', 'county', []],
  ['approved', 'county', ['revoke']],
  ['returned', 'city', []],
])('%s, %s', (state, tier, expected) => expect(decisionsOn(state, tier)).toEqual(expected))

it('tells which versions were shown', () => {
  const shown = new Map([
    ['f1', '3'],
    ['f2', '1'],
  ])
  expect(seen({ ids: ['f1', 'f9'] }, shown)).toEqual({ versions: { f1: 3 } })
  expect(seen({ all: true }, shown)).toEqual({})
})
