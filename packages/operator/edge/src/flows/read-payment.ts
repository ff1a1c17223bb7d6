import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { decideExpiry } from '../rules/end.ts'
import type { PaymentRecord } from '../rules/payment.ts'
import type { PaymentFacts } from '../rules/transition.ts'
import type { PaymentStore } from './payment-store.ts'
import type { Clock } from './ports.ts'

export type ReadPaymentDependencies = { readonly payments: PaymentStore; readonly clock: Clock }

/** A payment as it stands now: one whose time is over says so, even if the sweeper has not come by yet. */
export async function readPayment(deps: ReadPaymentDependencies, found: PaymentFacts | undefined): Promise<Result<PaymentRecord, Problem>> {
  if (found === undefined) return fail(problem('REQUEST_NOT_FOUND'))
  const now = Math.floor(deps.clock.nowMs() / 1_000)
  const decision = decideExpiry(found, now)
  if (!decision.ok || decision.value.payment === undefined) return ok(found.payment)
  return deps.payments.change(found.payment, (facts) => decideExpiry(facts, now))
}
