import type { AttestationLevel } from '@symbolon/contracts/key-protection'
import type { EnrolFields } from '@symbolon/custody/issuer'
import type { SignatureFacts } from '../rules/binding.ts'

/** Encrypts account numbers at rest and recognises the same one again. Only a message to the host opens one. */
export type AccountVault = {
  deriveAccountKey(pan: string): Uint8Array
  /** 64 hex digits that only this front can make of a text: what a form on its own page carries. */
  authenticate(text: string): string
  seal(pan: string): Uint8Array
  /** Throws when the bytes are not what was sealed for that account: then the database was changed by somebody else. */
  open(sealed: Uint8Array, accountKey: Uint8Array): string
}

export type SealedBytes = { readonly encapsulatedSecret: Uint8Array; readonly ciphertext: Uint8Array }
/** What an issuer's own keys do. */
export type IssuerKeys = {
  /** Whether the issuer holds the sealing key of this id now. Several are held while one is exchanged for the next. */
  holdsSealingKey(keyId: string): Promise<boolean>
  /** Signs with the certificate key (Ed25519, RFC 8032). */
  certify(bytes: Uint8Array): Uint8Array
  /** Opens what a device sealed to one of its keys; undefined when it was not sealed to it for this very enrolment. */
  openSealed(keyId: string, binding: EnrolFields, sealed: SealedBytes): Promise<Uint8Array | undefined>
}

export type SignedBytes = { readonly message: Uint8Array; readonly signature: Uint8Array; readonly deviceSignature: Uint8Array }
export type VerificationKeys = { readonly jointPublicKey: Uint8Array; readonly deviceKey: Uint8Array; readonly deviceKeyKind: number }
/**
 * Says which of the two signatures of a message hold: the joint one (Ed25519 under Y) and the device's (kind 0: ECDSA P-256; kind 1: a
 * WebAuthn assertion of a verified person in a page of a device origin).
 */
export type SignatureVerifier = {
  /** For keys that come from outside: also refuses a Y of small order or one that is not canonical. */
  verifyBinding(signed: SignedBytes, keys: VerificationKeys): SignatureFacts
  /** For keys that a binding has brought in. */
  verifyPayment(signed: SignedBytes, keys: VerificationKeys): SignatureFacts
}

/** What a device submits of a passkey's registration, and what it has to be about. */
export type SubmittedRegistration = {
  readonly attestationObject: Uint8Array
  readonly clientDataJson: Uint8Array
  readonly walletId: Uint8Array
  readonly deviceKey: Uint8Array
}
/** What a registration proves of the authenticator. One that is about another key or wallet, or does not verify, proves nothing. */
export type JudgeRegistration = (registration: SubmittedRegistration) => Promise<AttestationLevel>
