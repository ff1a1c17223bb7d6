import { problem } from '@symbolon/contracts/problems'
import { assert } from '@symbolon/formats/result'
import type { Queries } from '@symbolon/service/database'
import type { Hold, PaymentRecord, Transfer } from '../rules/payment.ts'
import type { PaymentChange, PaymentFacts } from '../rules/transition.ts'
import { refuse } from './refusal.ts'
import { holdColumns, paymentColumns, writePaymentValues } from './rows.ts'

/** Writes a new payment and its first event. */
export async function insertPayment(queries: Queries, payment: PaymentRecord): Promise<void> {
  const values = writePaymentValues(payment)
  const { count } = await queries.query(
    `INSERT INTO edge.payments (${paymentColumns}) VALUES (${placeholders(values.length)}) ON CONFLICT (merchant_id, order_id) DO NOTHING`,
    values,
  )
  if (count === 0) refuse(problem('PAYMENT_ORDER_EXISTS'))
  await insertEvent(queries, payment, payment.createdAt)
}

/** Writes what a rule decided, inside the transaction that read the facts. */
export async function writeChange(queries: Queries, facts: PaymentFacts, change: PaymentChange): Promise<void> {
  if (change.endHold !== undefined) await endHold(queries, facts.payment, change.endHold)
  if (change.placeHold !== undefined) await insertHold(queries, change.placeHold)
  if (change.payment !== undefined) await updatePayment(queries, facts.payment, change.payment)
  if (change.transfer !== undefined) await insertTransfer(queries, change.transfer)
}

async function updatePayment(queries: Queries, before: PaymentRecord, payment: PaymentRecord): Promise<void> {
  assert(payment.version === before.version + 1, 'a change of a payment is its next version')
  const { confirmation, answer } = payment
  const { count } = await queries.query(
    `UPDATE edge.payments SET version = $3, state = $4, wallet_id = $5, token_reference_id = $6, payment_attempt_id = $7, issuer_id = $8,
       network = $9, last_four = $10, instalment_months = $11, channel = $12, systems_trace_audit_number = $13,
       retrieval_reference_number = $14, approval_number = $15, decline_reason = $16, authorizing_since = $17, next_look_at_ms = $18
     WHERE merchant_id = $1 AND payment_id = $2 AND version = $3 - 1`,
    [
      payment.merchantId,
      payment.paymentId,
      payment.version,
      payment.state,
      confirmation?.walletId,
      confirmation?.tokenReferenceId,
      confirmation?.paymentAttemptId,
      confirmation?.issuerId,
      confirmation?.network,
      confirmation?.lastFour,
      confirmation?.instalmentMonths,
      confirmation?.channel,
      answer.systemsTraceAuditNumber,
      answer.retrievalReferenceNumber,
      answer.approvalNumber,
      answer.declineReason,
      payment.authorizingSince,
      payment.nextLookAtMs,
    ],
  )
  assert(count === 1, 'a locked payment has the version that was read')
  await insertEvent(queries, payment, undefined)
}

// The event's time is the server's own when the rule gives none: only its order, which is the version, is relied upon.
async function insertEvent(queries: Queries, payment: PaymentRecord, at: number | undefined): Promise<void> {
  await queries.query(
    `INSERT INTO edge.payment_events (merchant_id, payment_id, version, state, at)
     VALUES ($1, $2, $3, $4, coalesce($5, extract(epoch FROM now())::bigint))`,
    [payment.merchantId, payment.paymentId, payment.version, payment.state, at],
  )
}

async function insertHold(queries: Queries, hold: Hold): Promise<void> {
  await queries.query(`INSERT INTO edge.holds (${holdColumns}, outcome) VALUES (${placeholders(13)}, 'live')`, [
    hold.merchantId,
    hold.paymentId,
    hold.holdId,
    hold.walletId,
    hold.paymentAttemptId,
    hold.tokenReferenceId,
    hold.issuerId,
    hold.network,
    hold.lastFour,
    hold.instalmentMonths,
    hold.channel,
    hold.heldAt,
    hold.leaseUntilMs,
  ])
}

async function endHold(queries: Queries, payment: PaymentRecord, end: NonNullable<PaymentChange['endHold']>): Promise<void> {
  const { count } = await queries.query(
    `UPDATE edge.holds SET outcome = $4 WHERE merchant_id = $1 AND payment_id = $2 AND hold_id = $3 AND outcome = 'live'`,
    [payment.merchantId, payment.paymentId, end.holdId, end.outcome],
  )
  assert(count === 1, 'a hold that ends was live')
}

async function insertTransfer(queries: Queries, transfer: Transfer): Promise<void> {
  await queries.query(
    `INSERT INTO edge.transfers (merchant_id, transfer_id, payment_id, kind, debit_account_id, credit_account_id, amount_minor_units,
       currency, posted_at) VALUES (${placeholders(9)})`,
    [
      transfer.merchantId,
      transfer.transferId,
      transfer.paymentId,
      transfer.kind,
      transfer.debitAccountId,
      transfer.creditAccountId,
      transfer.amount,
      transfer.currency,
      transfer.postedAt,
    ],
  )
}

function placeholders(count: number): string {
  return Array.from({ length: count }, (_, index) => `$${index + 1}`).join(', ')
}
