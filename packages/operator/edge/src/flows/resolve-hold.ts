import type { SignedMessage } from '@symbolon/contracts/planes'
import { assert } from '@symbolon/formats/result'
import { decideRelease, decideSigned } from '../rules/confirm.ts'
import type { Hold, PaymentRecord } from '../rules/payment.ts'
import type { Decision, PaymentFacts } from '../rules/transition.ts'
import type { PaymentStore } from './payment-store.ts'
import type { Clock, Vault } from './ports.ts'

export type ResolveHoldDependencies = { readonly payments: PaymentStore; readonly vault: Vault; readonly clock: Clock }
export type ResolvedHold = { readonly payment: PaymentRecord; readonly signed: SignedMessage | undefined }

/** Asks the vault what became of a confirmation whose answer was lost, and ends the hold accordingly. */
export async function resolveHold(deps: ResolveHoldDependencies, hold: Hold): Promise<ResolvedHold> {
  const answer = await deps.vault.findAttempt(hold)
  switch (answer.outcome) {
    case 'signed':
      return { payment: await acceptSigned(deps, hold), signed: answer.signed }
    case 'not-signed':
      return { payment: await releaseHold(deps, hold), signed: undefined }
  }
}

/** The payment belongs to the issuer's answer from here; durable before anything is handed to the link. */
export function acceptSigned(deps: Pick<ResolveHoldDependencies, 'payments' | 'clock'>, hold: Hold): Promise<PaymentRecord> {
  const nowMs = deps.clock.nowMs()
  return changeHeld(deps, hold, (facts) => decideSigned(facts, { holdId: hold.holdId, nowMs }))
}

/** Nothing was signed: the payment waits as before. */
export function releaseHold(deps: Pick<ResolveHoldDependencies, 'payments'>, hold: Hold): Promise<PaymentRecord> {
  return changeHeld(deps, hold, (facts) => decideRelease(facts, hold.holdId))
}

async function changeHeld(
  deps: Pick<ResolveHoldDependencies, 'payments'>,
  hold: Hold,
  decide: (facts: PaymentFacts) => Decision,
): Promise<PaymentRecord> {
  const changed = await deps.payments.change(hold, decide)
  assert(changed.ok, 'a payment that is held waits for this confirmation')
  return changed.value
}
