// oxlint-disable-next-line typescript/triple-slash-reference -- the package has no types; every project that reads this file needs them
/// <reference path="./sodium-native-module.d.ts" />
import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'
import { hexToBytes, isEqualBytes } from '@symbolon/formats/bytes'

/** X25519 (RFC 7748) on bytes. `agree` throws for a point of low order. */
export interface X25519 {
  readonly name: 'sodium-native' | 'node'
  derivePublicKey(secret: Uint8Array): Uint8Array
  agree(secret: Uint8Array, publicKey: Uint8Array): Uint8Array
}

const size = 32
const privateHead = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicHead = Buffer.from('302a300506032b656e032100', 'hex')

/** On OpenSSL, which wants a key object for every step: that costs as much as the steps. */
export const nodeX25519: X25519 = {
  name: 'node',
  derivePublicKey: (secret) =>
    new Uint8Array(createPublicKey(importSecret(secret)).export({ format: 'der', type: 'spki' }).subarray(-size)),
  agree(secret, publicKey) {
    const key = createPublicKey({ key: Buffer.concat([publicHead, publicKey]), format: 'der', type: 'spki' })
    return new Uint8Array(diffieHellman({ privateKey: importSecret(secret), publicKey: key }))
  },
}

/** On libsodium, prebuilt. Rejects where the add-on cannot be loaded. */
export async function loadSodiumX25519(): Promise<X25519> {
  const { crypto_scalarmult: multiply, crypto_scalarmult_base: multiplyBase } = await import('sodium-native')
  return {
    name: 'sodium-native',
    derivePublicKey(secret) {
      const publicKey = new Uint8Array(size)
      multiplyBase(publicKey, secret)
      return publicKey
    },
    agree(secret, publicKey) {
      const shared = new Uint8Array(size)
      multiply(shared, secret, publicKey)
      return shared
    },
  }
}

/** RFC 7748 section 6.1. */
export const rfc7748Vector = {
  alice: {
    secret: hexToBytes('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
    publicKey: hexToBytes('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  },
  bob: {
    secret: hexToBytes('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
    publicKey: hexToBytes('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
  },
  shared: hexToBytes('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'),
} as const

/** The faster of the two that loads and agrees with RFC 7748 section 6.1 in this process. */
export async function chooseX25519(load = loadSodiumX25519): Promise<X25519> {
  const loaded = await load().catch(() => undefined)
  return loaded !== undefined && agreesWithRfc7748(loaded) ? loaded : nodeX25519
}

function agreesWithRfc7748(x25519: X25519): boolean {
  const { alice, bob, shared } = rfc7748Vector
  const [aliceKey, bobKey] = [x25519.derivePublicKey(alice.secret), x25519.derivePublicKey(bob.secret)]
  return (
    isEqualBytes(aliceKey, alice.publicKey) &&
    isEqualBytes(bobKey, bob.publicKey) &&
    isEqualBytes(x25519.agree(alice.secret, bobKey), shared) &&
    isEqualBytes(x25519.agree(bob.secret, aliceKey), shared)
  )
}

function importSecret(secret: Uint8Array): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({ key: Buffer.concat([privateHead, secret]), format: 'der', type: 'pkcs8' })
}
