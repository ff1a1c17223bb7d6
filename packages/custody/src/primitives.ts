import type { AEAD, CipherSuite } from 'hpke'
import type { Ed25519Group } from './group/port.ts'

/** As many uniformly random bytes as asked for. Tests pass a seeded one. */
export type RandomBytes = (size: number) => Uint8Array

/** Which HPKE suite computes, and on what. One suite per protocol version; there is no negotiation. */
export type PaymentSuite = {
  readonly suite: CipherSuite
  /** AES-256-GCM for `done`, the same that the suite seals with. */
  readonly aead: Pick<AEAD, 'Seal' | 'Open'>
  readonly sealing: 'sodium-native' | 'node' | 'webcrypto' | 'noble'
}

/** What the protocol functions compute with. HPKE draws its ephemeral keys from the runtime's own WebCrypto. */
export type Primitives = PaymentSuite & { readonly group: Ed25519Group; readonly randomBytes: RandomBytes }
