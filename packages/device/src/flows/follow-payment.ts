import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { findPurchase } from '../rules/purchases.ts'
import type { PaymentOutcome } from '../wallet-types.ts'
import { askForPayment } from './confirm-payment.ts'
import { getContent, type FlowDependencies } from './session.ts'
import type { WalletHolder } from './wallet-holder.ts'

const firstWaitMs = 250
const longestWaitMs = 2_000

/** Asks for a signed payment until it is final or the time is over. The wallet is free for others between two questions. */
export async function followPayment(
  deps: FlowDependencies,
  holder: WalletHolder,
  { paymentId, timeoutMs }: { readonly paymentId: string; readonly timeoutMs: number },
): Promise<Result<PaymentOutcome, Problem>> {
  const startedAtMs = deps.clock.monotonicMs()
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    const answered = await holder.runWithWallet((session) => {
      const purchase = findPurchase(getContent(session), paymentId)
      return purchase === undefined ? Promise.resolve(fail(problem('REQUEST_NOT_FOUND'))) : askForPayment(deps, session, purchase)
    })
    if (!answered.ok || !isMoving(answered.value)) return answered
    if (deps.clock.monotonicMs() - startedAtMs + waitMs > timeoutMs) return ok(answered.value)
    await deps.clock.wait(waitMs)
  }
}

function isMoving({ kind }: PaymentOutcome): boolean {
  return kind === 'authorizing' || kind === 'unknown' || kind === 'unanswered'
}
