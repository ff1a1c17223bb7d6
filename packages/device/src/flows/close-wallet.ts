import { problem, type Problem } from '@symbolon/contracts/problems'
import { bytesToBase64url, bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { CloseOutcome } from '../wallet-types.ts'
import { getContent, type FlowDependencies, type Session } from './session.ts'
import { signJointly } from './sign-jointly.ts'
import { takeClosing } from './take-closing.ts'

/**
 * Ends the wallet: both halves sign `close`, the vault destroys its half of the key and of every record and says so under its signature,
 * and only against that word does the device destroy what it has. The statement is all that stays.
 */
export async function closeWallet(deps: FlowDependencies, session: Session, pin: string): Promise<Result<CloseOutcome, Problem>> {
  const { walletId } = getContent(session)
  const paymentAttemptId = deps.randomBytes(16)
  const signed = await signJointly(deps, session, {
    pin,
    intent: { kind: 'close', paymentAttemptId: bytesToHex(paymentAttemptId) },
    buildMessage: ({ slotHash }, expiresAt) => ({ kind: 'close', walletId: hexToBytes(walletId), slotHash, paymentAttemptId, expiresAt }),
  })
  // The answer was lost, and the vault told the end when the wallet was opened again.
  if (session.closing !== undefined) return ok({ kind: 'closed', closing: session.closing })
  if (!signed.ok) return signed
  switch (signed.value.kind) {
    case 'wrong-pin':
    case 'locked':
      return ok(signed.value)
    case 'lost':
    case 'signed-unseen':
      return fail(problem('SERVICE_FAULT'))
    case 'signed':
      await takeClosing(deps, session, bytesToBase64url(signed.value.joint.payload))
      return session.closing === undefined ? fail(problem('WALLET_ANSWER_UNVERIFIED')) : ok({ kind: 'closed', closing: session.closing })
  }
}
