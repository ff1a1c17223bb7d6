import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { PaymentSuite } from '@symbolon/custody/operator'
import { CipherSuite, type AEAD, type KDF } from 'hpke'
import { createX25519Kem } from './x25519-kem.ts'
import { chooseX25519, type X25519 } from './x25519.ts'

const hashSize = 32
const tagSize = 16

/** HKDF-SHA256 (RFC 5869) by node:crypto, without a trip to a worker thread. */
export const hkdfSha256: KDF = {
  id: 0x0001,
  type: 'KDF',
  name: 'HKDF-SHA256',
  Nh: hashSize,
  stages: 2,
  Extract: async (salt, inputKey) => hmac(salt, inputKey),
  Expand: async (key, info, size) => expand(key, info, size),
  // RFC 9180 section 4: a KDF of two stages has no Derive.
  Derive: () => Promise.reject(new RangeError('HKDF has two stages')),
}

/** AES-256-GCM by node:crypto, in this thread. */
export const aes256Gcm: AEAD = {
  id: 0x0002,
  type: 'AEAD',
  name: 'AES-256-GCM',
  Nk: 32,
  Nn: 12,
  Nt: tagSize,
  Seal: async (key, nonce, associated, plaintext) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated)
    return join(cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
  },
  Open: async (key, nonce, associated, sealed) => {
    if (sealed.length < tagSize) throw new RangeError('a sealed text is not shorter than its tag')
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(associated).setAuthTag(sealed.subarray(-tagSize))
    return join(decipher.update(sealed.subarray(0, -tagSize)), decipher.final())
  },
}

/**
 * The payment suite 0x0020/0x0001/0x0002 (RFC 9180) in the calling thread. WebCrypto makes a job of each of some forty short steps of a
 * payment; the jobs cost more than the steps.
 */
export async function createNodeSuite(choose: () => Promise<X25519> = chooseX25519): Promise<PaymentSuite> {
  const x25519 = await choose()
  const suite = new CipherSuite(
    () => createX25519Kem(hkdfSha256, x25519),
    () => hkdfSha256,
    () => aes256Gcm,
  )
  return { suite, aead: aes256Gcm, sealing: x25519.name }
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const running = createHmac('sha256', key)
  for (const part of parts) running.update(part)
  return new Uint8Array(running.digest())
}

function expand(key: Uint8Array, info: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size)
  let block = new Uint8Array()
  for (let index = 0; index * hashSize < size; index += 1) {
    block = new Uint8Array(hmac(key, block, info, Uint8Array.of(index + 1)))
    output.set(block.subarray(0, size - index * hashSize), index * hashSize)
  }
  return output
}

// An array of its own: the caller wipes it, and a view of a pool that others read would not be wiped whole.
function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
    part.fill(0)
  }
  return whole
}
