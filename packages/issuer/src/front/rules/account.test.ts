import type { CardData } from '@symbolon/contracts/issuer-api'
import { describe, expect, it } from 'vitest'
import { decideAccount, type AccountPolicy } from './account.ts'
import { expiryAfterYears, isExpired } from './expiry.ts'

const now = Date.UTC(2_026, 10, 25) / 1_000
const card: CardData = {
  primaryAccountNumber: '4111111111111111',
  expiry: '2812',
  securityCode: '123',
  holderName: 'KIM MINJI',
  phoneNumber: '010-1234-5678',
  postalAddress: '',
}
const policy: AccountPolicy = {
  accountRanges: [
    { low: '41000000', high: '42999999', panLengths: [16], network: 'visa' },
    { low: '37000000', high: '37999999', panLengths: [15], network: 'american-express' },
    { low: '62000000', high: '62499999', panLengths: [16, 19], network: 'unionpay' },
  ],
  blockedCards: [
    { primaryAccountNumber: '4000000000000002', status: 'stolen' },
    { primaryAccountNumber: '4200000000000000', status: 'lost' },
    { primaryAccountNumber: '4242424242424242', status: 'closed' },
  ],
}
const check = (change: Partial<CardData>): string => {
  const decision = decideAccount({ ...card, ...change }, policy, now)
  return decision.ok ? `${decision.value.network} ${decision.value.lastFour}` : decision.problem.kind
}

describe('a card that somebody wants to add', () => {
  it.each<[Partial<CardData>, string]>([
    [{}, 'visa 1111'],
    [{ primaryAccountNumber: '378282246310005', securityCode: '1234' }, 'american-express 0005'],
    [{ primaryAccountNumber: '6205500000000000004' }, 'unionpay 0004'],
    [{ primaryAccountNumber: '5555555555554444' }, 'not-in-ranges'],
    [{ primaryAccountNumber: '41111111111111113' }, 'not-in-ranges'],
    [{ primaryAccountNumber: '4111111111111112' }, 'check-digit-wrong'],
    [{ securityCode: '1234' }, 'security-code-length-wrong'],
    [{ primaryAccountNumber: '378282246310005' }, 'security-code-length-wrong'],
    [{ expiry: '2610' }, 'card-expired'],
    [{ expiry: '2611' }, 'visa 1111'],
    [{ primaryAccountNumber: '4242424242424242' }, 'card-closed'],
    [{ primaryAccountNumber: '4200000000000000' }, 'card-lost'],
    [{ primaryAccountNumber: '4111111111111112', expiry: '2610' }, 'check-digit-wrong'],
  ])('%j is %s', (change, expected) => expect(check(change)).toBe(expected))
})

describe('an expiry', () => {
  it.each([
    ['2612', Date.UTC(2_026, 11, 31, 23, 59, 59), false],
    ['2612', Date.UTC(2_027, 0, 1), true],
    ['2701', Date.UTC(2_027, 0, 31), false],
    ['9912', Date.UTC(2_026, 0, 1), false],
  ])('%s at %d', (expiry, at, expected) => expect(isExpired(expiry, at / 1_000)).toBe(expected))

  it('lies whole years ahead and within two digits', () => {
    expect(expiryAfterYears(now, 5)).toBe('3111')
    expect(expiryAfterYears(now, 200)).toBe('9911')
  })
})
