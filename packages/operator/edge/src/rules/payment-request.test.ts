import { describe, expect, test } from 'vitest'
import type { PaymentRequest } from '@symbolon/contracts/payment-request'
import { ids, now } from '../testing/samples.ts'
import { decidePaymentCreation, defaultAmountLimits } from './payment-request.ts'

const merchant = {
  merchantId: ids.merchant,
  name: '가게',
  origin: 'http://127.0.0.1:8402',
  slug: 'coffee',
  apiKeyHash: new Uint8Array(32),
}
const request: PaymentRequest = {
  version: 1,
  merchantId: ids.merchant,
  merchantName: '가게',
  merchantOrigin: merchant.origin,
  merchantSlug: 'coffee',
  orderId: 'order-1',
  orderName: '아메리카노 2잔',
  amountMinorUnits: '9000',
  currency: 'KRW',
  instalmentMonthsAllowed: [0],
  expiresAt: now + 600,
}
const decide = (changes: Partial<PaymentRequest>): ReturnType<typeof decidePaymentCreation> =>
  decidePaymentCreation({
    merchant,
    request: { ...request, ...changes },
    compactJws: 'a.b.c',
    paymentId: ids.payment,
    limits: defaultAmountLimits,
    now,
  })

describe('a request that its merchant has signed', () => {
  test('becomes a payment that waits', () => {
    expect(decide({})).toMatchObject({ ok: true, value: { state: 'requires_confirmation', version: 1, amount: 9_000n, request: 'a.b.c' } })
  })

  const refusals: readonly (readonly [string, Partial<PaymentRequest>, string])[] = [
    ['more than the limit', { amountMinorUnits: '100000001' }, 'REQUEST_INVALID'],
    ['a day and a second ahead', { expiresAt: now + 86_401 }, 'REQUEST_INVALID'],
    ['a card number as order name', { orderName: '주문 4111 1111 1111 1111' }, 'REQUEST_CARD_NUMBER_REFUSED'],
    ['one with dashes', { orderName: '4111-1111-1111-1111' }, 'REQUEST_CARD_NUMBER_REFUSED'],
    ['one in full-width digits', { orderName: '４１１１１１１１１１１１１１１１' }, 'REQUEST_CARD_NUMBER_REFUSED'],
    ['one beside another number', { orderName: '2 4111111111111111 3' }, 'REQUEST_CARD_NUMBER_REFUSED'],
    ['one as merchant name', { merchantName: '378282246310005' }, 'REQUEST_CARD_NUMBER_REFUSED'],
    ['another merchant', { merchantId: ids.wallet }, 'PAYMENT_REQUEST_MISMATCH'],
    ['another origin', { merchantOrigin: 'http://127.0.0.1:9999' }, 'PAYMENT_REQUEST_MISMATCH'],
    ['another shop of the same origin', { merchantSlug: 'books' }, 'PAYMENT_REQUEST_MISMATCH'],
    ['its own end', { expiresAt: now }, 'PAYMENT_EXPIRED'],
    ['two faults: limit and card number', { amountMinorUnits: '100000001', orderName: '4111111111111111' }, 'REQUEST_INVALID'],
    ['two faults: card number and merchant', { orderName: '4111111111111111', merchantId: ids.wallet }, 'REQUEST_CARD_NUMBER_REFUSED'],
    ['two faults: merchant and end', { merchantId: ids.wallet, expiresAt: now }, 'PAYMENT_REQUEST_MISMATCH'],
  ]
  test.each(refusals)('%s is refused', (_name, changes, code) => {
    expect(decide(changes)).toMatchObject({ ok: false, problem: { code } })
  })

  test.each([
    ['a number that is no card number', { orderName: '주문 4111 1111 1111 1112' }],
    ['the last second of a day', { expiresAt: now + 86_400 }],
    ['the next second', { expiresAt: now + 1 }],
    ['the limit itself', { amountMinorUnits: '100000000' }],
  ])('%s passes', (_name, changes) => expect(decide(changes).ok).toBe(true))

  test('a currency without a limit is not taken', () => {
    const decided = decidePaymentCreation({ merchant, request, compactJws: 'a.b.c', paymentId: ids.payment, limits: {}, now })
    expect(decided).toEqual({ ok: false, problem: { code: 'REQUEST_INVALID', param: '/request/currency' } })
  })
})
