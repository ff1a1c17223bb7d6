/** Why a PIN is easy to guess; undefined when no simple rule finds it. A warning, never a refusal: the person decides. */
export type PinWeakness = 'same-digit' | 'run' | 'repeated' | 'date'

export function findPinWeakness(pin: string): PinWeakness | undefined {
  const digits = Array.from(pin, Number)
  const steps = digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10)
  if (steps.every((step) => step === 0)) return 'same-digit'
  if (steps.every((step) => step === 1) || steps.every((step) => step === 9)) return 'run'
  if ([2, 3, 4].some((size) => pin.length % size === 0 && pin === pin.slice(0, size).repeat(pin.length / size))) return 'repeated'
  if (pin.length === 6 && isDate(pin)) return 'date'
  if (pin.length === 8 && /^(19|20)/u.test(pin) && isDate(pin.slice(2))) return 'date'
  return undefined
}

function isDate(sixDigits: string): boolean {
  const month = Number(sixDigits.slice(2, 4))
  const day = Number(sixDigits.slice(4))
  return month >= 1 && month <= 12 && day >= 1 && day <= 31
}
