import { bytesToHex } from '@symbolon/formats/bytes'
import { ok, type Result } from '@symbolon/formats/result'
import type { HeldStorage } from '../ports.ts'
import { parseRecordHalf, encodeRecordHalf, recordHalfStride, type RecordHalf } from '../rules/record-half.ts'
import { chooseRecord, encodeRecord, recordSize } from '../rules/record-pair.ts'
import { encodeWalletContent, maximumCards, parseWalletContent, type WalletContent } from '../rules/wallet-content.ts'

export type StorageProblem = { readonly code: 'WALLET_STORAGE_DAMAGED' }

/** A wallet on its medium. `save` resolves when the new state is flushed in both copies and no earlier secret is left in either. */
export type WalletStore = {
  load(): Promise<Result<WalletContent | undefined, StorageProblem>>
  save(content: WalletContent): Promise<void>
  /** Writes into the first place that none of `recordIdsInUse` has. */
  saveRecordHalf(half: RecordHalf, recordIdsInUse: readonly string[]): Promise<void>
  findRecordHalf(recordId: string): Promise<RecordHalf | undefined>
}

export function createWalletStore(storage: HeldStorage): WalletStore {
  let newest = { generation: 0n, copy: 1 as 0 | 1 }
  const readHalf = async (place: number): Promise<RecordHalf | undefined> =>
    parseRecordHalf(await storage.records.read(place * recordHalfStride, recordHalfStride))
  return {
    load: async () => {
      const chosen = chooseRecord(await storage.state.read(0, recordSize), await storage.state.read(recordSize, recordSize))
      if (!chosen.ok) return chosen
      if (chosen.value === undefined) return ok(undefined)
      newest = { generation: chosen.value.generation, copy: chosen.value.copy }
      return parseWalletContent(chosen.value.body)
    },
    save: async (content) => {
      const record = encodeRecord(newest.generation + 1n, encodeWalletContent(content))
      const other = newest.copy === 0 ? 1 : 0
      // The copy that is not the newest goes first: whatever tears, one whole record stays. Then the old secrets are overwritten.
      await storage.state.write(other * recordSize, record)
      newest = { generation: newest.generation + 1n, copy: other }
      await storage.state.write((1 - other) * recordSize, record)
    },
    saveRecordHalf: async (half, recordIdsInUse) => {
      for (let place = 0; place < maximumCards; place += 1) {
        const found = await readHalf(place)
        if (found !== undefined && recordIdsInUse.includes(bytesToHex(found.recordId))) continue
        return await storage.records.write(place * recordHalfStride, encodeRecordHalf(half))
      }
    },
    findRecordHalf: async (recordId) => {
      for (let place = 0; place < maximumCards; place += 1) {
        const found = await readHalf(place)
        if (found !== undefined && bytesToHex(found.recordId) === recordId) return found
      }
      return undefined
    },
  }
}
