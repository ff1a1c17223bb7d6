import { describe, expect, test } from 'vitest'
import { problemCodes, type ProblemCode } from '@symbolon/contracts/problems'
import { decideAfterRefusal, decideFromSettled, isBusy, isSlotUsable, messageExpiry } from './attempt.ts'
import type { Intent } from './wallet-content.ts'

const slot = { fields: { now: 1_000, expiresAt: 1_120 }, receivedAtMs: 50_000 }
const purchase: Intent = { kind: 'pay', paymentAttemptId: 'aa', paymentId: 'bb' }

describe('the life of a slot, by the vault’s clock', () => {
  test.each([
    [50_000, true, 1_060],
    [50_999, true, 1_060],
    [166_000, true, 1_176],
    [167_000, false, 1_177],
    [400_000, false, 1_410],
    [0, true, 1_060], // A clock that went back makes nothing younger than it was.
  ])('at %d ms: usable %s, exp %d', (monotonicMs, usable, expiry) => {
    expect(isSlotUsable(slot, monotonicMs)).toBe(usable)
    expect(messageExpiry(slot, monotonicMs)).toBe(expiry)
  })
})

describe('what a refusal leads to', () => {
  const again: readonly ProblemCode[] = [
    'REQUEST_TOO_MANY',
    'SERVICE_FAULT',
    'SERVICE_BUG',
    'PAYMENT_CONFIRMATION_RUNNING',
    'CUSTODY_RETRY',
    'CUSTODY_VOID',
    'CUSTODY_CONFLICT',
  ]
  test('every code has one answer', () => {
    for (const code of Object.keys(problemCodes) as ProblemCode[]) {
      expect([code, decideAfterRefusal(code, 3)]).toEqual([code, again.includes(code) ? 'again' : 'tell'])
    }
  })
  test('a rejected message is tried once under a fresh slot', () => {
    expect(decideAfterRefusal('CUSTODY_REJECTED', 1)).toBe('again')
    expect(decideAfterRefusal('CUSTODY_REJECTED', 2)).toBe('tell')
  })
  test('waiting helps only where somebody else is busy', () => {
    expect([isBusy('PAYMENT_CONFIRMATION_RUNNING'), isBusy('REQUEST_TOO_MANY'), isBusy('CUSTODY_VOID')]).toEqual([true, true, false])
  })
})

describe('what the end of the attempt before means', () => {
  test.each([
    [null, true, 'go-on'],
    [{ intent: purchase, outcome: 'signed' }, false, 'signed-unseen'],
    [{ intent: purchase, outcome: 'signed' }, true, 'signed-unseen'],
    [{ intent: purchase, outcome: 'wrong-pin' }, true, 'wrong-pin'],
    [{ intent: purchase, outcome: 'wrong-pin' }, false, 'go-on'],
    [{ intent: purchase, outcome: 'not-signed' }, true, 'go-on'],
    [{ intent: { ...purchase, paymentAttemptId: 'cc' }, outcome: 'signed' }, true, 'go-on'],
    [{ intent: { ...purchase, kind: 'record' }, outcome: 'signed' }, true, 'go-on'],
  ] as const)('%j, own %s: %s', (settled, isOwn, expected) => {
    expect(decideFromSettled(settled, purchase, isOwn)).toBe(expected)
  })
  test('a lookup that was signed unseen is signed again', () => {
    const lookup: Intent = { kind: 'record', paymentAttemptId: 'aa' }
    expect(decideFromSettled({ intent: lookup, outcome: 'signed' }, lookup, true)).toBe('go-on')
  })
})
