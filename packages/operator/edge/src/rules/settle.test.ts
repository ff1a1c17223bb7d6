import { describe, expect, test } from 'vitest'
import { paymentStates, type PaymentState } from '@symbolon/contracts/merchant-api'
import { authorizationOutcomes, type AuthorizationAnswer } from '@symbolon/contracts/planes'
import { confirmed, hold, ids, now, payment } from '../testing/samples.ts'
import { decideCancel, decideExpiry, decideForgotten, forgottenAfterSeconds } from './end.ts'
import { decideSettlement } from './settle.ts'

const transferId = '2b'.repeat(16)
const settle = (state: PaymentState, answer: AuthorizationAnswer): ReturnType<typeof decideSettlement> =>
  decideSettlement({ payment: confirmed({ state }), hold: undefined }, { answer, transferId, nowMs: now * 1_000 })

/** What each outcome makes of each open state; every pair that is not here changes nothing. */
const moves: Readonly<Record<string, PaymentState>> = {
  'authorizing approved': 'captured',
  'authorizing declined': 'declined',
  'authorizing unsent': 'declined',
  'authorizing unanswered': 'unanswered',
  'authorizing reversed': 'unanswered',
  'unanswered reversed': 'reversed',
}

describe('an answer of the link', () => {
  const pairs = paymentStates.flatMap((state) => authorizationOutcomes.map((outcome) => [state, outcome] as const))
  test.each(pairs)('%s, %s', (state, outcome) => {
    const decided = settle(state, { outcome })
    const expected = moves[`${state} ${outcome}`]
    expect(decided.ok && decided.value.payment?.state).toBe(expected)
    expect(decided.ok && decided.value.transfer !== undefined).toBe(expected === 'captured')
  })

  test('approved: approval number, and one row from the issuer to the merchant', () => {
    const decided = settle('authorizing', {
      outcome: 'approved',
      systemsTraceAuditNumber: '000017',
      retrievalReferenceNumber: '629400000017',
      authorizationIdResponse: 'OK7788',
      responseCode: '00',
    })
    expect(decided).toMatchObject({
      value: {
        payment: {
          version: 3,
          answer: { approvalNumber: 'OK7788', retrievalReferenceNumber: '629400000017', systemsTraceAuditNumber: '000017' },
        },
        transfer: {
          transferId,
          paymentId: ids.payment,
          debitAccountId: `issuer:${ids.issuer}:receivable:KRW`,
          creditAccountId: `merchant:${ids.merchant}:payable:KRW`,
          amount: 9_000n,
          currency: 'KRW',
          postedAt: now,
        },
      },
    })
  })

  test.each([
    [{ outcome: 'declined', reason: 'insufficient-funds', authorizationIdResponse: 'NO1234' }, { declineReason: 'insufficient-funds' }],
    [{ outcome: 'declined' }, { declineReason: 'unknown-response-code' }],
    [{ outcome: 'unsent', reason: 'whatever' }, { declineReason: 'issuer-unavailable' }],
    [{ outcome: 'unanswered', retrievalReferenceNumber: '1' }, { retrievalReferenceNumber: '1' }],
  ] as const)('%j says %j and nothing else', (answer, expected) => {
    const decided = settle('authorizing', answer)
    expect(decided.ok && decided.value.payment?.answer).toEqual(expected)
  })

  test('unanswered: somebody looks again; reversed: nobody', () => {
    const unanswered = settle('authorizing', { outcome: 'unanswered' })
    expect(unanswered.ok && unanswered.value.payment?.nextLookAtMs).toBe(now * 1_000 + 1_000)
    const reversed = settle('unanswered', { outcome: 'reversed' })
    expect(reversed.ok && reversed.value.payment).not.toHaveProperty('nextLookAtMs')
  })
})

describe('a payment ends without the issuer', () => {
  test.each(paymentStates)('%s: cancelled only while it waits', (state) => {
    const decided = decideCancel({ payment: payment({ state }), hold: undefined })
    expect(decided.ok && decided.value.payment?.state).toBe(state === 'requires_confirmation' ? 'canceled' : false)
    expect(decideCancel({ payment: payment(), hold: hold() })).toEqual({ ok: false, problem: { code: 'PAYMENT_CONFIRMATION_RUNNING' } })
  })

  test.each(paymentStates)('%s: expires only while it waits, at its second, and never while it is held', (state) => {
    const at = (seconds: number, live = false): PaymentState | false | undefined => {
      const decided = decideExpiry({ payment: payment({ state }), hold: live ? hold() : undefined }, seconds)
      return decided.ok && decided.value.payment?.state
    }
    expect(at(now + 599)).toBeUndefined()
    expect(at(now + 600)).toBe(state === 'requires_confirmation' ? 'expired' : undefined)
    expect(at(now + 600, true)).toBeUndefined()
  })

  test.each(paymentStates)('%s: forgotten by link and vault, it ends only when nothing can be on its way any more', (state) => {
    const at = (seconds: number): PaymentState | false | undefined => {
      const decided = decideForgotten({ payment: confirmed({ state }), hold: undefined }, now + seconds)
      return decided.ok && decided.value.payment?.state
    }
    expect(at(forgottenAfterSeconds - 1)).toBeUndefined()
    expect(at(forgottenAfterSeconds)).toBe(state === 'authorizing' ? 'expired' : undefined)
  })
})
