import type { SuspensionCause } from '@symbolon/contracts/issuer-link'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import type { OnceRequest, PaymentKey, PaymentStore } from '../flows/payment-store.ts'
import type { LedgerStore, MerchantStore, Stores, TokenStore } from '../flows/stores.ts'
import { decideReplay, type OnceAnswer, type UsedKey } from '../rules/idempotency.ts'
import type { Merchant } from '../rules/merchant.ts'
import type { Hold, PaymentRecord, Transfer } from '../rules/payment.ts'
import type { WalletToken } from '../rules/token.ts'
import type { Decision, PaymentChange, PaymentFacts } from '../rules/transition.ts'

type Memory = {
  readonly payments: Map<string, PaymentRecord>
  readonly liveHolds: Map<string, Hold>
  readonly answers: Map<string, UsedKey & { readonly keptUntil: number }>
  readonly attempts: Map<string, PaymentKey>
  readonly tokens: Map<string, WalletToken>
  readonly untold: Map<string, SuspensionCause>
  readonly grants: Map<string, { readonly issuerId: string; readonly walletId: string; readonly grantNumber: number }>
  readonly transfers: Transfer[]
  merchants: readonly Merchant[]
}

/**
 * The stores in memory, for tests of flows. They pass the same contract as PostgreSQL's. Each method works without waiting, so it is
 * one step that nothing comes between.
 */
export function createMemoryStores(): Stores {
  const memory: Memory = {
    payments: new Map(),
    liveHolds: new Map(),
    answers: new Map(),
    attempts: new Map(),
    tokens: new Map(),
    grants: new Map(),
    untold: new Map(),
    transfers: [],
    merchants: [],
  }
  return {
    payments: createPaymentStore(memory),
    merchants: createMerchantStore(memory),
    tokens: createTokenStore(memory),
    ledger: createLedgerStore(memory),
  }
}

function createPaymentStore(memory: Memory): PaymentStore {
  const facts = (payment: PaymentRecord | undefined): PaymentFacts | undefined =>
    payment && { payment, hold: memory.liveHolds.get(nameOf(payment)) }
  const search = (isWanted: (payment: PaymentRecord) => boolean): PaymentFacts | undefined =>
    facts([...memory.payments.values()].find(isWanted))
  return {
    find: async (key) => facts(memory.payments.get(nameOf(key))),
    findByOrderId: async (order) => search((payment) => payment.merchantId === order.merchantId && payment.orderId === order.orderId),
    findById: async (paymentId) => search((payment) => payment.paymentId === paymentId),
    findByAttempt: async (attempt) => {
      const key = memory.attempts.get(attemptName(attempt))
      return key && facts(memory.payments.get(nameOf(key)))
    },
    findAnswer: async (merchantId, keyHash) => memory.answers.get(answerName(merchantId, keyHash)),
    create: async (payment, once) =>
      doOnce(memory, { merchantId: payment.merchantId, once }, () => {
        const isTaken = search((other) => other.merchantId === payment.merchantId && other.orderId === payment.orderId) !== undefined
        if (isTaken) return fail(problem('PAYMENT_ORDER_EXISTS'))
        memory.payments.set(nameOf(payment), payment)
        return ok(payment)
      }),
    change: async (key, decide) => change(memory, key, decide),
    changeOnce: async (key, decide, once) => doOnce(memory, { merchantId: key.merchantId, once }, () => change(memory, key, decide)),
    claimAttempt: async (attempt) => {
      const name = attemptName(attempt)
      const owner = memory.attempts.get(name) ?? { merchantId: attempt.merchantId, paymentId: attempt.paymentId }
      memory.attempts.set(name, owner)
      return owner
    },
    ...createSweeps(memory),
  }
}

