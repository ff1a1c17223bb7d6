import type { Directory } from '@symbolon/contracts/directory'
import type { Result } from '@symbolon/formats/result'

/** What the wallet needs from the world. Every adapter keeps the promise written at its port. */

/**
 * A fixed-size byte file. `read` answers zeros where nothing was written. `write` changes the bytes in place (never a copy under
 * another name, or old secrets stay on the medium: docs/custody.md 15) and resolves only when they are flushed.
 */
export type ByteFile = {
  read(offset: number, size: number): Promise<Uint8Array>
  write(offset: number, bytes: Uint8Array): Promise<void>
}

/** The files of one wallet, held by one holder at a time over all tabs and processes, until `release`. */
export type HeldStorage = {
  readonly state: ByteFile
  readonly records: ByteFile
  /**
   * Whether the browser has promised not to evict the files by itself. Without the promise it may, under disk pressure or after days
   * without a visit (docs/custody.md 8): then there is no wallet here, and its cards bind anew.
   */
  isPersistent(): Promise<boolean>
  release(): Promise<void>
}

/** Gives the wallet's files exclusively, or says at once that another tab holds them; asking again later is allowed. */
export type WalletStorage = { acquire(): Promise<Result<HeldStorage, { readonly code: 'WALLET_IN_USE' }>> }

/**
 * The device signature beside the joint one. Kind 0 is a software key: readable on disk on Linux, so nothing rests on it alone. Kind 1
 * is a passkey: its authenticator verifies the person for every signature and answers its PRF in the same gesture (docs/custody.md 8, 9).
 */
export type DeviceKey = {
  /** Whether a passkey with a PRF can be made here. Asks nobody anything. */
  isPasskeyAvailable(): Promise<boolean>
  /** Replaces a key that exists. A passkey answers its PRF for the wallet's first salt. */
  create(request: DeviceKeyRequest): Promise<Result<CreatedDeviceKey, DeviceKeyProblem>>
  find(): Promise<DeviceKeyFacts | undefined>
  /** Deletes what is stored of the key. Old values may stay readable on the medium, and a passkey stays in its authenticator. */
  forget(): Promise<void>
  /**
   * sig_hw over frame(hw; m): ECDSA P-256 with SHA-256, r ‖ s, for kind 0; frame(assertion; ..) for kind 1. With `salts` a passkey
   * answers its PRF for both, out of the one gesture; kind 0 has none. A problem means that nothing was signed.
   */
  sign(deviceSignatureInput: Uint8Array, salts?: PrfSalts): Promise<Result<DeviceSignature, DeviceKeyProblem>>
}
export type DeviceKeyRequest = { readonly kind: 0 } | { readonly kind: 1; readonly walletId: Uint8Array; readonly salt: Uint8Array }
/** `registration`: what an issuer judges the authenticator by. Absent for kind 0, and where the authenticator said too much to send. */
export type DeviceKeyFacts = { readonly kind: 0 | 1; readonly publicKeySpki: Uint8Array; readonly registration?: PasskeyRegistration }
export type PasskeyRegistration = { readonly attestationObject: Uint8Array; readonly clientDataJson: Uint8Array }
export type CreatedDeviceKey = DeviceKeyFacts & { readonly prf?: Uint8Array }
export type PrfSalts = { readonly current: Uint8Array; readonly next: Uint8Array }
export type DeviceSignature = {
  readonly kind: 0 | 1
  readonly signature: Uint8Array
  readonly prf?: { readonly current: Uint8Array; readonly next: Uint8Array }
}
/** `WALLET_PASSKEY_UNANSWERED`: refused, gone or too late; which of them the browser does not say. */
export type DeviceKeyProblem = { readonly code: 'WALLET_PASSKEY_UNANSWERED' | 'WALLET_PASSKEY_UNSUPPORTED' }

export type TransportRequest = { readonly method: 'GET' | 'POST'; readonly url: string; readonly body?: unknown }
export type TransportAnswer = { readonly status: number; readonly body: unknown }

/** One JSON exchange, bounded in time and size. Every status is an answer; no answer at all is a Fault `SERVICE_FAULT`. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>

/** The directory as the device origin serves it now, or undefined when it does not answer. What it may change is the wallet's decision. */
export type LoadDirectory = () => Promise<Directory | undefined>

/** `monotonicMs` never jumps: it measures how old a slot is, while `nowSeconds` is the wall clock. */
export type Clock = { nowSeconds(): number; monotonicMs(): number; wait(milliseconds: number): Promise<void> }

/** argon2id of the PIN at full cost (docs/custody.md 9). A port, because a crowd of wallets in one program runs it in threads. */
export type StretchPin = (pin: string, walletSalt: Uint8Array) => Promise<Uint8Array>

export type RandomBytes = (size: number) => Uint8Array
