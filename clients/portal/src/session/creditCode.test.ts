import { expect, test } from 'vitest'
import { checkCharacter, creditCodeFault } from './creditCode'

test('the check character of a code that is in use', () => {
  expect(checkCharacter('91350100M000100Y4')).toBe('3') // example of GB 32100-2015
  expect(creditCodeFault('91350100M000100Y43')).toBe('')
})

test.each([
  ['91350100M000100Y4', 'length'],
  ['91350100M000100Y44', 'check'],
  ['91350100I000100Y43', 'characters'],
  ['91350100M000100Y4Z', 'characters'],
])('%s is refused: %s', (code, fault) => expect(creditCodeFault(code)).toBe(fault))
