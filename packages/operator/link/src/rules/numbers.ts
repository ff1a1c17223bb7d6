// Digits and capitals without I, L, O and U: nobody mistakes one for another when a reference is read out.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const referenceLength = 12

/** References per millisecond since 1970: below this pace the counter follows the clock, above it runs ahead and still never repeats. */
export const referencesPerMs = 1_024n

/** DE 37 (an 12): twelve characters of base 32, most significant first, so references sort by age. */
export function formatReference(number: bigint): string {
  let rest = number
  let text = ''
  for (let place = 0; place < referenceLength; place += 1) {
    text = (alphabet[Number(rest % 32n)] ?? '0') + text
    rest /= 32n
  }
  return text
}

/**
 * Where a new block of references must start at the earliest. A database restored from a backup has forgotten blocks; starting from
 * the clock keeps it from giving them out again.
 */
export function referenceFloor(nowMs: number): bigint {
  return BigInt(Math.floor(nowMs)) * referencesPerMs
}

/** DE 11 (n 6): 000001 to 999999, then again from the start. */
export function formatTrace(number: bigint): string {
  return ((number % 999_999n) + 1n).toString().padStart(6, '0')
}
