import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { readAssertion, type DeviceKey } from '@symbolon/custody/operator'
import { bytesToHex } from '@symbolon/formats/bytes'
import type { VerifyDeviceSignature } from '../ports.ts'

const maximumKeys = 10_000

/**
 * Verifies what device keys sign: ECDSA P-256 with SHA-256, r ‖ s, of software keys; assertions of passkeys, ES256 or EdDSA, that were
 * made in a page of one of these origins. Imported keys are kept, the least recently used one is dropped first, because importing
 * costs more than verifying.
 */
export function createDeviceSignatureVerifier(origins: readonly string[]): {
  readonly verifyDeviceSignature: VerifyDeviceSignature
  readonly isDeviceKey: (deviceKey: DeviceKey) => boolean
} {
  const keys = new Map<string, KeyObject>()
  const load = ({ publicKey }: DeviceKey): KeyObject | undefined => {
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
    verifyDeviceSignature(deviceKey, input, signature) {
      const key = load(deviceKey)
      if (key === undefined) return false
      switch (deviceKey.kind) {
        case 0:
          return signature.length === 64 && verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature)
        case 1:
          return isAssertion(key, signature, { deviceSignatureInput: input, origins })
        case 2:
          return false
      }
    },
    isDeviceKey: (deviceKey) => {
      const type = load(deviceKey)?.asymmetricKeyType
      return deviceKey.kind === 0 ? type === 'ec' : deviceKey.kind === 1 && origins.length > 0 && type !== undefined
    },
  }
}

function isAssertion(key: KeyObject, deviceSignature: Uint8Array, expected: Parameters<typeof readAssertion>[1]): boolean {
  const assertion = readAssertion(deviceSignature, expected)
  if (!assertion.ok) return false
  const { signedBytes, signature } = assertion.value
  // ES256 in ASN.1, EdDSA as it is (WebAuthn Level 3, section 6.5.5).
  return verify(key.asymmetricKeyType === 'ec' ? 'sha256' : null, signedBytes, key, signature)
}

// Only a named P-256 key or an Ed25519 key, each in its one canonical encoding: the issuer hashes these bytes.
function importKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    const isKnown = key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
    return isKnown && key.export({ format: 'der', type: 'spki' }).equals(publicKey) ? key : undefined
  } catch {
    return undefined
  }
}
