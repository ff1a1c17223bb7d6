import { luhnCheckDigit } from '@symbolon/formats/cards'
import { assert } from '@symbolon/formats/result'
import { expiryAfterYears } from './expiry.ts'

/** EMV payment tokenisation life cycle. `deleted` is final. */
export const tokenTransitions = {
  provisioned: ['active', 'deleted'],
  active: ['suspended', 'deleted'],
  suspended: ['active', 'deleted'],
  deleted: [],
} as const satisfies Readonly<Record<TokenState, readonly TokenState[]>>
export type TokenState = 'provisioned' | 'active' | 'suspended' | 'deleted'

export function canBecome(from: TokenState, to: TokenState): boolean {
  const targets: readonly TokenState[] = tokenTransitions[from]
  return targets.includes(to)
}

export type TokenRange = { readonly low: string; readonly high: string }

/** Channels of the payment message for which a token of a wallet is good: 1 is the chat page. */
export const walletChannels: readonly number[] = [1]

/** Whether a token can never be taken for an account number of the same issuer. */
export function isTokenRangeSeparate(range: TokenRange, accountRanges: readonly TokenRange[]): boolean {
  return range.low <= range.high && accountRanges.every((accounts) => range.high < accounts.low || range.low > accounts.high)
}

const tokenYears = 5

/**
 * A payment token of 16 digits: a prefix out of the token range, seven digits out of randomness and a Luhn check digit, so that
 * it passes wherever an account number passes. Uniqueness is the store's business.
 */
export function derivePaymentToken(range: TokenRange, random: Uint8Array): string {
  assert(random.length >= 16 && range.low <= range.high && !range.low.startsWith('9'), 'a token range is in order and outside the 9 series')
  const size = BigInt(range.high) - BigInt(range.low) + 1n
  const prefix = BigInt(range.low) + (toInteger(random.subarray(0, 8)) % size)
  const body = `${prefix}${String(toInteger(random.subarray(8, 16)) % 10_000_000n).padStart(7, '0')}`
  return `${body}${luhnCheckDigit(body)}`
}

/** A payment account reference (EMV): 29 upper-case letters and digits, of which the first four name who gave it. */
export function derivePaymentAccountReference(random: Uint8Array): string {
  assert(random.length >= 25, 'a payment account reference needs 25 random bytes')
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  return `SBX0${Array.from(random.subarray(0, 25), (byte) => alphabet[byte % alphabet.length]).join('')}`
}

export function deriveTokenExpiry(now: number): string {
  return expiryAfterYears(now, tokenYears)
}

function toInteger(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
}
