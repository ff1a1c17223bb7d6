import type { SuspensionCause } from '@symbolon/contracts/issuer-link'
import { decideSuspension, type SuspensionDecision } from '../rules/suspension.ts'
import type { BindingStore } from './rebind-store.ts'

export type SuspensionWord = {
  readonly tokenReferenceId: Uint8Array
  readonly walletId: Uint8Array
  readonly cause: SuspensionCause
}

/** The operator says that a wallet froze. Durable once it resolves, so that 0310 may be answered; saying it again changes nothing. */
export async function suspendToken(
  deps: { readonly bindings: BindingStore; now(): number },
  word: SuspensionWord,
): Promise<SuspensionDecision> {
  const token = await deps.bindings.findToken(word.tokenReferenceId)
  const decision = decideSuspension(token, word.walletId)
  if (decision === 'suspend' && token !== undefined) await deps.bindings.suspendForOperator({ token, cause: word.cause, now: deps.now() })
  return decision
}
