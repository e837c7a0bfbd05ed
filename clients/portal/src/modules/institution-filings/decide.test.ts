// @vitest-environment jsdom
import { expect, it } from 'vitest'
import { decisionsOn } from './decide'

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
