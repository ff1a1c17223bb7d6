import { isLuhnValid } from '@symbolon/formats/cards'
import { assert, property, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canBecome,
  derivePaymentAccountReference,
  derivePaymentToken,
  isTokenRangeSeparate,
  tokenTransitions,
  type TokenState,
} from './token.ts'

const range = { low: '43000000', high: '43099999' }
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant table
const states = Object.keys(tokenTransitions) as readonly TokenState[]

describe('a payment token', () => {
  it('has sixteen digits out of its range, Luhn-valid, whatever the randomness', () => {
    assert(
      property(uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
        const token = derivePaymentToken(range, random)
        expect(token).toMatch(/^430[0-9]{13}$/u)
        expect(token.slice(0, 8) >= range.low && token.slice(0, 8) <= range.high).toBe(true)
        expect(isLuhnValid(token)).toBe(true)
      }),
    )
  })

  it('differs with its randomness', () => {
    expect(derivePaymentToken(range, new Uint8Array(16).fill(1))).not.toBe(derivePaymentToken(range, new Uint8Array(16).fill(2)))
  })

  it.each([
    [{ low: '94000000', high: '94999999' }, 16],
    [{ low: '43099999', high: '43000000' }, 16],
    [range, 15],
  ])('is not made from %j and %d bytes', (bad, size) =>
    expect(() => derivePaymentToken(bad, new Uint8Array(size))).toThrow('a token range'),
  )

  it.each<[string, string, boolean]>([
    ['43000000', '43099999', true],
    ['43000000', '45000000', false],
    ['42999999', '43099999', false],
    ['44000000', '43000000', false],
  ])('range %s to %s is apart from the accounts: %s', (low, high, expected) => {
    const accounts = [
      { low: '41000000', high: '42999999' },
      { low: '45000000', high: '45999999' },
    ]
    expect(isTokenRangeSeparate({ low, high }, accounts)).toBe(expected)
  })
})

describe('the life of a token', () => {
  it.each(states.flatMap((from) => states.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
    const legal = [
      'provisioned>active',
      'provisioned>deleted',
      'active>suspended',
      'active>deleted',
      'suspended>active',
      'suspended>deleted',
    ]
    expect(canBecome(from, to)).toBe(legal.includes(`${from}>${to}`))
  })
})

describe('a payment account reference', () => {
  it('has 29 upper-case letters and digits', () => {
    expect(derivePaymentAccountReference(new Uint8Array(25).fill(35))).toMatch(/^SBX0[0-9A-Z]{25}$/u)
    expect(() => derivePaymentAccountReference(new Uint8Array(24))).toThrow('25 random bytes')
  })
})
