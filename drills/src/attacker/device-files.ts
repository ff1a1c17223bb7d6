import { createHash } from 'node:crypto'
import type { ByteFile, WalletStorage } from '@symbolon/device'
import { isEqualBytes } from '@symbolon/formats/bytes'

/** The bytes of a wallet's files at one moment. */
export type FileImage = { readonly state: Uint8Array; readonly records: Uint8Array }
/** Files of a device that an attacker can image at any time, and start another device from. */
export type DeviceFiles = { readonly storage: WalletStorage; image(): FileImage }

export function createDeviceFiles(image: FileImage = { state: new Uint8Array(0), records: new Uint8Array(0) }): DeviceFiles {
  const [state, records] = [createFile(image.state), createFile(image.records)]
  let isHeld = false
  const release = async (): Promise<void> => {
    isHeld = false
  }
  return {
    image: () => ({ state: state.content(), records: records.content() }),
    storage: {
      acquire: async () => {
        if (isHeld) return { ok: false, problem: { code: 'WALLET_IN_USE' } }
        isHeld = true
        return { ok: true, value: { state, records, release } }
      },
    },
  }
}

function createFile(initial: Uint8Array): ByteFile & { content(): Uint8Array } {
  let content = initial.slice()
  return {
    content: () => content.slice(),
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

/**
 * Reads both copies of the wallet's record out of the bytes of its file, as a thief does who knows the format (generation 8 ‖ length
 * 4 ‖ JSON ‖ zeros ‖ SHA-256). Every epoch in either copy is loot.
 */
export function readDeviceFile(file: Uint8Array): DeviceLoot {
  const size = file.length / 2
  const bodies = [file.subarray(0, size), file.subarray(size)].map(readRecord).filter((body) => body !== undefined)
  const [first] = bodies
  if (first === undefined) throw new Error('the stolen file holds no wallet')
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
