import type { ByteFile, HeldStorage, WalletStorage } from '@symbolon/device'
import { fail, ok } from '@symbolon/formats/result'

export class PowerFailed extends Error {}

/** A medium whose power can fail in any write, a part of which may be done. `boot` is the next start of the device. */
export type CrashStorage = WalletStorage & {
  /** The power fails in the write after `writes` whole ones, with `bytes` of it done. */
  failAfter(writes: number, bytes?: number): void
  boot(): void
  /** Whole writes since the last start. */
  readonly writes: number
  bytesOf(file: 'state' | 'records'): Uint8Array
  overwrite(file: 'state' | 'records', bytes: Uint8Array): void
}

export function createCrashStorage(): CrashStorage {
  const content = { state: new Uint8Array(32_768), records: new Uint8Array(32_768) }
  let [isHeld, start, writes] = [false, 0, 0]
  let limit = { writes: Number.POSITIVE_INFINITY, bytes: 0 }
  const file = (name: 'state' | 'records', since: number): ByteFile => ({
    read: async (offset, size) => content[name].slice(offset, offset + size),
    write: async (offset, bytes) => {
      // What a device of before still wants to write died with it.
      if (since !== start || limit.writes < 0) throw new PowerFailed('no power')
      limit = { ...limit, writes: limit.writes - 1 }
      if (limit.writes < 0) {
        content[name].set(bytes.subarray(0, limit.bytes), offset)
        throw new PowerFailed('power failed')
      }
      content[name].set(bytes, offset)
      writes += 1
    },
  })
  return {
    acquire: async () => {
      if (isHeld) return fail({ code: 'WALLET_IN_USE' })
      isHeld = true
      const held: HeldStorage = {
        state: file('state', start),
        records: file('records', start),
        isPersistent: async () => true,
        release: async () => void (isHeld = false),
      }
      return ok(held)
    },
    failAfter: (count, bytes = 0) => void (limit = { writes: count, bytes }),
    boot: () => {
      ;[isHeld, writes, start] = [false, 0, start + 1]
      limit = { writes: Number.POSITIVE_INFINITY, bytes: 0 }
    },
    get writes() {
      return writes
    },
    bytesOf: (name) => Uint8Array.from(content[name]),
    overwrite: (name, bytes) => content[name].set(bytes),
  }
}
