import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { encodeRowFrame } from '@symbolon/custody/operator'
import { hexToBytes } from '@symbolon/formats/bytes'
import { assert, Fault } from '@symbolon/formats/result'
import type { Place, Sealer, VaultKeys } from '../ports.ts'

const generationSize = 4
const nonceSize = 12
const tagSize = 16
const headSize = generationSize + nonceSize

/** AES-256-GCM under the newest key-encryption key: generation (4) ‖ nonce (12) ‖ ciphertext ‖ tag (16), bound to its place. */
export function createSealer(keys: Pick<VaultKeys, 'generation' | 'keyEncryptionKeys'>): Sealer {
  return {
    seal(place, secret) {
      const key = keys.keyEncryptionKeys.get(keys.generation)
      assert(key !== undefined, 'the newest generation has a key')
      const head = Buffer.alloc(headSize)
      head.writeUInt32BE(keys.generation)
      randomBytes(nonceSize).copy(head, generationSize)
      const cipher = createCipheriv('aes-256-gcm', key, head.subarray(generationSize)).setAAD(associatedData(place))
      return new Uint8Array(Buffer.concat([head, cipher.update(secret), cipher.final(), cipher.getAuthTag()]))
    },
    open(place, sealed) {
      if (sealed.length < headSize + tagSize) throw new Fault('VAULT_SEAL_INVALID', { retry: 'never' })
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      const key = keys.keyEncryptionKeys.get(bytes.readUInt32BE())
      if (key === undefined) throw new Fault('VAULT_KEY_GENERATION_MISSING', { retry: 'never' })
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(generationSize, headSize))
          .setAAD(associatedData(place))
          .setAuthTag(bytes.subarray(-tagSize))
        const secret = decipher.update(bytes.subarray(headSize, -tagSize))
        decipher.final()
        // A copy of its own, not a view of a pool that others read: the caller wipes it.
        const own = new Uint8Array(secret)
        secret.fill(0)
        return own
      } catch (cause) {
        throw new Fault('VAULT_SEAL_INVALID', { retry: 'never', cause })
      }
    },
  }
}

function associatedData({ walletId, epochId, column }: Place): Uint8Array {
  return encodeRowFrame({ walletId: hexToBytes(walletId), epochId: hexToBytes(epochId), column })
}
