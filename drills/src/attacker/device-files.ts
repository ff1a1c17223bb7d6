import { createHash } from 'node:crypto'
import { isEqualBytes } from '@symbolon/formats/bytes'

/** One epoch as a device's file has it. */
export type DeviceEpoch = {
  readonly eid: string
  readonly key: Uint8Array
  readonly maskedShare: Uint8Array
  readonly salt: Uint8Array
}
export type DeviceLoot = {
  readonly walletId: Uint8Array
  readonly walletKey: Uint8Array
  readonly pinSalt: Uint8Array
  readonly epochs: readonly DeviceEpoch[]
}

const digestSize = 32
const lengthAt = 8
const bodyAt = 12

/** Reads the two copies of the wallet's record out of the bytes of its file. Every epoch in either copy is loot. */
export function readDeviceFile(file: Uint8Array): DeviceLoot {
  return readDeviceRecords([file.subarray(0, file.length / 2), file.subarray(file.length / 2)])
}

/**
 * Reads the wallet's records as a thief does who knows their format (generation 8 ‖ length 4 ‖ JSON ‖ zeros ‖ SHA-256): those of one
 * moment, or everything that a medium was ever given.
 */
export function readDeviceRecords(records: readonly Uint8Array[]): DeviceLoot {
  const bodies = records.map(readRecord).filter((body) => body !== undefined)
  const [first] = bodies
  if (first === undefined) throw new Error('what was stolen holds no wallet')
  const epochs = new Map<string, DeviceEpoch>()
  for (const body of bodies) {
    for (const epoch of [body['current'], body['pending']].filter(isObject)) {
      const eid = String(epoch['eid'])
      epochs.set(eid, { eid, key: decode(epoch['key']), maskedShare: decode(epoch['maskedShare']), salt: decode(epoch['salt']) })
    }
  }
  return {
    walletId: new Uint8Array(Buffer.from(String(first['walletId']), 'hex')),
    walletKey: decode(first['walletKey']),
    pinSalt: decode(first['pinSalt']),
    epochs: [...epochs.values()],
  }
}

function readRecord(record: Uint8Array): Record<string, unknown> | undefined {
  const content = record.subarray(0, record.length - digestSize)
  const digest = new Uint8Array(createHash('sha256').update(content).digest())
  if (!isEqualBytes(digest, record.subarray(record.length - digestSize))) return undefined
  const length = new DataView(record.buffer, record.byteOffset).getUint32(lengthAt)
  const value: unknown = JSON.parse(Buffer.from(record.subarray(bodyAt, bodyAt + length)).toString('utf8'))
  return isObject(value) ? value : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function decode(text: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(text), 'base64url'))
}
