import type { Problem } from '@symbolon/contracts/problems'
import { ok, type Result } from '@symbolon/formats/result'
import type { PaymentOutcome } from '../wallet-types.ts'
import { askForPayment } from './confirm-payment.ts'
import { openSlot, type Settled } from './open-slot.ts'
import { getContent, type FlowDependencies, type Session } from './session.ts'

/**
 * Learns how everything that was sent has ended: first from the vault's signed slot whether it was signed (row 5), then from the
 * payment whether it was approved. Answers the latest purchase; undefined when nothing was open.
 */
export async function settle(deps: FlowDependencies, session: Session): Promise<Result<PaymentOutcome | undefined, Problem>> {
  const { attempt, pending } = getContent(session).stored
  let settled: Settled | null = null
  if (attempt !== null || pending !== null) {
    const opened = await openSlot(deps, session)
    if (!opened.ok) return opened
    settled = opened.value.settled
  }
  let latest: PaymentOutcome | undefined
  for (const purchase of getContent(session).purchases.filter(({ isOpen }) => isOpen)) {
    const answered = await askForPayment(deps, session, purchase)
    if (!answered.ok) return answered
    latest = answered.value
  }
  return ok(latest ?? unsignedOutcome(settled, getContent(session).triesLeft))
}

function unsignedOutcome(settled: Settled | null, triesLeft: number): PaymentOutcome | undefined {
  const paymentId = settled?.intent.paymentId
  if (settled === null || paymentId === undefined || settled.outcome === 'signed') return undefined
  if (settled.outcome === 'not-signed') return { kind: 'not-signed', paymentId }
  return triesLeft === 0 ? { kind: 'locked' } : { kind: 'wrong-pin', triesLeft }
}
