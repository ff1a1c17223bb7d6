import type { Result } from '@symbolon/formats/result'
import type { AlarmFields, GrantFields, OpenFields, PayHeader, SlotFields } from '../messages.ts'
import type { Primitives, RandomBytes } from '../primitives.ts'
import type { CustodyProblem } from '../problem.ts'
import type {
  Commitments,
  Done,
  EnrolledWallet,
  EpochSecrets,
  OpenedPay,
  PaySession,
  PendingOffer,
  SignatureShare,
  SlotSecrets,
} from '../types.ts'

export { encodeSignable, parseSignable } from '../messages.ts'
export type * from '../messages.ts'
export type * from '../types.ts'
export type * from '../primitives.ts'
export type * from '../problem.ts'

export type OperatorPrimitives = Primitives & {
  readonly backend: { readonly group: 'libsodium-wasm' | 'noble'; readonly sealing: 'webcrypto' | 'noble'; readonly reason?: string }
}
/** libsodium WASM, or noble with the reason why. Runs the RFC 9591 vectors on what it returns. */
export declare function createOperatorPrimitives(randomBytes: RandomBytes): Promise<OperatorPrimitives>

/** Ed25519 of vk_V (64 bytes), by whoever holds the key. */
export type SignAsVault = (message: Uint8Array) => Uint8Array

// Enrolment (1.3)
export declare function createOffer(
  primitives: Primitives,
  signAsVault: SignAsVault,
  input: { readonly walletId: Uint8Array; readonly expiresAt: number },
): Promise<{ readonly signedOffer: Uint8Array; readonly pending: PendingOffer }>
/** The caller checks that the offer has not expired and takes the pending offer out of its map first: one answer per offer. */
export declare function completeOffer(
  primitives: Primitives,
  pending: PendingOffer,
  sealed: Uint8Array,
): Promise<Result<EnrolledWallet, CustodyProblem>>

// open
export declare function deriveMacKey(epochKey: Uint8Array): Uint8Array
/** Reads without verifying: the epoch in it tells which key verifies. */
export declare function parseOpenMessage(message: Uint8Array): Result<OpenFields, CustodyProblem>
export declare function verifyOpenMessage(message: Uint8Array, macKey: Uint8Array): boolean
export declare function parseAlarmMessage(message: Uint8Array): Result<AlarmFields, CustodyProblem>
export declare function verifyAlarmMessage(message: Uint8Array, macKey: Uint8Array): boolean
export type SlotFacts = Pick<
  SlotFields,
  'walletId' | 'epochId' | 'query' | 'now' | 'expiresAt' | 'counter' | 'lastSlotId' | 'lastState' | 'triesLeft'
>
/** Fresh slot id, nonces (hedged with the share, RFC 9591 4.1) and X; signedSlot = frame ‖ signature. */
export declare function createSlot(
  primitives: Primitives,
  signAsVault: SignAsVault,
  input: { readonly facts: SlotFacts; readonly share: Uint8Array },
): Promise<{ readonly signedSlot: Uint8Array; readonly secrets: SlotSecrets }>

// pay
export declare function parsePayHeader(sealed: Uint8Array): Result<PayHeader, CustodyProblem>
/** H(pay): SHA-256 of the whole sealed message. */
export declare function hashPay(sealed: Uint8Array): Uint8Array
/** HPKE open and strict decode; also m.wallet and m.slotHash equal the slot's. Limits, expiry and sig_hw are the caller's rules. */
export declare function openPay(
  primitives: Primitives,
  input: { readonly sealed: Uint8Array; readonly slot: SlotSecrets; readonly epochKey: Uint8Array },
): Promise<Result<OpenedPay, CustodyProblem>>
/** frame(hw; m): the bytes under sig_hw (kind 0: ECDSA P-256 SHA-256, r‖s). */
export declare function encodeDeviceSignatureInput(message: Uint8Array): Uint8Array
/** Adds the vault's share and verifies σ under Y; undefined when it does not verify (wrong PIN or a cheating device). */
export declare function cosign(
  primitives: Primitives,
  input: {
    readonly share: Uint8Array
    readonly walletKey: Uint8Array
    readonly slot: SlotSecrets
    readonly deviceShare: SignatureShare
    readonly message: Uint8Array
  },
): Uint8Array | undefined
export declare function deriveEpochSecrets(primitives: Primitives, session: PaySession, signature: Uint8Array): Promise<EpochSecrets>
/** a_s − δ */
export declare function advanceVaultShare(primitives: Primitives, share: Uint8Array, delta: Uint8Array): Uint8Array
/** R = Export("symbolon/v1/record"‖th, 1056): the vault's half of the record whose id is the bind's pay_id. */
export declare function deriveRecordPad(session: PaySession, signature: Uint8Array): Promise<Uint8Array>
/** Encrypts `done` under the response key of this call, exactly once. */
export declare function sealDone(primitives: Primitives, session: PaySession, done: Done): Promise<Uint8Array>

// tokens: what edge checks before it registers one
export declare function verifyGrant(input: {
  readonly grant: Uint8Array
  readonly signature: Uint8Array
  readonly certificateKey: Uint8Array
}): Result<GrantFields, CustodyProblem>
export declare function wipe(...secrets: readonly Uint8Array[]): void
export type { Commitments }
