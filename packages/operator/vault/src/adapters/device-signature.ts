import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { bytesToHex } from '@symbolon/formats/bytes'

const maximumKeys = 10_000

/**
 * Verifies signatures of software device keys: ECDSA P-256 with SHA-256, r ‖ s. Imported keys are kept, the least recently used one is
 * dropped first, because importing costs more than verifying.
 */
export function createDeviceSignatureVerifier(): {
  readonly verifyDeviceSignature: (publicKey: Uint8Array, input: Uint8Array, signature: Uint8Array) => boolean
  readonly isDeviceKey: (publicKey: Uint8Array) => boolean
} {
  const keys = new Map<string, KeyObject>()
  const load = (publicKey: Uint8Array): KeyObject | undefined => {
    const name = bytesToHex(publicKey)
    const key = keys.get(name) ?? importKey(publicKey)
    if (key === undefined) return undefined
    keys.delete(name)
    keys.set(name, key)
    const [oldest] = keys.keys()
    if (keys.size > maximumKeys && oldest !== undefined) keys.delete(oldest)
    return key
  }
  return {
    verifyDeviceSignature(publicKey, input, signature) {
      const key = load(publicKey)
      return key !== undefined && signature.length === 64 && verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature)
    },
    isDeviceKey: (publicKey) => load(publicKey) !== undefined,
  }
}

// Only a named P-256 key in its one canonical encoding: the issuer hashes these bytes.
function importKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined
    return key.export({ format: 'der', type: 'spki' }).equals(publicKey) ? key : undefined
  } catch {
    return undefined
  }
}
