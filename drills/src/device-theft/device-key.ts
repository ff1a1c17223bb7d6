import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { hexToBytes, isEqualBytes } from '@symbolon/formats/bytes'
import type { ProfileFile } from './live.ts'

const blockSize = 32_768
const recordHeader = 7
/** PKCS #8 of a P-256 key (RFC 5958, RFC 5915): what stands before the 32 bytes of the scalar. */
const beforeScalar = hexToBytes('308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420')
const keySize = beforeScalar.length + 32 + 70

/** Files as they lie, and LevelDB logs once more without the block headers that may cut a value in two. */
export function withLogsJoined(files: readonly ProfileFile[]): readonly ProfileFile[] {
  return files.flatMap((file) => (file.path.endsWith('.log') ? [file, { ...file, bytes: joinLog(file.bytes) }] : [file]))
}

// LevelDB log format: blocks of 32 KiB, records with checksum (4), length (2) and type (1).
function joinLog(log: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  for (let offset = 0; offset + recordHeader <= log.length;) {
    const left = blockSize - (offset % blockSize)
    const length = (log[offset + 4] ?? 0) + 256 * (log[offset + 5] ?? 0)
    if (left < recordHeader || length === 0) {
      offset += left
      continue
    }
    parts.push(log.subarray(offset + recordHeader, offset + recordHeader + length))
    offset += recordHeader + length
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Signs with every P-256 private key that lies in the files, and answers whether one of them is the device's. */
export function signsAsDevice(files: readonly ProfileFile[], devicePublicKey: Uint8Array, message: Uint8Array): boolean {
  return listPrivateKeys(files).some((der) => {
    const privateKey = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    const signature = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    const publicKey = createPublicKey({ key: Buffer.from(devicePublicKey), format: 'der', type: 'spki' })
    return verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)
  })
}

function listPrivateKeys(files: readonly ProfileFile[]): readonly Uint8Array[] {
  const keys: Uint8Array[] = []
  for (const { bytes } of files) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = buffer.indexOf(beforeScalar); at >= 0; at = buffer.indexOf(beforeScalar, at + 1)) {
      const key = bytes.slice(at, at + keySize)
      if (!keys.some((known) => isEqualBytes(known, key))) keys.push(key)
    }
  }
  return keys
}