function createSweeps(memory: Memory): Pick<PaymentStore, 'listExpired' | 'claimHolds' | 'claimUnsettled' | 'forgetAnswers'> {
  return {
    listExpired: async (now, limit) =>
      [...memory.payments.values()]
        .filter(
          (payment) => payment.state === 'requires_confirmation' && payment.expiresAt <= now && !memory.liveHolds.has(nameOf(payment)),
        )
        .slice(0, limit)
        .map(({ merchantId, paymentId }) => ({ merchantId, paymentId })),
    claimHolds: async ({ nowMs, leaseUntilMs, limit }) => {
      const claimed = [...memory.liveHolds.values()].filter((hold) => hold.leaseUntilMs <= nowMs).slice(0, limit)
      const leased = claimed.map((hold) => ({ ...hold, leaseUntilMs }))
      for (const hold of leased) memory.liveHolds.set(nameOf(hold), hold)
      return leased
    },
    claimUnsettled: async ({ nowMs, leaseUntilMs, limit }) => {
      const claimed = [...memory.payments.values()].filter((payment) => (payment.nextLookAtMs ?? Infinity) <= nowMs).slice(0, limit)
      const leased = claimed.map((payment) => ({ ...payment, nextLookAtMs: leaseUntilMs }))
      for (const payment of leased) memory.payments.set(nameOf(payment), payment)
      return leased
    },
    forgetAnswers: async (now, limit) => {
      const old = [...memory.answers].filter(([, answer]) => answer.keptUntil <= now).slice(0, limit)
      for (const [name] of old) memory.answers.delete(name)
      return old.length
    },
  }
}

function change(memory: Memory, key: PaymentKey, decide: (facts: PaymentFacts) => Decision): Result<PaymentRecord, Problem> {
  const payment = memory.payments.get(nameOf(key))
  if (payment === undefined) return fail(problem('REQUEST_NOT_FOUND'))
  const decision = decide({ payment, hold: memory.liveHolds.get(nameOf(key)) })
  if (!decision.ok) return decision
  applyChange(memory, payment, decision.value)
  return ok(decision.value.payment ?? payment)
}

function applyChange(memory: Memory, before: PaymentRecord, { payment, placeHold, endHold, transfer }: PaymentChange): void {
  const name = nameOf(before)
  const live = memory.liveHolds.get(name)
  assert(endHold === undefined || live?.holdId === endHold.holdId, 'a hold that ends was live')
  assert(placeHold === undefined || live === undefined || endHold !== undefined, 'one hold is live at most')
  assert(payment === undefined || payment.version === before.version + 1, 'a change of a payment is its next version')
  assert(transfer === undefined || transfer.debitAccountId !== transfer.creditAccountId, 'a transfer has two accounts')
  if (endHold !== undefined) memory.liveHolds.delete(name)
  if (placeHold !== undefined) memory.liveHolds.set(name, placeHold)
  if (payment !== undefined) memory.payments.set(name, payment)
  if (transfer !== undefined) memory.transfers.push(transfer)
}

function doOnce(
  memory: Memory,
  { merchantId, once }: { readonly merchantId: string; readonly once: OnceRequest },
  effect: () => Result<PaymentRecord, Problem>,
): Result<OnceAnswer, Problem> {
  const name = answerName(merchantId, once.keyHash)
  const used = memory.answers.get(name)
  if (used !== undefined) return decideReplay(used, once.contentHash)
  const done = effect()
  if (!done.ok) return done
  const answer = once.write(done.value)
  memory.answers.set(name, { contentHash: once.contentHash, keptUntil: once.keptUntil, answer })
  return ok({ ...answer, isReplay: false })
}

function createMerchantStore(memory: Memory): MerchantStore {
  return {
    replaceAll: async (merchants) => {
      memory.merchants = merchants
    },
    findByApiKeyHash: async (apiKeyHash) => memory.merchants.find((merchant) => hex(merchant.apiKeyHash) === hex(apiKeyHash)),
  }
}

