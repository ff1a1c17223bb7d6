import { keyProtections } from '@symbolon/contracts/key-protection'
import { describe, expect, it } from 'vitest'
import { defaultKeyLimits, findDayFault, isAboveKeyLimit, readKeyLimits, type KeyLimit } from './key-limits.ts'
import { isCountGrown } from './key-protection.ts'

const amounts = { KRW: 1_000n, USD: 10n, JPY: 100n, EUR: 10n }
const limit: KeyLimit = { perPayment: amounts, perDay: { ...amounts, KRW: 2_500n }, paymentsPerDay: 3 }

describe('the limit of a key', () => {
  it.each([
    [1_000n, 'KRW', false],
    [1_001n, 'KRW', true],
    [10n, 'USD', false],
    [11n, 'USD', true],
  ] as const)('of one payment: %d %s is too much: %s', (amountMinorUnits, currency, expected) =>
    expect(isAboveKeyLimit(limit, { amountMinorUnits, currency })).toBe(expected),
  )

  it.each([
    [0n, 0, 1_000n, undefined],
    [1_500n, 2, 1_000n, undefined],
    [1_501n, 2, 1_000n, 'above-key-day-limit'],
    [0n, 3, 1n, 'above-key-day-count'],
    [2_500n, 3, 1n, 'above-key-day-limit'],
  ] as const)('of a day: after %d in %d payments, %d is %s', (spent, count, amountMinorUnits, expected) =>
    expect(findDayFault(limit, { amountMinorUnits: spent, count }, { amountMinorUnits, currency: 'KRW' })).toBe(expected),
  )

  it('is lowest for software, the same for what may be copied, and grows with what is proven', () => {
    const [software, synced, bound, attested] = keyProtections.map((protection) => defaultKeyLimits[protection])
    expect(synced).toEqual(software)
    for (const currency of ['KRW', 'USD', 'JPY', 'EUR'] as const) {
      const [low, middle, high] = [software, bound, attested].map((one) => one?.perPayment[currency] ?? 0n)
      expect([low, middle, high]).toEqual([low, middle, high].toSorted((left = 0n, right = 0n) => (left < right ? -1 : 1)))
      expect(low).not.toBe(middle)
      expect(middle).not.toBe(high)
    }
  })

  it('is what the configuration says, or the default', () => {
    const text = { KRW: '1000', USD: '10', JPY: '100', EUR: '10' }
    const one = { perPayment: text, perDay: { ...text, KRW: '2500' }, paymentsPerDay: 3 }
    const configured = { 'browser-storage': one, 'passkey-synced': one, 'passkey-device-bound': one, 'passkey-attested': one }
    expect(readKeyLimits(configured)['passkey-attested']).toEqual(limit)
    expect(readKeyLimits(undefined)).toBe(defaultKeyLimits)
  })
})

describe('the counter of an authenticator', () => {
  it.each([
    [0, 0, true],
    [1, 0, true],
    [8, 7, true],
    [7, 7, false],
    [6, 7, false],
    [0, 7, false],
  ])('%d after %d has grown: %s', (signCount, stored, expected) => expect(isCountGrown(signCount, stored)).toBe(expected))
})
