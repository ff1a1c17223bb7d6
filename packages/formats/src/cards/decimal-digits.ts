const digit = /\p{Nd}/u

/**
 * Writes every decimal digit of any script (full-width, Arabic-Indic, mathematical, circled…) as an ASCII digit and leaves the rest.
 * Unicode keeps the ten digits of a script in one ascending run, so the place in the run is the value.
 */
export function toAsciiDigits(text: string): string {
  return text.normalize('NFKC').replace(/[\p{Nd}]/gu, (character) => {
    const codePoint = character.codePointAt(0) ?? 0
    return codePoint < 128 ? character : String(placeInRun(codePoint) % 10)
  })
}

function placeInRun(codePoint: number): number {
  let place = 0
  while (place < 60 && digit.test(String.fromCodePoint(codePoint - place - 1))) place += 1
  return place
}
