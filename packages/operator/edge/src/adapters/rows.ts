import { Value } from 'typebox/value'
import { NetworkName } from '@symbolon/contracts/limits'
import { paymentStates, type PaymentState } from '@symbolon/contracts/merchant-api'
import { isCurrency, minorUnits, type Currency } from '@symbolon/formats/money'
import { assert } from '@symbolon/formats/result'
import type { Confirmation, Hold, IssuerAnswer, Network, PaymentRecord } from '../rules/payment.ts'

/** The columns of a payment, in the order of every statement that reads or writes them. */
export const paymentColumns = `merchant_id, payment_id, version, state, order_id, order_name, merchant_name, amount_minor_units, currency,
  instalment_months_allowed, request, created_at, expires_at, wallet_id, token_reference_id, payment_attempt_id, issuer_id, network,
  last_four, instalment_months, channel, systems_trace_audit_number, retrieval_reference_number, approval_number, decline_reason,
  authorizing_since, next_look_at_ms`

export type PaymentRow = {
  readonly merchant_id: string
  readonly payment_id: string
  readonly version: number
  readonly state: string
  readonly order_id: string
  readonly order_name: string
  readonly merchant_name: string
  readonly amount_minor_units: bigint
  readonly currency: string
  readonly instalment_months_allowed: readonly number[]
  readonly request: string
  readonly created_at: bigint
  readonly expires_at: bigint
  readonly systems_trace_audit_number: string | null
  readonly retrieval_reference_number: string | null
  readonly approval_number: string | null
  readonly decline_reason: string | null
  readonly authorizing_since: bigint | null
  readonly next_look_at_ms: bigint | null
} & { readonly [Column in keyof ConfirmationRow]: ConfirmationRow[Column] | null }

type ConfirmationRow = {
  readonly wallet_id: string
  readonly token_reference_id: string
  readonly payment_attempt_id: string
  readonly issuer_id: string
  readonly network: string
  readonly last_four: string
  readonly instalment_months: number
  readonly channel: number
}

export const holdColumns = `merchant_id, payment_id, hold_id, wallet_id, payment_attempt_id, token_reference_id, issuer_id, network,
  last_four, instalment_months, channel, held_at, lease_until_ms`

export type HoldRow = ConfirmationRow & {
  readonly merchant_id: string
  readonly payment_id: string
  readonly hold_id: string
  readonly held_at: bigint
  readonly lease_until_ms: bigint
}

/** PostgreSQL writes a uuid with dashes; on our wires an id is its 32 digits. */
export function readId(uuid: string): string {
  return uuid.replaceAll('-', '')
}

export function readPayment(row: PaymentRow): PaymentRecord {
  return {
    merchantId: readId(row.merchant_id),
    paymentId: readId(row.payment_id),
    version: row.version,
    state: readState(row.state),
    orderId: row.order_id,
    orderName: row.order_name,
    merchantName: row.merchant_name,
    amount: minorUnits(row.amount_minor_units),
    currency: readCurrency(row.currency),
    instalmentMonthsAllowed: row.instalment_months_allowed,
    request: row.request,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    ...optional('confirmation', hasConfirmation(row) ? readConfirmation(row) : null),
    ...optional('authorizingSince', row.authorizing_since === null ? null : Number(row.authorizing_since)),
    ...optional('nextLookAtMs', row.next_look_at_ms === null ? null : Number(row.next_look_at_ms)),
    answer: readAnswer(row),
  }
}

/** The values of `paymentColumns`. */
export function writePaymentValues(payment: PaymentRecord): readonly unknown[] {
  const { confirmation, answer } = payment
  return [
    payment.merchantId,
    payment.paymentId,
    payment.version,
    payment.state,
    payment.orderId,
    payment.orderName,
    payment.merchantName,
    payment.amount,
    payment.currency,
    payment.instalmentMonthsAllowed,
    payment.request,
    payment.createdAt,
    payment.expiresAt,
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
  ]
}

export function readHold(row: HoldRow): Hold {
  return {
    ...readConfirmation(row),
    holdId: readId(row.hold_id),
    merchantId: readId(row.merchant_id),
    paymentId: readId(row.payment_id),
    heldAt: Number(row.held_at),
    leaseUntilMs: Number(row.lease_until_ms),
  }
}

export function readNetwork(text: string): Network {
  return Value.Parse(NetworkName, text)
}

export function readState(text: string): PaymentState {
  const state = paymentStates.find((name) => name === text)
  assert(state !== undefined, 'a stored state is a published one')
  return state
}

export function readCurrency(text: string): Currency {
  assert(isCurrency(text), 'a stored currency is a carried one')
  return text
}

function readConfirmation(row: ConfirmationRow): Confirmation {
  return {
    walletId: readId(row.wallet_id),
    paymentAttemptId: readId(row.payment_attempt_id),
    tokenReferenceId: readId(row.token_reference_id),
    issuerId: readId(row.issuer_id),
    network: readNetwork(row.network),
    lastFour: row.last_four,
    instalmentMonths: row.instalment_months,
    channel: row.channel,
  }
}

function readAnswer(row: PaymentRow): IssuerAnswer {
  return {
    ...optional('systemsTraceAuditNumber', row.systems_trace_audit_number),
    ...optional('retrievalReferenceNumber', row.retrieval_reference_number),
    ...optional('approvalNumber', row.approval_number),
    ...optional('declineReason', row.decline_reason),
  }
}

function hasConfirmation(row: PaymentRow): row is PaymentRow & ConfirmationRow {
  return row.wallet_id !== null && row.token_reference_id !== null && row.channel !== null
}

function optional<Name extends string, Content>(name: Name, content: Content | null): { [Key in Name]?: Content } {
  // The computed name loses its literal type; the result type above states it again.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (content === null ? {} : { [name]: content }) as { [Key in Name]?: Content }
}
