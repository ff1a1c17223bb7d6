import type { AttestationLevel, KeyProtection } from '@symbolon/contracts/key-protection'
import { isEqualBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { deriveKeyProtection, isInRegisteredPage, type AssertionFacts } from './key-protection.ts'

/** The `bind` message as it was signed (docs/custody.md 2), as far as an issuer looks at it. */
export type BindFields = {
  readonly walletId: Uint8Array
  readonly walletKey: Uint8Array
  readonly deviceKey: Uint8Array
  readonly operatorId: Uint8Array
  readonly issuerNonce: Uint8Array
  readonly expiresAt: number
}
/** `assertion` is there when the device key is a passkey and its signature holds. */
export type SignatureFacts = { readonly isJointValid: boolean; readonly isDeviceValid: boolean; readonly assertion?: AssertionFacts }
export type BindingFacts = {
  readonly bind: BindFields
  readonly enrolment: { readonly walletId: Uint8Array; readonly operatorId: Uint8Array; readonly nonce: Uint8Array }
  readonly deviceKeyKind: number
  readonly signatures: SignatureFacts
  readonly attestation: AttestationLevel
  /** The pages in which this operator shows the device frame. */
  readonly chatOrigins: readonly string[]
}
export type Binding = {
  readonly jointPublicKey: Uint8Array
  readonly deviceKeyKind: number
  readonly deviceKey: Uint8Array
  readonly keyProtection: KeyProtection
  readonly attestation: AttestationLevel
  readonly signCount: number
}
export type BindingRefusal =
  | 'other-wallet'
  | 'other-operator'
  | 'other-nonce'
  | 'message-expired'
  | 'message-from-the-future'
  | 'device-key-kind-unsupported'
  | 'joint-signature-wrong'
  | 'device-signature-wrong'
  | 'page-not-registered'

/** How long after its expiry a message may still arrive: the time it needs from the vault to the issuer. */
export const arrivalSeconds = 60
/** How far a message's expiry may lie ahead: its own life of 65 s and five minutes between two clocks. */
export const aheadSeconds = 365

/** Decides whether a binding belongs to this enrolment and both signatures stand behind it. */
export function decideBinding(facts: BindingFacts, now: number): Result<Binding, { readonly kind: BindingRefusal }> {
  const { bind, enrolment, signatures } = facts
  if (!isEqualBytes(bind.walletId, enrolment.walletId)) return fail({ kind: 'other-wallet' })
  if (!isEqualBytes(bind.operatorId, enrolment.operatorId)) return fail({ kind: 'other-operator' })
  // The nonce ties Y to this enrolment: a binding made for another card or issuer is worth nothing here (docs/custody.md 3).
  if (!isEqualBytes(bind.issuerNonce, enrolment.nonce)) return fail({ kind: 'other-nonce' })
  if (now >= bind.expiresAt + arrivalSeconds) return fail({ kind: 'message-expired' })
  if (bind.expiresAt > now + aheadSeconds) return fail({ kind: 'message-from-the-future' })
  if (facts.deviceKeyKind !== 0 && facts.deviceKeyKind !== 1) return fail({ kind: 'device-key-kind-unsupported' })
  if (!signatures.isJointValid) return fail({ kind: 'joint-signature-wrong' })
  if (!signatures.isDeviceValid) return fail({ kind: 'device-signature-wrong' })
  const { assertion } = signatures
  if (assertion !== undefined && !isInRegisteredPage(assertion, facts.chatOrigins)) return fail({ kind: 'page-not-registered' })
  return ok({
    jointPublicKey: bind.walletKey,
    deviceKeyKind: facts.deviceKeyKind,
    deviceKey: bind.deviceKey,
    keyProtection: deriveKeyProtection(assertion, facts.attestation),
    attestation: facts.attestation,
    signCount: assertion?.signCount ?? 0,
  })
}
