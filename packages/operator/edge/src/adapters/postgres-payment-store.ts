import { problem, type Problem } from '@symbolon/contracts/problems'
import { assert, fail, Fault, ok, type Result } from '@symbolon/formats/result'
import type { Database, Queries } from '@symbolon/service/database'
import type { OnceRequest, PaymentKey, PaymentStore } from '../flows/payment-store.ts'
import { decideReplay, type OnceAnswer, type UsedKey } from '../rules/idempotency.ts'
import type { PaymentRecord } from '../rules/payment.ts'
import type { Decision, PaymentFacts } from '../rules/transition.ts'
import { insertPayment, writeChange } from './postgres-payment-changes.ts'
import { Refusal, refuse } from './refusal.ts'
import { holdColumns, paymentColumns, readHold, readId, readPayment, type HoldRow, type PaymentRow } from './rows.ts'

/** Payments in PostgreSQL. Each change locks one payment's row and no other, so two changes never wait in a circle. */
export function createPostgresPaymentStore(database: Database): PaymentStore {
  return {
    find: (key) => findOne(database, 'merchant_id = $1 AND payment_id = $2', [key.merchantId, key.paymentId]),
    findByOrderId: (order) => findOne(database, 'merchant_id = $1 AND order_id = $2', [order.merchantId, order.orderId]),
    findById: (paymentId) => findOne(database, 'payment_id = $1', [paymentId]),
    findByAttempt: async (attempt) => {
      const key = await loadAttempt(database, attempt)
      return key && findOne(database, 'merchant_id = $1 AND payment_id = $2', [key.merchantId, key.paymentId])
    },
    findAnswer: (merchantId, keyHash) => loadAnswer(database, merchantId, keyHash),
    create: (payment, once) =>
      doOnce(database, { merchantId: payment.merchantId, once }, async (queries) => {
        await insertPayment(queries, payment)
        return payment
      }),
    change: (key, decide) => inTransaction(database, (queries) => change(queries, key, decide)),
    changeOnce: (key, decide, once) => doOnce(database, { merchantId: key.merchantId, once }, (queries) => change(queries, key, decide)),
    claimAttempt: (attempt) => claimAttempt(database, attempt),
    ...createSweeps(database),
  }
}

async function inTransaction<Value>(database: Database, work: (queries: Queries) => Promise<Value>): Promise<Result<Value, Problem>> {
  try {
    return ok(await database.transaction(work))
  } catch (error) {
    if (error instanceof Refusal) return fail(error.problem)
    // 55P03: another request holds what this one has to write, and has not committed yet.
    if (error instanceof Fault && sqlState(error.cause) === '55P03') return fail(problem('REQUEST_IDEMPOTENCY_RUNNING'))
    throw error
  }
}

async function change(queries: Queries, key: PaymentKey, decide: (facts: PaymentFacts) => Decision): Promise<PaymentRecord> {
  const facts = await findOne(queries, 'merchant_id = $1 AND payment_id = $2 FOR UPDATE', [key.merchantId, key.paymentId])
  if (facts === undefined) refuse(problem('REQUEST_NOT_FOUND'))
  const decision = decide(facts)
  if (!decision.ok) refuse(decision.problem)
  await writeChange(queries, facts, decision.value)
  return decision.value.payment ?? facts.payment
}

/**
 * The effect and the row of its key are one commit. Whatever stops it, a key that has an answer by then is answered with it: the
 * first request may have committed while this one waited for its locks.
 */
async function doOnce(
  database: Database,
  { merchantId, once }: { readonly merchantId: string; readonly once: OnceRequest },
  effect: (queries: Queries) => Promise<PaymentRecord>,
): Promise<Result<OnceAnswer, Problem>> {
  const done = await inTransaction(database, async (queries) => {
    // A second request with the key waits no longer than it takes to say so.
    await queries.query("SET LOCAL lock_timeout = '250ms'")
    const answer = once.write(await effect(queries))
    const { count } = await queries.query(
      `INSERT INTO edge.idempotency_keys (merchant_id, key_hash, content_hash, status, body, created_at, kept_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (merchant_id, key_hash) DO NOTHING`,
      [merchantId, once.keyHash, once.contentHash, answer.status, answer.body, once.createdAt, once.keptUntil],
    )
    return count === 1 ? { ...answer, isReplay: false } : refuse(problem('REQUEST_IDEMPOTENCY_RUNNING'))
  })
  if (done.ok) return done
  const used = await loadAnswer(database, merchantId, once.keyHash)
  return used === undefined ? done : decideReplay(used, once.contentHash)
}

