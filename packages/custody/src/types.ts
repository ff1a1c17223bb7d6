import type { KeyPair, RecipientContext } from 'hpke'
import type { DeviceKeyKind, OfferFields, PayHeader, SignableMessage, SlotFields } from './messages.ts'
import type { PaymentSuite } from './primitives.ts'

/** The device's own signing key as others know it: kind, and SubjectPublicKeyInfo. */
export type DeviceKey = { readonly kind: DeviceKeyKind; readonly publicKey: Uint8Array }

/** An offer of the vault that the device has verified, with its exact bytes. */
export type Offer = OfferFields & { readonly bytes: Uint8Array }

/** What enrolment gives the device: the answer to send, and the first epoch with δ already applied to the share. */
export type Acceptance = {
  readonly sealed: Uint8Array
  readonly walletKey: Uint8Array
  readonly share: Uint8Array
  readonly epochId: Uint8Array
  readonly key: Uint8Array
}

/** What the vault keeps in RAM between offer and acceptance. */
export type PendingOffer = { readonly offer: Offer; readonly share: Uint8Array; readonly sealingKeyPair: KeyPair }

/** What enrolment gives the vault, with δ already applied to the share. */
export type EnrolledWallet = {
  readonly walletKey: Uint8Array
  readonly deviceKey: DeviceKey
  /** SHA-256(frame(stop; code)): whoever says the code freezes the wallet. */
  readonly stopCodeHash: Uint8Array
  readonly share: Uint8Array
  readonly epochId: Uint8Array
  readonly key: Uint8Array
}

/** A slot as the device has verified it; `slotHash` = SHA-256 of its frame. */
export type Slot = SlotFields & { readonly slotHash: Uint8Array }

/** The vault's side of a slot: RAM only, at most one per wallet, taken out of the map before use. */
export type SlotSecrets = {
  readonly walletId: Uint8Array
  readonly epochId: Uint8Array
  readonly slotId: Uint8Array
  readonly slotHash: Uint8Array
  readonly nonces: Nonces
  readonly sealingKeyPair: KeyPair
  readonly now: number
  readonly expiresAt: number
}

/** RFC 9591 section 5.1: a pair of secret nonces and their commitments. Used once. */
export type Nonces = Commitments & { readonly hiding: Uint8Array; readonly binding: Uint8Array }
export type Commitments = { readonly hidingCommitment: Uint8Array; readonly bindingCommitment: Uint8Array }
export type SignatureShare = Commitments & { readonly signatureShare: Uint8Array }

/** The exporter of an HPKE context (RFC 9180 section 5.3). Dropped with its session: nothing exports twice after `done`. */
export type ExportContext = Pick<RecipientContext, 'Export'>

/** One pay call, from its sealing to its `done`; RAM only. */
export type PaySession = {
  readonly slotId: Uint8Array
  readonly message: Uint8Array
  readonly context: ExportContext
  readonly aead: PaymentSuite['aead']
}

/** A pay message that the vault opened: parsed strictly, nothing verified against the slot's limits yet. */
export type OpenedPay = {
  readonly header: PayHeader
  readonly message: Uint8Array
  readonly signable: SignableMessage
  readonly share: SignatureShare
  readonly deviceKeyKind: DeviceKeyKind
  readonly deviceSignature: Uint8Array
  readonly session: PaySession
}

/** Secrets of the next epoch, the same on both sides, from separate labels of the erased exporter (docs/custody.md 2). */
export type EpochSecrets = {
  readonly delta: Uint8Array
  readonly key: Uint8Array
  readonly epochId: Uint8Array
  readonly recordKey: Uint8Array
}

/** What `done` says, once. `payload` is empty, or the vault's record half for kind `record`. */
export type Done =
  | { readonly kind: 'signed'; readonly signature: Uint8Array; readonly payload: Uint8Array; readonly triesLeft: number }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
