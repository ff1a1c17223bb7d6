import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { encodeDeviceSignatureInput, readAssertion, verifyJointSignature } from '@symbolon/custody/issuer'
import { bytesToBase64url } from '@symbolon/formats/bytes'
import type { SignatureVerifier, SignedBytes, VerificationKeys } from '../flows/ports.ts'
import type { SignatureFacts } from '../rules/binding.ts'

const rememberedKeys = 10_000

/** Imported keys are remembered, because importing one costs more than a verification. */
export function createSignatureVerifier(deviceOrigins: readonly string[]): SignatureVerifier {
  const importDeviceKey = remember(parseDeviceKey)
  const importJointKey = remember(parseJointKey)
  const verifyPayment = (signed: SignedBytes, keys: VerificationKeys): SignatureFacts => {
    const { message, signature, deviceSignature } = signed
    const jointKey = importJointKey(keys.jointPublicKey)
    const deviceKey = importDeviceKey(keys.deviceKey)
    return {
      isJointValid: jointKey !== undefined && signature.length === 64 && verify(null, message, jointKey, signature),
      ...(deviceKey === undefined
        ? { isDeviceValid: false }
        : verifyDevice(deviceKey, { kind: keys.deviceKeyKind, message, deviceSignature, origins: deviceOrigins })),
    }
  }
  return {
    verifyPayment,
    verifyBinding: (signed, keys) => {
      const facts = verifyPayment(signed, keys)
      const strict = { walletKey: keys.jointPublicKey, message: signed.message, signature: signed.signature }
      return { ...facts, isJointValid: facts.isJointValid && verifyJointSignature(strict) }
    },
  }
}

function remember(parse: (bytes: Uint8Array) => KeyObject | undefined): (bytes: Uint8Array) => KeyObject | undefined {
  const keys = new Map<string, KeyObject>()
  return (bytes) => {
    const name = bytesToBase64url(bytes)
    const key = keys.get(name) ?? parse(bytes)
    if (key === undefined) return undefined
    keys.delete(name)
    keys.set(name, key)
    const oldest = keys.size > rememberedKeys ? keys.keys().next().value : undefined
    if (oldest !== undefined) keys.delete(oldest)
    return key
  }
}

type DeviceSigned = {
  readonly kind: number
  readonly message: Uint8Array
  readonly deviceSignature: Uint8Array
  readonly origins: readonly string[]
}

function verifyDevice(key: KeyObject, { kind, message, deviceSignature, origins }: DeviceSigned): Omit<SignatureFacts, 'isJointValid'> {
  const deviceSignatureInput = encodeDeviceSignatureInput(message)
  if (kind === 0) return { isDeviceValid: isSoftwareSignature(key, deviceSignatureInput, deviceSignature) }
  const read = kind === 1 ? readAssertion(deviceSignature, { deviceSignatureInput, origins }) : undefined
  if (read?.ok !== true) return { isDeviceValid: false }
  const { signedBytes, signature, ...assertion } = read.value
  // ES256 in ASN.1, EdDSA as it is (WebAuthn Level 3, section 6.5.5).
  const isDeviceValid = verify(key.asymmetricKeyType === 'ec' ? 'sha256' : null, signedBytes, key, signature)
  return isDeviceValid ? { isDeviceValid, assertion } : { isDeviceValid }
}

function isSoftwareSignature(key: KeyObject, input: Uint8Array, signature: Uint8Array): boolean {
  return key.asymmetricKeyType === 'ec' && signature.length === 64 && verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

function parseDeviceKey(spki: Uint8Array): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined
  } catch {
    return undefined
  }
}

function parseJointKey(point: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytesToBase64url(point) }, format: 'jwk' })
  } catch {
    return undefined
  }
}
