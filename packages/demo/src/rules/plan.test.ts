import { describe, expect, test } from 'vitest'
import { inspectCardNumber, cardNetworks } from '@symbolon/formats/cards'
import { createCustomers, publishedTestNumbers } from './customers.ts'
import { planPayments } from './planned-payment.ts'

const customers = createCustomers((limit) => limit - 1)
const plan = planPayments(224, { customers, shops: ['coffee', 'books', 'electronics', 'travel'] })

describe('the built-in customers', () => {
  test('hold cards of every network, each number valid', () => {
    const networks = publishedTestNumbers.flatMap((number) => {
      expect(inspectCardNumber(number).isValid, number).toBe(true)
      return inspectCardNumber(number).networks
    })
    expect([...new Set(networks)].toSorted()).toEqual(cardNetworks.map(({ name }) => name).toSorted())
  })
  test('have PINs of six digits and more, and nobody has the same card twice', () => {
    for (const { pin, cards } of customers) {
      expect(pin).toMatch(/^[0-9]{6,12}$/u)
      expect(new Set(cards.map(({ card }) => card.primaryAccountNumber)).size).toBe(cards.length)
      for (const { card } of cards) expect(card.securityCode).toHaveLength(inspectCardNumber(card.primaryAccountNumber).securityCodeLength)
    }
  })
})

describe('the plan', () => {
  test('has at least 200 payments that are approved, and every eleventh declined', () => {
    expect(plan.filter(({ expected }) => expected === 'approved').length).toBeGreaterThanOrEqual(200)
    expect(plan.filter(({ expected }) => expected === 'declined')).toHaveLength(20)
  })
  test('an amount is declined by its ending, and only then', () => {
    const declined = new Set(['005', '041', '043', '051', '054', '057', '061', '062', '065', '091', '096'])
    for (const { amount, expected } of plan) {
      expect(declined.has(String(amount % 1_000n).padStart(3, '0'))).toBe(expected === 'declined')
    }
  })
  test('brings every card to every shop, in both currencies and in instalments', () => {
    const pairs = new Set(
      plan.map(({ customerIndex, cardIndex, shop }) => `${customers[customerIndex]?.cards[cardIndex]?.card.primaryAccountNumber} ${shop}`),
    )
    expect(pairs.size).toBe(publishedTestNumbers.length * 4)
    expect(new Set(plan.map(({ currency }) => currency))).toEqual(new Set(['KRW', 'USD']))
    for (const { currency, instalmentMonths, amount } of plan) {
      if (instalmentMonths > 0) expect(currency === 'KRW' && amount >= 50_000n).toBe(true)
    }
    expect(new Set(plan.map(({ instalmentMonths }) => instalmentMonths)).size).toBeGreaterThanOrEqual(4)
  })
})
