import { decideExpiry, decideForgotten } from '../rules/end.ts'
import type { Hold, PaymentRecord } from '../rules/payment.ts'
import { settlePayment } from './authorize-payment.ts'
import { tellIssuers } from './freeze-tokens.ts'
import { awaitIssuer, holdLeaseMs, resumeHold, type PayDependencies } from './pay.ts'

/** How much one round takes on at most, and how much of it at the same time. What is left over is the next round's. */
const batchSize = 100
const atOnce = 8
const lookAgainMs = 1_000

export type SweepReport = {
  readonly expired: number
  readonly holds: number
  readonly authorizations: number
  readonly suspensions: number
  readonly faults: number
}

/**
 * Brings on everything that nobody is waiting for any more: payments past their time, confirmations whose flow has died,
 * authorizations without an answer. Every step may be done twice or by two sweepers; a step that fails is left to the next round.
 */
export async function sweep(deps: PayDependencies): Promise<SweepReport> {
  const nowMs = deps.clock.nowMs()
  const expired = await deps.payments.listExpired(Math.floor(nowMs / 1_000), batchSize)
  const holds = await deps.payments.claimHolds({ nowMs, leaseUntilMs: nowMs + holdLeaseMs, limit: batchSize })
  const open = await deps.payments.claimUnsettled({ nowMs, leaseUntilMs: nowMs + lookAgainMs, limit: batchSize })
  const faults = [
    await forEach(deps, expired, (key) => deps.payments.change(key, (facts) => decideExpiry(facts, Math.floor(nowMs / 1_000)))),
    await forEach(deps, holds, (hold: Hold) => resumeHold(deps, hold)),
    await forEach(deps, open, (payment: PaymentRecord) => resumeAuthorization(deps, payment)),
  ]
  const told = await tellIssuers(deps).catch(() => undefined)
  await deps.payments.forgetAnswers(Math.floor(nowMs / 1_000), batchSize)
  return {
    expired: expired.length,
    holds: holds.length,
    authorizations: open.length,
    faults: faults.reduce((sum, count) => sum + count, 0) + (told === undefined ? 1 : 0),
    suspensions: told ?? 0,
  }
}

/**
 * The link is asked first, because it wrote down what it sent. If it never heard of the payment, edge died before it told the link:
 * the vault still has what it signed. What is too old for every front is not sent any more.
 */
async function resumeAuthorization(deps: PayDependencies, payment: PaymentRecord): Promise<unknown> {
  const answer = await deps.link.find(payment.paymentId)
  if (answer !== undefined) return settlePayment(deps, payment, answer)
  const now = Math.floor(deps.clock.nowMs() / 1_000)
  const forgotten = await deps.payments.change(payment, (facts) => decideForgotten(facts, now))
  if (!forgotten.ok || forgotten.value.state !== 'authorizing' || payment.confirmation === undefined) return forgotten
  const attempt = await deps.vault.findAttempt(payment.confirmation)
  switch (attempt.outcome) {
    case 'signed':
      return awaitIssuer(deps, payment, attempt.signed)
    // The vault's memory is shorter than ours, as after a restore: nothing can be sent, and the time above ends the payment.
    case 'not-signed':
      return payment
  }
}

/** Works on a list with a few hands; answers how many items failed. */
async function forEach<Item>(
  { inBackground }: Pick<PayDependencies, 'inBackground'>,
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<number> {
  let next = 0
  let faults = 0
  const hand = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      const step = work(item)
      inBackground(step)
      await step.catch(() => {
        faults += 1
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, hand))
  return faults
}
