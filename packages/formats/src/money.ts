import { assert } from './result.ts'

/** Money in the smallest unit of its currency, exact. Arithmetic on it lives in this file alone. */
export type MinorUnits = bigint & { readonly unit: 'minor' }

/** ISO 4217 currencies that are carried, with their numeric code and number of decimals. */
export const currencies = {
  KRW: { numeric: '410', decimals: 0 },
  USD: { numeric: '840', decimals: 2 },
  JPY: { numeric: '392', decimals: 0 },
  EUR: { numeric: '978', decimals: 2 },
} as const satisfies Record<string, { readonly numeric: string; readonly decimals: number }>
export type Currency = keyof typeof currencies

/** ISO 8583 DE 4 holds twelve digits. */
export const maximumMinorUnits = 999_999_999_999n

export function minorUnits(value: bigint): MinorUnits {
  assert(value >= 0n && value <= maximumMinorUnits, 'an amount fits into ISO 8583 DE 4')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where the brand is given
  return value as MinorUnits
}

export function plus(left: MinorUnits, right: MinorUnits): MinorUnits {
  return minorUnits(left + right)
}

export function minus(left: MinorUnits, right: MinorUnits): MinorUnits {
  return minorUnits(left - right)
}

export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(currencies, text)
}

export function currencyByNumericCode(numeric: string): Currency | undefined {
  return Object.keys(currencies)
    .filter(isCurrency)
    .find((currency) => currencies[currency].numeric === numeric)
}

/** Writes an amount for people: thousands separated, decimals as the currency has them, the code in front. */
export function formatMoney(amount: MinorUnits, currency: Currency): string {
  const { decimals } = currencies[currency]
  const digits = amount.toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/gu, ',')
  return decimals === 0 ? `${currency} ${whole}` : `${currency} ${whole}.${digits.slice(-decimals)}`
}
