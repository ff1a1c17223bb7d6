import { noSlotId, type HexId, lastStateCodes } from './last-attempt.ts'

/** An epoch as the device keeps it: K, c and salt (and rec while pending), opaque here. */
export type DeviceEpoch<Secrets> = { readonly eid: HexId; readonly secrets: Secrets }

/** What outlives the page. `attempt` is the `try` of docs/custody.md 12: the slot that was used last and what for. */
export type DeviceStored<Secrets, Intent> = {
  readonly current: DeviceEpoch<Secrets>
  readonly pending: DeviceEpoch<Secrets> | null
  readonly counter: number
  readonly last: { readonly slotId: HexId; readonly state: number }
  readonly attempt: { readonly slotId: HexId; readonly intent: Intent } | null
}

/** What dies with the page. Only an answer to the latest open counts. */
export type DeviceMemory = {
  readonly opening: { readonly q: HexId; readonly eid: HexId } | null
  readonly slot: { readonly id: HexId; readonly tries: number } | null
  /** An open under the pending epoch was not recognised: the next one names the current epoch (row 1). */
  readonly triesCurrent: boolean
}
export type DeviceState<Secrets, Intent> = { readonly stored: DeviceStored<Secrets, Intent>; readonly memory: DeviceMemory }

export const emptyDeviceMemory: DeviceMemory = { opening: null, slot: null, triesCurrent: false }

/** State of a wallet on the device at its creation. */
export function createDeviceState<Secrets, Intent>(current: DeviceEpoch<Secrets>): DeviceState<Secrets, Intent> {
  return {
    stored: { current, pending: null, counter: 0, last: { slotId: noSlotId, state: lastStateCodes.none }, attempt: null },
    memory: emptyDeviceMemory,
  }
}
