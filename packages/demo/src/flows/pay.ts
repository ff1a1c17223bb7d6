import type { PaymentOutcome } from '@symbolon/device'
import type { Mall } from '../adapters/mall.ts'
import type { PlannedPayment } from '../rules/planned-payment.ts'
import type { Enrolled } from './crowd.ts'

/** How one planned payment ended. `reason` is a code or a stable word, never a value that somebody typed. */
export type PaymentResult = {
  readonly planned: PlannedPayment
  readonly outcome: 'approved' | 'declined' | 'failed'
  readonly reason: string
  readonly issuerName: string
  readonly network: string
  readonly paymentId?: string
  /** From the tap on "confirm" to the final state. */
  readonly latencyMs?: number
}

const followMs = 30_000

/** Orders at the mall, confirms in the wallet, and looks at the order again as the shop sees it. */
export async function payOnce(mall: Mall, customer: Enrolled, planned: PlannedPayment): Promise<PaymentResult> {
  const card = customer.cards[planned.cardIndex]
  const base = { planned, issuerName: '–', network: '–' }
  if (card?.ok !== true) return { ...base, outcome: 'failed', reason: 'the card is not in the wallet' }
  const known = { planned, issuerName: card.value.issuerName, network: card.value.network }
  const ordered = await mall.order(planned)
  if (!ordered.ok) return { ...known, outcome: 'failed', reason: ordered.problem }
  const { paymentId, orderId } = ordered.value
  const failed = (reason: string): PaymentResult => ({ ...known, paymentId, outcome: 'failed', reason })
  const shown = await customer.sdk.loadPayment(paymentId)
  if (!shown.ok) return failed(shown.problem.code)
  // As in a page: the slot is opened while the PIN pad is shown.
  await customer.sdk.preparePayment()
  const startedAt = performance.now()
  const confirmed = await customer.sdk.confirmPayment(paymentId, {
    pin: customer.pin,
    instalmentMonths: planned.instalmentMonths,
    tokenReferenceId: card.value.tokenReferenceId,
  })
  const settled = confirmed.ok && isMoving(confirmed.value) ? await customer.sdk.followPayment(paymentId, followMs) : confirmed
  const latencyMs = performance.now() - startedAt
  if (!settled.ok) return failed(settled.problem.code)
  const result = { ...known, paymentId, latencyMs }
  const { value: outcome } = settled
  if (outcome.kind !== 'paid' && outcome.kind !== 'declined') return { ...result, outcome: 'failed', reason: outcome.kind }
  const named = outcome.kind === 'paid' ? 'approved' : 'declined'
  if (planned.expected !== undefined && planned.expected !== named)
    return { ...result, outcome: 'failed', reason: `${named}, unlike planned` }
  const seen = await mall.get(orderId)
  if (!seen.ok || seen.value.state !== outcome.payment.state) return { ...result, outcome: 'failed', reason: 'the shop sees another state' }
  return { ...result, outcome: named, reason: outcome.payment.declineReason ?? named }
}

function isMoving({ kind }: PaymentOutcome): boolean {
  return kind === 'authorizing' || kind === 'unknown' || kind === 'unanswered'
}
