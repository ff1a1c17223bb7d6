import { utf8ToBytes } from '@symbolon/formats/bytes'
import { encodeFrame } from '../frame.ts'

/** frame(row; wallet, eid, column): what a value at rest is bound to, so that rows and columns cannot be exchanged (docs/custody.md 15). */
export function encodeRowFrame(place: {
  readonly walletId: Uint8Array
  readonly epochId: Uint8Array
  readonly column: string
}): Uint8Array {
  return encodeFrame('row', [place.walletId, place.epochId, utf8ToBytes(place.column)])
}
