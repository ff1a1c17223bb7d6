import type { AccountRange, Directory } from '@symbolon/contracts/directory'

/** A value planted on purpose. `isCounted`: so short that chance finds it, so its count is compared, not forbidden. */
export type PlantedValue = {
  readonly name: string
  readonly value: string
  readonly isCounted: boolean
  /** Made for a moment from a value that is looked for by itself; where it belongs it need not be found any more. */
  readonly isPassing: boolean
}
export type PlantedCard = {
  readonly primaryAccountNumber: string
  readonly expiry: string
  readonly securityCode: string
  readonly holderName: string
  readonly phoneNumber: string
  readonly postalAddress: string
  readonly pin: string
}

export type RandomBelow = (limit: number) => number

/** A card that exists nowhere else: a random Luhn-valid number of an issuer's range, and a person who does not exist. */
export function createPlantedCard(range: AccountRange, pinLength: number, randomBelow: RandomBelow): PlantedCard {
  const digits = (count: number): string => Array.from({ length: count }, () => String(randomBelow(10))).join('')
  const letters = (count: number, from: number, size: number): string =>
    Array.from({ length: count }, () => String.fromCodePoint(from + randomBelow(size))).join('')
  const length = range.panLengths[0] ?? 16
  const prefix = String(Number(range.low) + randomBelow(Number(range.high) - Number(range.low) + 1))
  return {
    primaryAccountNumber: completeLuhn(prefix + digits(length - 9)),
    expiry: `3${String(randomBelow(10))}${String(1 + randomBelow(12)).padStart(2, '0')}`,
    securityCode: digits(range.network === 'american-express' ? 4 : 3),
    // Hangul syllables (U+AC00…) and Latin capitals: each in text that no program holds by chance.
    holderName: randomBelow(2) === 0 ? letters(7, 0xac00, 11_172) : `${letters(6, 65, 26)} ${letters(9, 65, 26)}`,
    phoneNumber: `010${digits(8)}`,
    postalAddress: `${letters(10, 97, 26)} ${digits(5)} ${letters(8, 97, 26)}`,
    pin: digits(pinLength),
  }
}

export function listPlantedValues(card: PlantedCard, label: string): readonly PlantedValue[] {
  const long = (name: string, value: string): PlantedValue => ({
    name: `${label} ${name}`,
    value,
    isCounted: false,
    isPassing: false,
  })
  return [
    long('card number', card.primaryAccountNumber),
    long('holder name', card.holderName),
    long('phone number', card.phoneNumber),
    long('address', card.postalAddress),
    { ...long('record with security code', `"securityCode":"${card.securityCode}"`), isPassing: true },
    { ...long('PIN', card.pin), isCounted: card.pin.length < 10 },
    { ...long('security code', card.securityCode), isCounted: true },
  ]
}

/** One range of every issuer and network, in turn. */
export function listRanges(directory: Directory): readonly AccountRange[] {
  return directory.issuers.flatMap((issuer) => issuer.accountRanges)
}

function completeLuhn(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return `${digits}${String((10 - (sum % 10)) % 10)}`
}
