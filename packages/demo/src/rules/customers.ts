import type { CardData } from '@symbolon/contracts/issuer-api'

/** A person with one wallet and the cards in it. `line` is set for a line of the user's own file. */
export type Customer = { readonly pin: string; readonly cards: readonly CustomerCard[] }
export type CustomerCard = { readonly card: CardData; readonly line?: number }

/** Published test numbers, one or more of every network; nobody's account. */
export const publishedTestNumbers = [
  '4111111111111111',
  '4242424242424242',
  '5555555555554444',
  '2223003122003222',
  '378282246310005',
  '3530111333300000',
  '6200000000000005',
  '6205500000000000004',
  '36227206271667',
  '6011111111111117',
  '6555900000604105',
  '9430030000000008',
] as const

export type RandomBelow = (limit: number) => number

// The second card of a wallet is another one than the first, usually of another network and issuer.
const secondCardOffset = 5

/** As many customers as published numbers; each has two cards, an own PIN and a name that exists nowhere else. */
export function createCustomers(randomBelow: RandomBelow): readonly Customer[] {
  return publishedTestNumbers.map((first, index) => {
    const second = publishedTestNumbers[(index + secondCardOffset) % publishedTestNumbers.length] ?? first
    const person = createPerson(randomBelow)
    return {
      pin: digits(6 + (index % 3), randomBelow),
      cards: [first, second].map((pan) => ({ card: createCard(pan, person, randomBelow) })),
    }
  })
}

type Person = Pick<CardData, 'holderName' | 'phoneNumber' | 'postalAddress'>

function createPerson(randomBelow: RandomBelow): Person {
  return {
    holderName: `${letters(6, randomBelow)} ${letters(9, randomBelow)}`,
    phoneNumber: `010-${digits(4, randomBelow)}-${digits(4, randomBelow)}`,
    postalAddress: `${letters(10, randomBelow)} ${digits(5, randomBelow)}`,
  }
}

function createCard(primaryAccountNumber: string, person: Person, randomBelow: RandomBelow): CardData {
  const month = String(1 + randomBelow(12)).padStart(2, '0')
  const securityCode = digits(primaryAccountNumber.startsWith('37') ? 4 : 3, randomBelow)
  return { primaryAccountNumber, expiry: `3${randomBelow(10)}${month}`, securityCode, ...person }
}

function digits(count: number, randomBelow: RandomBelow): string {
  return Array.from({ length: count }, () => String(randomBelow(10))).join('')
}

function letters(count: number, randomBelow: RandomBelow): string {
  return Array.from({ length: count }, () => String.fromCodePoint(65 + randomBelow(26))).join('')
}
