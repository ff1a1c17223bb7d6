import { fail, ok } from '@symbolon/formats/result'
import type { ByteFile, WalletStorage } from '../../ports.ts'

/** A wallet's files in memory: for tests, and for customers who live as long as one program. Two SDKs on it are two tabs. */
export function createMemoryStorage(): WalletStorage {
  const [state, records] = [createMemoryFile(), createMemoryFile()]
  let isHeld = false
  return {
    acquire: async () => {
      if (isHeld) return fail({ code: 'WALLET_IN_USE' })
      isHeld = true
      return ok({
        state,
        records,
        isPersistent: async () => false,
        release: async () => {
          isHeld = false
        },
      })
    },
  }
}

function createMemoryFile(): ByteFile {
  let content = new Uint8Array(0)
  return {
    read: async (offset, size) => {
      const bytes = new Uint8Array(size)
      bytes.set(content.subarray(offset, offset + size))
      return bytes
    },
    write: async (offset, bytes) => {
      if (offset + bytes.length > content.length) {
        const grown = new Uint8Array(offset + bytes.length)
        grown.set(content)
        content = grown
      }
      content.set(bytes, offset)
    },
  }
}
