import type { Result } from '@symbolon/formats/result'

/** What the wallet needs from the world. Every adapter keeps the promise written at its port. */

/**
 * A fixed-size byte file. `read` answers zeros where nothing was written. `write` changes the bytes in place (never a copy under
 * another name, or old secrets stay on the medium: 2-custody 1.8) and resolves only when they are flushed.
 */
export type ByteFile = {
  read(offset: number, size: number): Promise<Uint8Array>
  write(offset: number, bytes: Uint8Array): Promise<void>
}

/** The files of one wallet, held by one holder at a time over all tabs and processes, until `release`. */
export type HeldStorage = { readonly state: ByteFile; readonly records: ByteFile; release(): Promise<void> }

/** Gives the wallet's files exclusively, or says at once that another tab holds them; asking again later is allowed. */
export type WalletStorage = { acquire(): Promise<Result<HeldStorage, { readonly code: 'WALLET_IN_USE' }>> }

/**
 * The device signature beside the joint one. Kind 0 is a software key: readable on disk on Linux, so nothing rests on it alone.
 * `create` replaces a key that exists; `sign` is ECDSA P-256 with SHA-256 over the message, 64 bytes r ‖ s.
 */
export type DeviceKey = {
  readonly kind: 0
  create(): Promise<{ readonly publicKeySpki: Uint8Array }>
  find(): Promise<{ readonly publicKeySpki: Uint8Array } | undefined>
  sign(message: Uint8Array): Promise<Uint8Array>
}

export type TransportRequest = { readonly method: 'GET' | 'POST'; readonly url: string; readonly body?: unknown }
export type TransportAnswer = { readonly status: number; readonly body: unknown }

/** One JSON exchange, bounded in time and size. Every status is an answer; no answer at all is a Fault `SERVICE_FAULT`. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>

/** `monotonicMs` never jumps: it measures how old a slot is, while `nowSeconds` is the wall clock. */
export type Clock = { nowSeconds(): number; monotonicMs(): number; wait(milliseconds: number): Promise<void> }

/** argon2id of the PIN at full cost (2-custody 1.7). A port, because a crowd of wallets in one program runs it in threads. */
export type StretchPin = (pin: string, walletSalt: Uint8Array) => Promise<Uint8Array>

export type RandomBytes = (size: number) => Uint8Array
