import { problem, type Problem } from '@symbolon/contracts/problems'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { PinChangeOutcome } from '../wallet-types.ts'
import { confirmPending } from './refresh-wallet.ts'
import { getContent, type FlowDependencies, type Session } from './session.ts'
import { signJointly } from './sign-jointly.ts'

/**
 * Changes the PIN (docs/custody.md 9): `pinset` is signed under the old PIN, and the new one enters in the one write that also brings δ and a
 * new salt, so that no two snapshots of the medium test either PIN. It counts from the first open under the new epoch on.
 */
export async function changePin(
  deps: FlowDependencies,
  session: Session,
  { pin, nextPin }: { readonly pin: string; readonly nextPin: string },
): Promise<Result<PinChangeOutcome, Problem>> {
  const { walletId } = getContent(session)
  const paymentAttemptId = deps.randomBytes(16)
  const signed = await signJointly(deps, session, {
    pin,
    nextPin,
    intent: { kind: 'pinset', paymentAttemptId: bytesToHex(paymentAttemptId) },
    buildMessage: ({ slotHash }, expiresAt) => ({ kind: 'pinset', walletId: hexToBytes(walletId), slotHash, paymentAttemptId, expiresAt }),
  })
  if (!signed.ok) return signed
  // Without the answer no new PIN was ever written, whatever the vault signed.
  if (signed.value.kind === 'lost' || signed.value.kind === 'signed-unseen') return fail(problem('SERVICE_FAULT'))
  if (signed.value.kind !== 'signed') return ok(signed.value)
  await confirmPending(deps, session)
  // It stays written until the next signature, so that a kill at this moment loses no word of it.
  return ok({ kind: getContent(session).pinChange ?? 'changed' })
}
