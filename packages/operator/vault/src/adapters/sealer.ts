import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { encodeRowFrame } from '@symbolon/custody/operator'
import { hexToBytes } from '@symbolon/formats/bytes'
import { assert, Fault } from '@symbolon/formats/result'
import { createPublicRandom } from './random-pool.ts'
import type { Place, Sealer, VaultKeys } from '../ports.ts'

const generationSize = 4
const nonceSize = 12
const tagSize = 16
const headSize = generationSize + nonceSize

/** AES-256-GCM under the newest key-encryption key: generation (4) ‖ nonce (12) ‖ ciphertext ‖ tag (16), bound to its place. */
export function createSealer(keys: VaultKeys): Sealer {
  const random = createPublicRandom()
  return {
    seal(place, secret) {
      const key = keys.keyEncryptionKeys.get(keys.generation)
      assert(key !== undefined, 'the newest generation has a key')
      return seal({ key, generation: keys.generation, nonce: random(nonceSize) }, place, secret)
    },
    open(place, sealed) {
      if (sealed.length < headSize + tagSize) throw new Fault('VAULT_SEAL_INVALID', { retry: 'never' })
      const key = keys.keyEncryptionKeys.get(generationOf(sealed))
      if (key === undefined) throw new Fault('VAULT_KEY_GENERATION_MISSING', { retry: 'never' })
      return open(key, place, sealed)
    },
    isNewest: (sealed) => generationOf(sealed) === keys.generation,
  }
}

/** The generation that sealed these bytes, as their head says. */
export function generationOf(sealed: Uint8Array): number {
  return new DataView(sealed.buffer, sealed.byteOffset, generationSize).getUint32(0)
}

type SealWith = { readonly key: KeyObject; readonly generation: number; readonly nonce: Uint8Array }

function seal({ key, generation, nonce }: SealWith, place: Place, secret: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(headSize + secret.length + tagSize)
  new DataView(sealed.buffer).setUint32(0, generation)
  sealed.set(nonce, generationSize)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData(place))
  sealed.set(cipher.update(secret), headSize)
  cipher.final()
  sealed.set(cipher.getAuthTag(), headSize + secret.length)
  return sealed
}

function open(key: KeyObject, place: Place, sealed: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(generationSize, headSize))
      .setAAD(associatedData(place))
      .setAuthTag(sealed.subarray(-tagSize))
    const secret = decipher.update(sealed.subarray(headSize, -tagSize))
    // A copy of its own, not a view of a pool that others read: the caller wipes it.
    const own = new Uint8Array(secret)
    secret.fill(0)
    decipher.final()
    return own
  } catch (cause) {
    throw new Fault('VAULT_SEAL_INVALID', { retry: 'never', cause })
  }
}

function associatedData({ walletId, epochId, column }: Place): Uint8Array {
  return encodeRowFrame({ walletId: hexToBytes(walletId), epochId: hexToBytes(epochId), column })
}
