import type { Problem } from '@symbolon/contracts/problems'
import type { Result } from '@symbolon/formats/result'
import type { OnceAnswer, StoredAnswer, UsedKey } from '../rules/idempotency.ts'
import type { Hold, PaymentRecord } from '../rules/payment.ts'
import type { Decision, PaymentFacts } from '../rules/transition.ts'

export type PaymentKey = { readonly merchantId: string; readonly paymentId: string }

/** One use of an idempotency key. `write` makes the answer that is stored in the commit of the effect. */
export type OnceRequest = {
  readonly keyHash: Uint8Array
  readonly contentHash: Uint8Array
  readonly createdAt: number
  readonly keptUntil: number
  readonly write: (payment: PaymentRecord) => StoredAnswer
}

/**
 * Payments with their holds, events and transfers. What a method writes is one commit, durable once it resolves; a problem means
 * that nothing was written. Changes of one payment happen one after the other.
 */
export interface PaymentStore {
  find(key: PaymentKey): Promise<PaymentFacts | undefined>
  findByOrderId(order: { readonly merchantId: string; readonly orderId: string }): Promise<PaymentFacts | undefined>
  /** For a payer, who knows no merchant. */
  findById(paymentId: string): Promise<PaymentFacts | undefined>
  findByAttempt(attempt: { readonly walletId: string; readonly paymentAttemptId: string }): Promise<PaymentFacts | undefined>

  findAnswer(merchantId: string, keyHash: Uint8Array): Promise<UsedKey | undefined>
  /** PAYMENT_ORDER_EXISTS, or what the idempotency key says: CONFLICT, RUNNING, or the stored answer. */
  create(payment: PaymentRecord, once: OnceRequest): Promise<Result<OnceAnswer, Problem>>

  /**
   * Reads under a lock, asks the rule, writes what it says. The rule may be asked again from the start, so it must be pure. A
   * new version must follow the version that was read. REQUEST_NOT_FOUND when there is no such payment.
   */
  change(key: PaymentKey, decide: (facts: PaymentFacts) => Decision): Promise<Result<PaymentRecord, Problem>>
  changeOnce(key: PaymentKey, decide: (facts: PaymentFacts) => Decision, once: OnceRequest): Promise<Result<OnceAnswer, Problem>>

  /** Gives an attempt id to a payment, and answers the payment that has it: the first one, for ever. */
  claimAttempt(attempt: PaymentKey & { readonly walletId: string; readonly paymentAttemptId: string }): Promise<PaymentKey>

  /** Payments past their time that nobody holds. */
  listExpired(now: number, limit: number): Promise<readonly PaymentKey[]>
  /** Live holds whose lease has run out; they are leased to the caller until `leaseUntilMs`, and to nobody else. */
  claimHolds(lease: { readonly nowMs: number; readonly leaseUntilMs: number; readonly limit: number }): Promise<readonly Hold[]>
  /** Authorizations without an answer whose time to look has come; the next look is at `leaseUntilMs`. */
  claimUnsettled(lease: {
    readonly nowMs: number
    readonly leaseUntilMs: number
    readonly limit: number
  }): Promise<readonly PaymentRecord[]>
  /** Forgets idempotency keys past their time; answers how many. */
  forgetAnswers(now: number, limit: number): Promise<number>
}