function createTokenStore(memory: Memory): TokenStore {
  return {
    register: async (token, grantNumber) => {
      const name = `${token.walletId} ${token.tokenReferenceId}`
      const known = memory.grants.get(token.tokenReferenceId)
      if (known !== undefined && (known.issuerId !== token.issuerId || known.grantNumber > grantNumber)) return undefined
      if (known?.grantNumber === grantNumber) return known.walletId === token.walletId ? memory.tokens.get(name) : undefined
      memory.grants.set(token.tokenReferenceId, { issuerId: token.issuerId, walletId: token.walletId, grantNumber })
      for (const [other, each] of memory.tokens)
        if (each.tokenReferenceId === token.tokenReferenceId) memory.tokens.set(other, { ...each, state: 'moved' })
      memory.tokens.set(name, token)
      memory.untold.delete(name)
      return token
    },
    find: async ({ walletId, tokenReferenceId }) => memory.tokens.get(`${walletId} ${tokenReferenceId}`),
    suspendAll: async (walletId, cause) => {
      for (const [name, token] of memory.tokens)
        if (token.walletId === walletId && token.state === 'active') {
          memory.tokens.set(name, { ...token, state: 'suspended' })
          memory.untold.set(name, cause)
        }
    },
    listUntold: async (limit) =>
      [...memory.untold].slice(0, limit).flatMap(([name, cause]) => {
        const token = memory.tokens.get(name)
        return token === undefined ? [] : [{ ...token, cause }]
      }),
    markTold: async ({ walletId, tokenReferenceId }) => void memory.untold.delete(`${walletId} ${tokenReferenceId}`),
  }
}

function createLedgerStore(memory: Memory): LedgerStore {
  return {
    loadSummary: async () => {
      const captured = [...memory.payments.values()].filter((payment) => payment.state === 'captured')
      const currencies = [...new Set(memory.transfers.map((transfer) => transfer.currency))].map((currency) => {
        const total = memory.transfers.reduce((sum, row) => (row.currency === currency ? sum + row.amount : sum), 0n).toString()
        return [currency, { debits: total, credits: total }] as const
      })
      const isPosted = (payment: PaymentRecord): boolean =>
        memory.transfers.some(
          (row) => nameOf(row) === nameOf(payment) && row.amount === payment.amount && row.currency === payment.currency,
        )
      return {
        currencies: Object.fromEntries(currencies),
        transfers: memory.transfers.length,
        captured: captured.length,
        balanced: captured.length === memory.transfers.length && captured.every(isPosted),
      }
    },
    listPayments: async ({ after, limit }) =>
      [...memory.payments.values()]
        .map((payment) => ({ payment, position: positionOf(payment) }))
        .filter(({ position }) => after === undefined || position > positionOf(after))
        .toSorted((left, right) => (left.position < right.position ? -1 : 1))
        .slice(0, limit)
        .map(({ payment: { confirmation, answer, ...payment } }) => ({
          paymentId: payment.paymentId,
          merchantId: payment.merchantId,
          orderId: payment.orderId,
          state: payment.state,
          amountMinorUnits: payment.amount.toString(),
          currency: payment.currency,
          createdAt: payment.createdAt,
          ...(confirmation === undefined ? {} : { issuerId: confirmation.issuerId, paymentAttemptId: confirmation.paymentAttemptId }),
          ...(answer.retrievalReferenceNumber === undefined ? {} : { retrievalReferenceNumber: answer.retrievalReferenceNumber }),
          ...(answer.systemsTraceAuditNumber === undefined ? {} : { systemsTraceAuditNumber: answer.systemsTraceAuditNumber }),
        })),
  }
}

const nameOf = ({ merchantId, paymentId }: PaymentKey): string => `${merchantId} ${paymentId}`
const attemptName = ({ walletId, paymentAttemptId }: { walletId: string; paymentAttemptId: string }): string =>
  `${walletId} ${paymentAttemptId}`
const answerName = (merchantId: string, keyHash: Uint8Array): string => `${merchantId} ${hex(keyHash)}`
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const positionOf = ({ createdAt, paymentId }: { createdAt: number; paymentId: string }): string =>
  `${String(createdAt).padStart(12, '0')} ${paymentId}`
