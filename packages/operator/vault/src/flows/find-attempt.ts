import type { AttemptAnswer, SignedMessage } from '@symbolon/contracts/planes'
import { bytesToBase64url } from '@symbolon/formats/bytes'
import type { SignedAttempt, VaultDependencies } from '../ports.ts'

/**
 * Whether a payment attempt was signed. A message that waits for its signature is forgotten by this question, so that `not-signed` is
 * final for every handle that was given before it; a signature under way is waited for.
 */
export function findAttempt(deps: VaultDependencies, walletId: string, attemptId: string): Promise<AttemptAnswer> {
  return deps.queue(walletId, async () => {
    const held = deps.slots.get(walletId)
    if (held.checked?.terms.paymentAttemptId === attemptId) deps.slots.set(walletId, { ...held, checked: null })
    const signed = await deps.store.findPayment(walletId, attemptId)
    return signed === undefined ? { outcome: 'not-signed' } : { outcome: 'signed', signed: describeSigned(signed) }
  })
}

/** A signed message as the planes say it to each other. */
export function describeSigned(signed: SignedAttempt): SignedMessage {
  return {
    message: bytesToBase64url(signed.message),
    signature: bytesToBase64url(signed.signature),
    deviceKeyKind: signed.deviceKeyKind,
    deviceSignature: bytesToBase64url(signed.deviceSignature),
  }
}
