import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { RefreshOutcome } from '../wallet-types.ts'
import { openSlot } from './open-slot.ts'
import { refreshRequest } from './refresh-request.ts'
import { getContent, type FlowDependencies, type Session } from './session.ts'
import { signJointly } from './sign-jointly.ts'

/**
 * Gives both halves new values without a payment (docs/custody.md 15), and every record half with them (11). Done when the wallet was opened
 * under the new epoch; until then the old one may be what both fall back to.
 */
export async function refreshWallet(deps: FlowDependencies, session: Session, pin: string): Promise<Result<RefreshOutcome, Problem>> {
  const signed = await signJointly(deps, session, { pin, ...refreshRequest(deps, session) })
  if (!signed.ok) return signed
  if (signed.value.kind === 'lost' || signed.value.kind === 'signed-unseen') return fail(problem('SERVICE_FAULT'))
  if (signed.value.kind !== 'signed') return ok(signed.value)
  return ok({ kind: (await confirmPending(deps, session)) ? 'refreshed' : 'unconfirmed' })
}

/** Opens under the epoch that was just signed for; false when it is not what both live in afterwards, or nobody knows yet. */
export async function confirmPending(deps: FlowDependencies, session: Session): Promise<boolean> {
  const { pending } = getContent(session).stored
  const opened = await openSlot(deps, session)
  return opened.ok && pending?.eid === getContent(session).stored.current.eid
}
