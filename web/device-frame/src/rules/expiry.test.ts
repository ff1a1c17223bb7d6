import { describe, expect, it } from 'vitest'
import { describeExpiry, groupExpiry, isExpired, parseExpiry } from './expiry.ts'

describe('expiry', () => {
  it.each([
    ['12/29', '2912'],
    ['0128', '2801'],
    ['13/29', undefined],
    ['00/29', undefined],
    ['1/29', undefined],
    ['12/2', undefined],
    ['', undefined],
  ])('reads %j as %s', (text, expected) => expect(parseExpiry(text)).toBe(expected))

  it.each([
    ['1', '1'],
    ['5', '05'],
    ['122', '12/2'],
    ['12/29', '12/29'],
    ['12295', '12/29'],
  ])('groups %j as %j', (text, expected) => expect(groupExpiry(text)).toBe(expected))

  it('is good to the end of its month in Korea', () => {
    const lastSecond = Date.parse('2026-11-30T23:59:59+09:00') / 1_000
    expect(isExpired('2611', lastSecond)).toBe(false)
    expect(isExpired('2611', lastSecond + 1)).toBe(true)
    expect(isExpired('2612', lastSecond + 1)).toBe(false)
  })
  it('writes month first', () => expect(describeExpiry('2912')).toBe('12/29'))
})
