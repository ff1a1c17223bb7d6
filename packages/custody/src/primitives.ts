import type { CipherSuite } from 'hpke'
import type { Ed25519Group } from './group/port.ts'

/** As many uniformly random bytes as asked for. Tests pass a seeded one. */
export type RandomBytes = (size: number) => Uint8Array

/** What the protocol functions compute with. HPKE (the suite) draws its ephemeral keys from the runtime's own WebCrypto. */
export type Primitives = {
  readonly group: Ed25519Group
  readonly suite: CipherSuite
  readonly randomBytes: RandomBytes
}
