import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { getContent, type FlowDependencies, type Session } from './session.ts'
import type { SigningRequest } from './sign-jointly.ts'

/** What a refresh asks both halves to sign. Also in the middle of a payment, when the vault demands one. */
export function refreshRequest(deps: FlowDependencies, session: Session): Omit<SigningRequest, 'pin'> {
  const { walletId } = getContent(session)
  const paymentAttemptId = deps.randomBytes(16)
  return {
    intent: { kind: 'refresh', paymentAttemptId: bytesToHex(paymentAttemptId) },
    buildMessage: ({ slotHash }, expiresAt) => ({ kind: 'refresh', walletId: hexToBytes(walletId), slotHash, paymentAttemptId, expiresAt }),
  }
}
