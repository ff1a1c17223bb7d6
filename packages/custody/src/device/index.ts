import type { Result } from '@symbolon/formats/result'
import type { CipherSuite } from 'hpke'
import type { Primitives, RandomBytes } from '../primitives.ts'
import type { CustodyProblem } from '../problem.ts'
import type { EnrolFields, GrantFields, OpenFields, AlarmFields } from '../messages.ts'
import type { Acceptance, DeviceKey, Done, EpochSecrets, Offer, PaySession, SignatureShare, Slot } from '../types.ts'

export { encodeSignable, parseSignable } from '../messages.ts'
export type * from '../messages.ts'
export type * from '../types.ts'
export type * from '../primitives.ts'
export type * from '../problem.ts'

/** noble Ed25519, X25519 by WebCrypto where it exists (else noble). Runs the RFC 9591 vectors first and throws a Bug if they fail. */
export declare function createDevicePrimitives(randomBytes: RandomBytes): Promise<Primitives>

// Enrolment (1.3)
export declare function verifyOffer(
  primitives: Primitives,
  signedOffer: Uint8Array,
  expected: { readonly vaultPublicKey: Uint8Array; readonly walletId: Uint8Array; readonly now: number },
): Result<Offer, CustodyProblem>
export declare function acceptOffer(primitives: Primitives, offer: Offer, deviceKey: DeviceKey): Promise<Result<Acceptance, CustodyProblem>>

// PIN (1.7)
export type PinCost = { readonly memoryKibibytes: number; readonly iterations: number; readonly parallelism: number }
export declare const defaultPinCost: PinCost
/** t = argon2id(PIN, salt_a): slow; keep t in RAM only. */
export declare function stretchPin(pin: string, walletSalt: Uint8Array, cost?: PinCost): Promise<Uint8Array>
export type PinFactor = {
  readonly walletId: Uint8Array
  readonly salt: Uint8Array
  readonly stretchedPin: Uint8Array
  readonly prf?: Uint8Array
}
/** c = a_d − h */
export declare function maskShare(primitives: Primitives, share: Uint8Array, factor: PinFactor): Uint8Array
/** a_d = c + h: right or wrong, it cannot be told here. */
export declare function unmaskShare(primitives: Primitives, maskedShare: Uint8Array, factor: PinFactor): Uint8Array

// open (1.4): frame(open) ‖ HMAC
export declare function createOpenMessage(fields: OpenFields, epochKey: Uint8Array): Uint8Array
export declare function createAlarmMessage(fields: AlarmFields, epochKey: Uint8Array): Uint8Array
export declare function verifySlot(
  primitives: Primitives,
  signedSlot: Uint8Array,
  expected: {
    readonly vaultPublicKey: Uint8Array
    readonly walletId: Uint8Array
    readonly epochId: Uint8Array
    readonly query: Uint8Array
  },
): Result<Slot, CustodyProblem>

// pay (1.4)
/** frame(hw; m): what a kind-0 key signs with ECDSA P-256 and SHA-256 (64 bytes r‖s). */
export declare function encodeDeviceSignatureInput(message: Uint8Array): Uint8Array
/** Fresh nonces and z in one step, so that a nonce is never used twice. */
export declare function signShare(
  primitives: Primitives,
  input: { readonly share: Uint8Array; readonly walletKey: Uint8Array; readonly slot: Slot; readonly message: Uint8Array },
): SignatureShare
/** pay-hdr ‖ enc ‖ ct, and the session that opens `done`. */
export declare function sealPay(
  primitives: Primitives,
  input: {
    readonly slot: Slot
    readonly epochKey: Uint8Array
    readonly message: Uint8Array
    readonly share: SignatureShare
    readonly deviceKeyKind: 0 | 1 | 2
    readonly deviceSignature: Uint8Array
  },
): Promise<Result<{ readonly sealed: Uint8Array; readonly session: PaySession }, CustodyProblem>>
/** Opens `done` and, when it says signed, verifies σ under Y: a signature that does not verify is a problem, never `signed`. */
export declare function openDone(
  primitives: Primitives,
  session: PaySession,
  input: { readonly sealedDone: Uint8Array; readonly walletKey: Uint8Array },
): Promise<Result<Done, CustodyProblem>>
export declare function deriveEpochSecrets(primitives: Primitives, session: PaySession, signature: Uint8Array): Promise<EpochSecrets>
/** a_d + δ: mask it at once with maskShare under a new salt; c' = a_d + δ − h'. */
export declare function advanceDeviceShare(primitives: Primitives, share: Uint8Array, delta: Uint8Array): Uint8Array
export declare function verifyJointSignature(
  primitives: Primitives,
  input: { readonly walletKey: Uint8Array; readonly message: Uint8Array; readonly signature: Uint8Array },
): boolean

// Card record (1.9)
export type CardRecordFields = {
  readonly primaryAccountNumber: string
  readonly expiry: string
  readonly holderName: string
  readonly phoneNumber: string
  readonly postalAddress: string
}
export type RecordName = { readonly walletId: Uint8Array; readonly recordId: Uint8Array }
export type FieldCommitments = { readonly [Name in keyof CardRecordFields]: Uint8Array }
export type PreparedRecord = { readonly padded: Uint8Array; readonly commitment: Uint8Array; readonly fieldCommitments: FieldCommitments }
export declare function prepareRecord(
  primitives: Primitives,
  name: RecordName,
  record: CardRecordFields,
): Result<PreparedRecord, CustodyProblem>
/** R of the call whose done carried this signature: Export("symbolon/v1/record"‖th, 1056). */
export declare function deriveRecordPad(session: PaySession, signature: Uint8Array): Promise<Uint8Array>
/** M' ⊕ R. The same function joins. */
export declare function splitRecord(padded: Uint8Array, pad: Uint8Array): Uint8Array
/** Joins the halves, checks rec-com and parses. */
export declare function joinRecord(
  name: RecordName,
  halves: { readonly deviceHalf: Uint8Array; readonly vaultHalf: Uint8Array; readonly commitment: Uint8Array },
): Result<CardRecordFields, CustodyProblem>

// Issuer (1.3, X-Wing)
export type SealedCard = { readonly encapsulatedSecret: Uint8Array; readonly ciphertext: Uint8Array }
/** Seals bytes (the JSON of CardData) to the issuer: HPKE base, 0x647a/0x0001/0x0002, info = frame(enrol), empty aad. */
export declare function sealToIssuer(
  issuerSealingKey: Uint8Array,
  binding: EnrolFields,
  plaintext: Uint8Array,
): Promise<Result<SealedCard, CustodyProblem>>
/** First eight bytes of SHA-256 of the public key, lower-case hex. */
export declare function deriveSealingKeyId(publicKey: Uint8Array): string
export declare function verifyGrant(input: {
  readonly grant: Uint8Array
  readonly signature: Uint8Array
  readonly certificateKey: Uint8Array
}): Result<GrantFields, CustodyProblem>

/** Overwrites bytes that are not needed any more. */
export declare function wipe(...secrets: readonly Uint8Array[]): void
export type { CipherSuite }
