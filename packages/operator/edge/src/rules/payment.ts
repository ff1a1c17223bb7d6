import type { Payment, PaymentState } from '@symbolon/contracts/merchant-api'
import type { Static } from 'typebox'
import type { NetworkName } from '@symbolon/contracts/limits'
import type { Currency, MinorUnits } from '@symbolon/formats/money'

export type Network = Static<typeof NetworkName>

/** What a device confirmed: which card, in which instalments, under which attempt. Nothing here identifies a person. */
export type Confirmation = {
  readonly walletId: string
  readonly paymentAttemptId: string
  readonly tokenReferenceId: string
  readonly issuerId: string
  readonly network: Network
  readonly lastFour: string
  readonly instalmentMonths: number
  readonly channel: number
}

/** What the issuer's front answered, as far as it is known. */
export type IssuerAnswer = {
  readonly systemsTraceAuditNumber?: string
  readonly retrievalReferenceNumber?: string
  readonly approvalNumber?: string
  readonly declineReason?: string
}

/** A payment as edge keeps it. */
export type PaymentRecord = {
  readonly paymentId: string
  readonly merchantId: string
  readonly version: number
  readonly state: PaymentState
  readonly orderId: string
  readonly orderName: string
  readonly merchantName: string
  readonly amount: MinorUnits
  readonly currency: Currency
  readonly instalmentMonthsAllowed: readonly number[]
  /** The compact JWS, byte for byte as the merchant signed it. */
  readonly request: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly confirmation?: Confirmation
  readonly authorizingSince?: number
  /** While the issuer's answer is open: when the sweeper looks again. */
  readonly nextLookAtMs?: number
  readonly answer: IssuerAnswer
}

/** A confirmation that the vault may be signing at this moment. At most one is live for a payment. */
export type Hold = Confirmation & {
  readonly holdId: string
  readonly merchantId: string
  readonly paymentId: string
  readonly heldAt: number
  readonly leaseUntilMs: number
}

/** One row of the ledger: a debit and a credit of the same amount. */
export type Transfer = {
  readonly transferId: string
  readonly merchantId: string
  readonly paymentId: string
  readonly kind: 'capture'
  readonly debitAccountId: string
  readonly creditAccountId: string
  readonly amount: MinorUnits
  readonly currency: Currency
  readonly postedAt: number
}

/** The payment as merchants, payers and devices see it. */
export function writePayment(payment: PaymentRecord, origin: string): Payment {
  const { confirmation, answer } = payment
  return {
    paymentId: payment.paymentId,
    version: payment.version,
    state: payment.state,
    merchantId: payment.merchantId,
    orderId: payment.orderId,
    orderName: payment.orderName,
    amountMinorUnits: payment.amount.toString(),
    currency: payment.currency,
    createdAt: payment.createdAt,
    expiresAt: payment.expiresAt,
    checkoutUrl: `${origin}/?pay=${payment.paymentId}`,
    ...(confirmation === undefined
      ? {}
      : { instalmentMonths: confirmation.instalmentMonths, network: confirmation.network, lastFour: confirmation.lastFour }),
    ...(answer.approvalNumber === undefined ? {} : { approvalNumber: answer.approvalNumber }),
    ...(answer.retrievalReferenceNumber === undefined ? {} : { retrievalReferenceNumber: answer.retrievalReferenceNumber }),
    ...(answer.declineReason === undefined ? {} : { declineReason: answer.declineReason }),
  }
}
