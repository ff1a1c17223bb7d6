import type { AuthorizationAnswer, SignedMessage } from '@symbolon/contracts/planes'
import { assert } from '@symbolon/formats/result'
import { decideSettlement } from '../rules/settle.ts'
import type { PaymentRecord } from '../rules/payment.ts'
import type { PaymentStore } from './payment-store.ts'
import type { Clock, CreateId, IssuerLink } from './ports.ts'

export type AuthorizePaymentDependencies = {
  readonly payments: PaymentStore
  readonly link: IssuerLink
  readonly clock: Clock
  readonly createId: CreateId
}

/** How often a flow that waits asks again; afterwards it is the sweeper's. */
const pollMs = 150

/** Hands a signed payment to the link and writes down what becomes of it, as long as somebody waits (`untilMs`). */
export async function authorizePayment(
  deps: AuthorizePaymentDependencies,
  input: { readonly payment: PaymentRecord; readonly signed: SignedMessage; readonly untilMs: number },
): Promise<PaymentRecord> {
  const { payment, signed, untilMs } = input
  let current = await settlePayment(deps, payment, await deps.link.authorize(writeRequest(payment, signed)))
  while (current.state === 'authorizing' && deps.clock.nowMs() + pollMs < untilMs) {
    await deps.clock.wait(pollMs)
    const answer = await deps.link.find(payment.paymentId)
    if (answer !== undefined) current = await settlePayment(deps, current, answer)
  }
  return current
}

/** Applies an answer of the link: state, approval number, ledger row and event in one commit. */
export async function settlePayment(
  deps: Omit<AuthorizePaymentDependencies, 'link'>,
  payment: PaymentRecord,
  answer: AuthorizationAnswer,
): Promise<PaymentRecord> {
  const transferId = deps.createId()
  const nowMs = deps.clock.nowMs()
  const changed = await deps.payments.change(payment, (facts) => decideSettlement(facts, { answer, transferId, nowMs }))
  assert(changed.ok, 'an answer for a payment that exists can be written down')
  return changed.value
}

function writeRequest({ confirmation, ...payment }: PaymentRecord, signed: SignedMessage): Parameters<IssuerLink['authorize']>[0] {
  assert(confirmation !== undefined, 'a payment that goes to the issuer was confirmed')
  return {
    paymentId: payment.paymentId,
    issuerId: confirmation.issuerId,
    tokenReferenceId: confirmation.tokenReferenceId,
    merchantId: payment.merchantId,
    merchantName: payment.merchantName,
    amountMinorUnits: payment.amount.toString(),
    currency: payment.currency,
    instalmentMonths: confirmation.instalmentMonths,
    channel: confirmation.channel,
    signed,
  }
}
