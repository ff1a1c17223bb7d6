import type { PaymentRequest } from '@symbolon/contracts/payment-request'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { hasCardNumberRun } from '@symbolon/formats/cards'
import { minorUnits, type Currency } from '@symbolon/formats/money'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { Merchant } from './merchant.ts'
import type { PaymentRecord } from './payment.ts'

export type AmountLimits = Readonly<Partial<Record<Currency, { readonly minimum: bigint; readonly maximum: bigint }>>>

/** Of one payment, where the configuration says nothing. */
export const defaultAmountLimits: AmountLimits = {
  KRW: { minimum: 1n, maximum: 100_000_000n },
  USD: { minimum: 1n, maximum: 10_000_000n },
  JPY: { minimum: 1n, maximum: 10_000_000n },
  EUR: { minimum: 1n, maximum: 10_000_000n },
}

const longestLifeSeconds = 24 * 3_600

export type PaymentCreation = {
  readonly merchant: Merchant
  readonly request: PaymentRequest
  readonly compactJws: string
  readonly paymentId: string
  readonly limits: AmountLimits
  readonly now: number
}

/** Decides whether a request that its merchant has signed becomes a payment. Checks run in the order of the problem table. */
export function decidePaymentCreation(creation: PaymentCreation): Result<PaymentRecord, Problem> {
  const { merchant, request, compactJws, paymentId, limits, now } = creation
  const limit = limits[request.currency]
  const amount = BigInt(request.amountMinorUnits)
  if (limit === undefined) return fail(problem('REQUEST_INVALID', { param: '/request/currency' }))
  if (amount < limit.minimum || amount > limit.maximum) return fail(problem('REQUEST_INVALID', { param: '/request/amountMinorUnits' }))
  if (request.expiresAt > now + longestLifeSeconds) return fail(problem('REQUEST_INVALID', { param: '/request/expiresAt' }))
  // People paste card numbers into order names; once stored, a number is in every backup.
  if (hasCardNumberRun(request.orderName)) return fail(problem('REQUEST_CARD_NUMBER_REFUSED', { param: '/request/orderName' }))
  if (hasCardNumberRun(request.merchantName)) return fail(problem('REQUEST_CARD_NUMBER_REFUSED', { param: '/request/merchantName' }))
  const isOwn =
    request.merchantId === merchant.merchantId && request.merchantOrigin === merchant.origin && request.merchantSlug === merchant.slug
  if (!isOwn) return fail(problem('PAYMENT_REQUEST_MISMATCH'))
  if (request.expiresAt <= now) return fail(problem('PAYMENT_EXPIRED'))
  return ok({
    paymentId,
    merchantId: merchant.merchantId,
    version: 1,
    state: 'requires_confirmation',
    orderId: request.orderId,
    orderName: request.orderName,
    merchantName: request.merchantName,
    amount: minorUnits(amount),
    currency: request.currency,
    instalmentMonthsAllowed: request.instalmentMonthsAllowed,
    request: compactJws,
    createdAt: now,
    expiresAt: request.expiresAt,
    answer: {},
  })
}
