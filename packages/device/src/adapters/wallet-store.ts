import { rerandomiseHalf } from '@symbolon/custody/device'
import { bytesToHex, isEqualBytes } from '@symbolon/formats/bytes'
import { ok, type Result } from '@symbolon/formats/result'
import type { HeldStorage } from '../ports.ts'
import { encodeRecordHalf, parseRecordHalf, recordCopySize, recordPlaceSize, type RecordHalf } from '../rules/record-half.ts'
import { chooseRecord, encodeRecord, recordSize } from '../rules/record-pair.ts'
import {
  encodeClosing,
  encodeWalletContent,
  maximumCards,
  parseStoredWallet,
  type Closing,
  type StoredWallet,
  type WalletContent,
} from '../rules/wallet-content.ts'

export type StorageProblem = { readonly code: 'WALLET_STORAGE_DAMAGED' }
/** The epoch to which the record halves move, and rec' of it. */
export type HalfMove = { readonly epochId: Uint8Array; readonly recordKey: Uint8Array }

/** A wallet on its medium. `save` resolves when the new state is flushed in both copies and no earlier secret is left in either. */
export type WalletStore = {
  load(): Promise<Result<StoredWallet | undefined, StorageProblem>>
  save(content: WalletContent): Promise<void>
  /** Overwrites everything of the wallet, in place, with what is left of it. */
  saveClosing(closing: Closing): Promise<void>
  /** Writes into the first place that none of `recordIdsInUse` has. */
  saveRecordHalf(half: RecordHalf, recordIdsInUse: readonly string[]): Promise<void>
  findRecordHalf(recordId: string): Promise<RecordHalf | undefined>
  /** Moves every half that is not of this epoch yet (docs/custody.md 11). Cut off anywhere, a second call ends what the first began. */
  moveRecordHalves(move: HalfMove): Promise<void>
  /** Overwrites the place of every record half with zeros. */
  wipeRecordHalves(): Promise<void>
  /** Whether the browser has promised to keep these files. */
  isPersistent(): Promise<boolean>
}

export function createWalletStore(storage: HeldStorage): WalletStore {
  const saveBody = createRecordWriter(storage)
  return {
    load: async () => {
      const body = await saveBody.load()
      if (!body.ok) return body
      return body.value === undefined ? ok(undefined) : parseStoredWallet(body.value)
    },
    save: (content) => saveBody.save(encodeWalletContent(content)),
    saveClosing: (closing) => saveBody.save(encodeClosing(closing)),
    ...recordPlaces(storage),
    isPersistent: () => storage.isPersistent(),
  }
}

function createRecordWriter(storage: HeldStorage) {
  let newest = { generation: 0n, copy: 1 as 0 | 1 }
  return {
    load: async (): Promise<Result<Uint8Array | undefined, StorageProblem>> => {
      const copies = [await storage.state.read(0, recordSize), await storage.state.read(recordSize, recordSize)] as const
      const chosen = chooseRecord(...copies)
      if (!chosen.ok) return chosen
      if (chosen.value === undefined) return ok(undefined)
      const { generation, copy, body } = chosen.value
      newest = { generation, copy }
      // A save that was cut off left the secrets of before in the other copy.
      const other = copy === 0 ? 1 : 0
      if (!isEqualBytes(copies[0], copies[1])) await storage.state.write(other * recordSize, encodeRecord(generation, body))
      return ok(body)
    },
    save: async (body: Uint8Array): Promise<void> => {
      const record = encodeRecord(newest.generation + 1n, body)
      const other = newest.copy === 0 ? 1 : 0
      // The copy that is not the newest goes first: whatever tears, one whole record stays. Then the old secrets are overwritten.
      await storage.state.write(other * recordSize, record)
      newest = { generation: newest.generation + 1n, copy: other }
      await storage.state.write((1 - other) * recordSize, record)
    },
  }
}

type RecordPlaces = Pick<WalletStore, 'saveRecordHalf' | 'findRecordHalf' | 'moveRecordHalves' | 'wipeRecordHalves'>

function recordPlaces({ records }: HeldStorage): RecordPlaces {
  // The first copy is written last: as long as it is whole, it is what was there before the write that was cut off, or what is there now.
  const read = async (place: number): Promise<RecordHalf | undefined> => {
    const [start, second] = [place * recordPlaceSize, place * recordPlaceSize + recordCopySize]
    return parseRecordHalf(await records.read(start, recordCopySize)) ?? parseRecordHalf(await records.read(second, recordCopySize))
  }
  const write = async (place: number, half: RecordHalf): Promise<void> => {
    const bytes = encodeRecordHalf(half)
    await records.write(place * recordPlaceSize + recordCopySize, bytes)
    await records.write(place * recordPlaceSize, bytes)
  }
  return {
    saveRecordHalf: async (half, recordIdsInUse) => {
      for (let place = 0; place < maximumCards; place += 1) {
        const found = await read(place)
        if (found !== undefined && recordIdsInUse.includes(bytesToHex(found.recordId))) continue
        return await write(place, half)
      }
    },
    findRecordHalf: async (recordId) => {
      for (let place = 0; place < maximumCards; place += 1) {
        const found = await read(place)
        if (found !== undefined && bytesToHex(found.recordId) === recordId) return found
      }
      return undefined
    },
    moveRecordHalves: async ({ epochId, recordKey }) => {
      for (let place = 0; place < maximumCards; place += 1) {
        const found = await read(place)
        if (found === undefined) continue
        const isMoved = isEqualBytes(found.epochId, epochId)
        // A half that was moved is written again too: perhaps only one of its copies was.
        const half = isMoved ? found.half : rerandomiseHalf(recordKey, found.recordId, found.half)
        await write(place, { ...found, epochId, half })
      }
    },
    wipeRecordHalves: () => records.write(0, new Uint8Array(maximumCards * recordPlaceSize)),
  }
}
