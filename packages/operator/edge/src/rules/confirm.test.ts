import { describe, expect, test } from 'vitest'
import type { PaymentTerms } from '@symbolon/contracts/planes'
import { confirmation, confirmed, hold, ids, now, payment, termsOf, token } from '../testing/samples.ts'
import { decideHold, decideMatch, decideRelease, decideSigned, type HoldRequest } from './confirm.ts'
import type { PaymentFacts } from './transition.ts'

const waiting = payment()
const hash = termsOf(waiting).requestHash
const other = 'ff'.repeat(16)

describe('what the device signed is what the merchant asked for', () => {
  test('the same words pass', () => expect(decideMatch(waiting, termsOf(waiting), hash)).toEqual({ ok: true, value: undefined }))

  const differences: readonly (readonly [string, Partial<PaymentTerms>])[] = [
    ['another merchant', { merchantId: other }],
    ['another request', { requestHash: 'ff'.repeat(32) }],
    ['another amount', { amountMinorUnits: '9001' }],
    ['another currency', { currencyNumeric: '840' }],
    ['instalments that the merchant does not offer', { instalmentMonths: 6 }],
    ['a channel that no front knows', { channel: 200 }],
  ]
  test.each(differences)('%s is a mismatch', (_name, changes) => {
    expect(decideMatch(waiting, termsOf(waiting, changes), hash)).toEqual({ ok: false, problem: { code: 'PAYMENT_REQUEST_MISMATCH' } })
  })
})

describe('a confirmation is held', () => {
  const request: HoldRequest = {
    walletId: ids.wallet,
    terms: termsOf(waiting),
    token: token(),
    holdId: ids.hold,
    now,
    leaseUntilMs: now * 1_000 + 8_000,
  }
  test('when the payment waits for it', () => {
    expect(decideHold({ payment: waiting, hold: undefined }, request)).toEqual({ ok: true, value: { placeHold: hold() } })
  })

  const refusals: readonly (readonly [string, string, PaymentFacts, Partial<HoldRequest>])[] = [
    ['an authorized payment', 'PAYMENT_STATE_CONFLICT', { payment: confirmed(), hold: undefined }, {}],
    ['a canceled payment', 'PAYMENT_STATE_CONFLICT', { payment: payment({ state: 'canceled' }), hold: undefined }, {}],
    ['a payment that is being confirmed', 'PAYMENT_CONFIRMATION_RUNNING', { payment: waiting, hold: hold() }, {}],
    ['an expired payment', 'PAYMENT_EXPIRED', { payment: payment({ state: 'expired' }), hold: undefined }, {}],
    ['a payment at its last second', 'PAYMENT_EXPIRED', { payment: payment({ expiresAt: now }), hold: undefined }, {}],
    ['a card that is not there', 'TOKEN_NOT_ACTIVE', { payment: waiting, hold: undefined }, { token: undefined }],
    ['a suspended card', 'TOKEN_NOT_ACTIVE', { payment: waiting, hold: undefined }, { token: token({ state: 'suspended' }) }],
    ['a card of another wallet', 'TOKEN_NOT_ACTIVE', { payment: waiting, hold: undefined }, { token: token({ walletId: other }) }],
    ['another card', 'TOKEN_NOT_ACTIVE', { payment: waiting, hold: undefined }, { token: token({ tokenReferenceId: other }) }],
    ['two faults: running and expired', 'PAYMENT_CONFIRMATION_RUNNING', { payment: payment({ expiresAt: now }), hold: hold() }, {}],
    ['two faults: expired and no card', 'PAYMENT_EXPIRED', { payment: payment({ expiresAt: now }), hold: undefined }, { token: undefined }],
  ]
  test.each(refusals)('%s is refused with %s', (_name, code, facts, changes) => {
    expect(decideHold(facts, { ...request, ...changes })).toEqual({ ok: false, problem: { code } })
  })
})

describe('the vault has answered', () => {
  test('signed: the payment goes on with what was held, and the hold is used', () => {
    const decided = decideSigned({ payment: waiting, hold: hold() }, { holdId: ids.hold, nowMs: now * 1_000 })
    expect(decided).toEqual({
      ok: true,
      value: {
        payment: confirmed({ confirmation, authorizingSince: now, nextLookAtMs: now * 1_000 + 3_000 }),
        endHold: { holdId: ids.hold, outcome: 'used' },
      },
    })
  })

  test.each([
    ['no hold', undefined],
    ['the hold of a later try', hold({ holdId: other })],
  ])('%s is live: nothing changes, whether signed or not', (_name, live) => {
    expect(decideSigned({ payment: waiting, hold: live }, { holdId: ids.hold, nowMs: 0 })).toEqual({ ok: true, value: {} })
    expect(decideRelease({ payment: waiting, hold: live }, ids.hold)).toEqual({ ok: true, value: {} })
  })

  test('not signed: the hold ends and the payment waits', () => {
    const decided = decideRelease({ payment: waiting, hold: hold() }, ids.hold)
    expect(decided).toEqual({ ok: true, value: { endHold: { holdId: ids.hold, outcome: 'released' } } })
  })
})