async function loadAnswer(queries: Queries, merchantId: string, keyHash: Uint8Array): Promise<UsedKey | undefined> {
  const { rows } = await queries.query<{ content_hash: Uint8Array; status: number; body: string }>(
    'SELECT content_hash, status, body FROM edge.idempotency_keys WHERE merchant_id = $1 AND key_hash = $2',
    [merchantId, keyHash],
  )
  const [row] = rows
  return row && { contentHash: row.content_hash, answer: { status: row.status, body: row.body } }
}

// The payment's row comes first, under a lock where one is asked for; so the hold that is read next is the one that stands.
async function findOne(queries: Queries, condition: string, values: readonly unknown[]): Promise<PaymentFacts | undefined> {
  const { rows } = await queries.query<PaymentRow>(`SELECT ${paymentColumns} FROM edge.payments WHERE ${condition}`, values)
  const [row] = rows
  if (row === undefined) return undefined
  const holds = await queries.query<HoldRow>(
    `SELECT ${holdColumns} FROM edge.holds WHERE merchant_id = $1 AND payment_id = $2 AND outcome = 'live'`,
    [row.merchant_id, row.payment_id],
  )
  const [hold] = holds.rows
  return { payment: readPayment(row), hold: hold && readHold(hold) }
}

async function loadAttempt(
  queries: Queries,
  { walletId, paymentAttemptId }: { readonly walletId: string; readonly paymentAttemptId: string },
): Promise<PaymentKey | undefined> {
  const { rows } = await queries.query<{ merchant_id: string; payment_id: string }>(
    'SELECT merchant_id, payment_id FROM edge.payment_attempts WHERE wallet_id = $1 AND payment_attempt_id = $2',
    [walletId, paymentAttemptId],
  )
  const [row] = rows
  return row && { merchantId: readId(row.merchant_id), paymentId: readId(row.payment_id) }
}

async function claimAttempt(database: Database, attempt: Parameters<PaymentStore['claimAttempt']>[0]): Promise<PaymentKey> {
  await database.query(
    `INSERT INTO edge.payment_attempts (wallet_id, payment_attempt_id, merchant_id, payment_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (wallet_id, payment_attempt_id) DO NOTHING`,
    [attempt.walletId, attempt.paymentAttemptId, attempt.merchantId, attempt.paymentId],
  )
  const key = await loadAttempt(database, attempt)
  assert(key !== undefined, 'an attempt that was claimed can be read')
  return key
}

type Sweeps = Pick<PaymentStore, 'listExpired' | 'claimHolds' | 'claimUnsettled' | 'forgetAnswers'>

// Each claim is one statement: SKIP LOCKED keeps two sweepers apart, the new time keeps them apart afterwards.
function createSweeps(database: Database): Sweeps {
  return {
    listExpired: async (now, limit) => {
      const { rows } = await database.query<{ merchant_id: string; payment_id: string }>(
        `SELECT merchant_id, payment_id FROM edge.payments payment WHERE state = 'requires_confirmation' AND expires_at <= $1
           AND NOT EXISTS (SELECT 1 FROM edge.holds hold WHERE hold.merchant_id = payment.merchant_id
             AND hold.payment_id = payment.payment_id AND hold.outcome = 'live')
         ORDER BY expires_at LIMIT $2`,
        [now, limit],
      )
      return rows.map((row) => ({ merchantId: readId(row.merchant_id), paymentId: readId(row.payment_id) }))
    },
    claimHolds: async ({ nowMs, leaseUntilMs, limit }) => {
      const { rows } = await database.query<HoldRow>(
        `UPDATE edge.holds SET lease_until_ms = $2 WHERE (merchant_id, payment_id, hold_id) IN (
           SELECT merchant_id, payment_id, hold_id FROM edge.holds WHERE outcome = 'live' AND lease_until_ms <= $1
           ORDER BY lease_until_ms LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING ${holdColumns}`,
        [nowMs, leaseUntilMs, limit],
      )
      return rows.map(readHold)
    },
    claimUnsettled: async ({ nowMs, leaseUntilMs, limit }) => {
      const { rows } = await database.query<PaymentRow>(
        `UPDATE edge.payments SET next_look_at_ms = $2 WHERE (merchant_id, payment_id) IN (
           SELECT merchant_id, payment_id FROM edge.payments WHERE state IN ('authorizing', 'unanswered') AND next_look_at_ms <= $1
           ORDER BY next_look_at_ms LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING ${paymentColumns}`,
        [nowMs, leaseUntilMs, limit],
      )
      return rows.map(readPayment)
    },
    forgetAnswers: async (now, limit) => {
      const { count } = await database.query(
        `DELETE FROM edge.idempotency_keys WHERE (merchant_id, key_hash) IN (
           SELECT merchant_id, key_hash FROM edge.idempotency_keys WHERE kept_until <= $1 ORDER BY kept_until LIMIT $2)`,
        [now, limit],
      )
      return count
    },
  }
}

function sqlState(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
