// @vitest-environment jsdom
import { expect, test } from 'vitest'
import { keepHere, kept } from './kept'

test('what was kept comes back; what cannot be read counts as absent', () => {
  keepHere('a', { size: 30 })
  expect(kept('a')).toEqual({ size: 30 })
  for (const broken of ['{', 'null', '"text"']) {
    localStorage.setItem('b', broken)
    expect(kept('b')).toEqual({})
  }
})
