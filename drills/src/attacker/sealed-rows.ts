import { createDecipheriv } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { encodeRowFrame } from '@symbolon/custody/operator'
import { hexToBytes } from '@symbolon/formats/bytes'

const headSize = 16
const tagSize = 16
const keySize = 32

export type SealedPlace = { readonly walletId: string; readonly epochId: string; readonly column: string }

/** Every 32 bytes that a thief can make out of the files of a folder: as they are, as base64 and as hex. */
export function listKeyCandidates(folder: string): readonly Uint8Array[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .flatMap((path) => {
      const bytes = readFileSync(path)
      const text = bytes.toString('latin1').trim()
      return [bytes, Buffer.from(text, 'base64url'), Buffer.from(text, 'hex')].filter(({ length }) => length === keySize)
    })
    .map((bytes) => Uint8Array.from(bytes))
}

/** Tries every key on a sealed value of the vault's rows: generation 4 ‖ nonce 12 ‖ ciphertext ‖ tag 16, bound to its place. */
export function openSealedRow(keys: readonly Uint8Array[], place: SealedPlace, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < headSize + tagSize) return undefined
  const { walletId, epochId, column } = place
  const associated = encodeRowFrame({ walletId: hexToBytes(walletId), epochId: hexToBytes(epochId), column })
  for (const key of keys) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(4, headSize))
        .setAAD(associated)
        .setAuthTag(sealed.subarray(-tagSize))
      return Uint8Array.from(Buffer.concat([decipher.update(sealed.subarray(headSize, -tagSize)), decipher.final()]))
    } catch {
      // Not this key: the next one.
    }
  }
  return undefined
}
