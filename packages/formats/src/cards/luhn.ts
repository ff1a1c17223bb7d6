/** ISO/IEC 7812-1 annex B: whether the last digit is the check digit of those before it. ASCII digits only; empty is not valid. */
export function isLuhnValid(digits: string): boolean {
  return /^[0-9]+$/u.test(digits) && luhnSum(digits) % 10 === 0
}

/** The digit that makes `digits` followed by it Luhn-valid. */
export function luhnCheckDigit(digits: string): string {
  return String((10 - (luhnSum(`${digits}0`) % 10)) % 10)
}

function luhnSum(digits: string): number {
  let sum = 0
  for (let position = 0; position < digits.length; position += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - position) - 48
    const doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2
    sum += position % 2 === 0 ? digit : doubled
  }
  return sum
}
