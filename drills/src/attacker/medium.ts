import type { ByteFile, WalletStorage } from '@symbolon/device'
import { fail, ok } from '@symbolon/formats/result'

/** What lies on a device's medium at one moment: the files of the wallet, byte for byte. */
export type MediumSnapshot = { readonly state: Uint8Array; readonly records: Uint8Array }

/** A device's medium: the wallet's storage, and what a thief of it has. `written` is every write in order, as a wire-tap of the disk. */
export type Medium = {
  readonly storage: WalletStorage
  readonly written: readonly { readonly file: keyof MediumSnapshot; readonly offset: number; readonly bytes: Uint8Array }[]
  snapshot(): MediumSnapshot
  restore(snapshot: MediumSnapshot): void
  /** A second medium with the same bytes: what a copied profile is. */
  copy(): Medium
}

export function createMedium(initial: MediumSnapshot = { state: new Uint8Array(), records: new Uint8Array() }): Medium {
  const content = { state: Uint8Array.from(initial.state), records: Uint8Array.from(initial.records) }
  const written: { file: keyof MediumSnapshot; offset: number; bytes: Uint8Array }[] = []
  let isHeld = false
  const openFile = (file: keyof MediumSnapshot): ByteFile => ({
    read: async (offset, size) => {
      const bytes = new Uint8Array(size)
      bytes.set(content[file].subarray(offset, offset + size))
      return bytes
    },
    write: async (offset, bytes) => {
      written.push({ file, offset, bytes: Uint8Array.from(bytes) })
      const grown = new Uint8Array(Math.max(content[file].length, offset + bytes.length))
      grown.set(content[file])
      grown.set(bytes, offset)
      content[file] = grown
    },
  })
  const snapshot = (): MediumSnapshot => ({ state: Uint8Array.from(content.state), records: Uint8Array.from(content.records) })
  return {
    written,
    storage: {
      acquire: async () => {
        if (isHeld) return fail({ code: 'WALLET_IN_USE' })
        isHeld = true
        const release = async (): Promise<void> => void (isHeld = false)
        return ok({ state: openFile('state'), records: openFile('records'), isPersistent: async () => true, release })
      },
    },
    snapshot,
    restore: ({ state, records }) => {
      content.state = Uint8Array.from(state)
      content.records = Uint8Array.from(records)
    },
    copy: () => createMedium(snapshot()),
  }
}
