/** Why a message is refused. `not-encodable` reasons are the same words. */
export type IsoReason =
  | 'oversized'
  | 'truncated'
  | 'trailing-bytes'
  | 'message-type'
  | 'bitmap'
  | 'unknown-field'
  | 'wrong-length'
  | 'wrong-characters'

/** `field` is the number of the data element: 0 the message type, 1 the bitmaps; absent when the message as a whole is meant. */
export type IsoProblem = {
  readonly code: 'ISO8583_MALFORMED' | 'ISO8583_NOT_ENCODABLE'
  readonly field?: number
  readonly reason: IsoReason
}
