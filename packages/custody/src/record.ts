import { ctr } from '@noble/ciphers/aes.js'
import { concatBytes, isEqualBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import { recordPadSize } from './exchange.ts'
import { text } from './fields.ts'
import { defineFrame, encodeFrame } from './frame.ts'
import { authenticate, hashFrame, wipe } from './hashes.ts'
import type { MessageKind } from './messages.ts'
import type { Primitives } from './primitives.ts'
import type { CustodyProblem } from './problem.ts'

/** What a person may look up of their own card. There is no field for the security code, and none can be added at run time. */
export type CardRecordFields = {
  readonly primaryAccountNumber: string
  readonly expiry: string
  readonly holderName: string
  readonly phoneNumber: string
  readonly postalAddress: string
}

/** Which record: the wallet, and the pay_id of the `bind` that made it. */
export type RecordName = { readonly walletId: Uint8Array; readonly recordId: Uint8Array }
export type FieldCommitments = { readonly [Name in keyof CardRecordFields]: Uint8Array }

/** M' = pad(record) ‖ r with the commitments to the whole and to each field. */
export type PreparedRecord = {
  readonly padded: Uint8Array
  readonly commitment: Uint8Array
  readonly fieldCommitments: FieldCommitments
}

// One limit for the whole: a single long field is refused with the record, not by itself.
const cardRecord = defineFrame('card-record', {
  primaryAccountNumber: text(1_024),
  expiry: text(1_024),
  holderName: text(1_024),
  phoneNumber: text(1_024),
  postalAddress: text(1_024),
})
const saltSize = 32
const bodySize = recordPadSize - saltSize

/** Pads a record to one size, so that a half tells nothing about what it is a half of, and commits to it. */
export function prepareRecord(
  primitives: Pick<Primitives, 'randomBytes'>,
  name: RecordName,
  record: CardRecordFields,
): Result<PreparedRecord, CustodyProblem> {
  const padded = padRecord(record, primitives.randomBytes(saltSize))
  if (padded === undefined) return fail({ code: 'CUSTODY_RECORD_TOO_LONG' })
  return ok({ padded, commitment: commitRecord(name, padded), fieldCommitments: commitFields(name, record, padded.subarray(bodySize)) })
}

/** M' ⊕ R: the device's half. Either half alone is uniform. */
export function splitRecord(padded: Uint8Array, pad: Uint8Array): Uint8Array {
  assert(padded.length === recordPadSize && pad.length === recordPadSize, 'record halves have one size')
  const view = new DataView(pad.buffer, pad.byteOffset, pad.byteLength)
  return padded.map((byte, index) => byte ^ view.getUint8(index))
}

/** Whether the promotion of an epoch of this kind moves every record half: a payment heals the key alone (docs/custody.md 11). */
export function movesRecords(kind: MessageKind): boolean {
  return kind === 'record' || kind === 'refresh'
}

/**
 * half ⊕ AES-256-CTR(HMAC(rec', item id), 0): both halves of a record move together when an epoch of kind record or refresh is promoted,
 * so a half from before fits no half from after (docs/custody.md 11).
 */
export function rerandomiseHalf(recordKey: Uint8Array, recordId: Uint8Array, half: Uint8Array): Uint8Array {
  assert(half.length === recordPadSize, 'record halves have one size')
  const itemKey = authenticate(recordKey, recordId)
  const moved = ctr(itemKey, new Uint8Array(16)).encrypt(half)
  wipe(itemKey)
  return moved
}

/** Joins the halves, checks the commitment and reads the record: a half from another record or another time is refused. */
export function joinRecord(
  name: RecordName,
  halves: { readonly deviceHalf: Uint8Array; readonly vaultHalf: Uint8Array; readonly commitment: Uint8Array },
): Result<CardRecordFields, CustodyProblem> {
  if (halves.deviceHalf.length !== recordPadSize || halves.vaultHalf.length !== recordPadSize) return fail({ code: 'CUSTODY_MISMATCH' })
  const padded = splitRecord(halves.deviceHalf, halves.vaultHalf)
  if (!isEqualBytes(commitRecord(name, padded), halves.commitment)) return fail({ code: 'CUSTODY_MISMATCH' })
  const end = padded.subarray(0, bodySize).findLastIndex((byte) => byte !== 0)
  return padded[end] === 0x80 ? cardRecord.parse(padded.subarray(0, end)) : fail({ code: 'CUSTODY_FRAME_INVALID' })
}

/** Opens one field of a record: whoever has a field's commitment checks the value without seeing the others. */
export type FieldOpening = { readonly field: keyof CardRecordFields; readonly value: string; readonly salt: Uint8Array }

/** The salt of one field, derived from r: it opens that field's commitment and no other. */
export function openField(record: CardRecordFields, padded: Uint8Array, field: keyof CardRecordFields): FieldOpening {
  return { field, value: record[field], salt: deriveFieldSalt(padded.subarray(bodySize), field) }
}

/** Checks an opened field against its commitment. */
export function verifyField(name: RecordName, opening: FieldOpening, commitment: Uint8Array): boolean {
  return isEqualBytes(commitField(name, opening), commitment)
}

function padRecord(record: CardRecordFields, salt: Uint8Array): Uint8Array | undefined {
  const length = Object.values(record).reduce((sum, value) => sum + utf8ToBytes(value).length, 0)
  if (length >= bodySize) return undefined
  const body = cardRecord.encode(record)
  if (body.length >= bodySize) return undefined
  return concatBytes(body, Uint8Array.of(0x80), new Uint8Array(bodySize - body.length - 1), salt)
}

function commitRecord(name: RecordName, padded: Uint8Array): Uint8Array {
  return hashFrame('rec-com', [name.walletId, padded])
}

function commitFields(name: RecordName, record: CardRecordFields, salt: Uint8Array): FieldCommitments {
  const commit = (field: keyof CardRecordFields): Uint8Array =>
    commitField(name, { field, value: record[field], salt: deriveFieldSalt(salt, field) })
  return {
    primaryAccountNumber: commit('primaryAccountNumber'),
    expiry: commit('expiry'),
    holderName: commit('holderName'),
    phoneNumber: commit('phoneNumber'),
    postalAddress: commit('postalAddress'),
  }
}

function commitField(name: RecordName, { field, value, salt }: FieldOpening): Uint8Array {
  return hashFrame('field-com', [name.walletId, name.recordId, utf8ToBytes(field), utf8ToBytes(value), salt])
}

function deriveFieldSalt(salt: Uint8Array, field: keyof CardRecordFields): Uint8Array {
  return authenticate(salt, encodeFrame('field-salt', [utf8ToBytes(field)]))
}
