import { derivePaymentRequestHash } from '@symbolon/contracts/payment-request'
import type { PaymentTerms } from '@symbolon/contracts/planes'
import { bytesToHex } from '@symbolon/formats/bytes'
import { minorUnits } from '@symbolon/formats/money'
import type { Confirmation, Hold, PaymentRecord } from '../rules/payment.ts'
import type { WalletToken } from '../rules/token.ts'

/** Records as they occur, for tests to vary. */
export const now = 1_800_000_000
export const ids = {
  merchant: '0a'.repeat(16),
  payment: '0b'.repeat(16),
  wallet: '0c'.repeat(16),
  token: '0d'.repeat(16),
  issuer: '0e'.repeat(16),
  attempt: '0f'.repeat(16),
  hold: '1a'.repeat(16),
} as const

export const confirmation: Confirmation = {
  walletId: ids.wallet,
  paymentAttemptId: ids.attempt,
  tokenReferenceId: ids.token,
  issuerId: ids.issuer,
  network: 'visa',
  lastFour: '1111',
  instalmentMonths: 3,
  channel: 1,
}

export function payment(changes: Partial<PaymentRecord> = {}): PaymentRecord {
  return {
    paymentId: ids.payment,
    merchantId: ids.merchant,
    version: 1,
    state: 'requires_confirmation',
    orderId: 'order-1',
    orderName: '아메리카노 두 잔',
    merchantName: '가게',
    amount: minorUnits(9_000n),
    currency: 'KRW',
    instalmentMonthsAllowed: [0, 3],
    request: 'aGVhZA.Ym9keQ.c2ln',
    createdAt: now - 10,
    expiresAt: now + 600,
    answer: {},
    ...changes,
  }
}

export function confirmed(changes: Partial<PaymentRecord> = {}): PaymentRecord {
  return payment({ state: 'authorizing', version: 2, confirmation, authorizingSince: now, nextLookAtMs: now * 1_000 + 3_000, ...changes })
}

export function hold(changes: Partial<Hold> = {}): Hold {
  return {
    ...confirmation,
    holdId: ids.hold,
    merchantId: ids.merchant,
    paymentId: ids.payment,
    heldAt: now,
    leaseUntilMs: now * 1_000 + 8_000,
    ...changes,
  }
}

export function token(changes: Partial<WalletToken> = {}): WalletToken {
  return {
    walletId: ids.wallet,
    tokenReferenceId: ids.token,
    issuerId: ids.issuer,
    network: 'visa',
    lastFour: '1111',
    state: 'active',
    createdAt: now,
    ...changes,
  }
}

/** What a device signs for a payment. */
export function termsOf(record: PaymentRecord, changes: Partial<PaymentTerms> = {}): PaymentTerms {
  return {
    kind: 'pay',
    tokenReferenceId: ids.token,
    paymentAttemptId: ids.attempt,
    merchantId: record.merchantId,
    requestHash: bytesToHex(derivePaymentRequestHash(record.request)),
    amountMinorUnits: record.amount.toString(),
    currencyNumeric: '410',
    instalmentMonths: 3,
    expiresAt: now + 60,
    channel: 1,
    deviceKeyKind: 0,
    ...changes,
  }
}
