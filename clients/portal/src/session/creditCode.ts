/**
 * Unified social credit codes: 18 characters, the last one computed from the others (GB 32100-2015). identity decides; this
 * shows a typing error at once.
 */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY' // without I, O, S, V, Z

/** Returns the check character of the first 17, or null if one of them is not allowed in a code. */
export function checkCharacter(first17: string): string | null {
  let sum = 0
  let weight = 1
  for (const character of first17) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) return null
    sum += value * weight
    weight = (weight * 3) % 31
  }
  return ALPHABET[(31 - (sum % 31)) % 31]
}

/** Returns '' or the reason: length, characters, check. */
export function creditCodeFault(code: string): '' | 'length' | 'characters' | 'check' {
  if (code.length !== 18) return 'length'
  const check = checkCharacter(code.slice(0, 17))
  if (check === null || !ALPHABET.includes(code[17])) return 'characters'
  return check === code[17] ? '' : 'check'
}
