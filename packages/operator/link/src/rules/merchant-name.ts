// Revised Romanization of Korean, syllable by syllable: initial, medial and final letters in the order of Unicode.
const initials = 'g kk n d tt r m b pp s ss - j jj ch k t p h'.split(' ')
const medials = 'a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i'.split(' ')
const finals = '- k k k n n n t l k m l l l p l m p p t t ng t t k t p h'.split(' ')
const firstSyllable = 0xac00
const lastSyllable = 0xd7a3
const nameLength = 40

/**
 * DE 43 (ans 40): the merchant's name in letters that every host can print: Hangul romanized, accents dropped, anything else left
 * out, filled with blanks. A name of which nothing remains is blank.
 */
export function encodeMerchantName(name: string): string {
  const romanized = Array.from(name.normalize('NFC'), romanize).join('')
  const plain = romanized
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/gu, '')
    .replace(/ +/gu, ' ')
    .trim()
  return plain.slice(0, nameLength).padEnd(nameLength, ' ')
}

function romanize(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < firstSyllable || code > lastSyllable) return character
  const index = code - firstSyllable
  const letters = [initials[Math.floor(index / 588)], medials[Math.floor((index % 588) / 28)], finals[index % 28]]
  return letters.join('').replaceAll('-', '')
}
