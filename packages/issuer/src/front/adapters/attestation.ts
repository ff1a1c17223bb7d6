import { setTimeout as wait } from 'node:timers/promises'
import { SettingsService, verifyRegistrationResponse } from '@simplewebauthn/server'
import { cose, decodeAttestationObject, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers'
import { deriveRegistrationChallenge } from '@symbolon/custody/issuer'
import type { AttestationLevel } from '@symbolon/contracts/key-protection'
import { bytesToBase64url, concatBytes, isEqualBytes } from '@symbolon/formats/bytes'
import type { JudgeRegistration, SubmittedRegistration } from '../flows/ports.ts'

const patienceMs = 3_000
/** ES256 and EdDSA, as the vault takes them. */
const algorithms = [-7, -8]
/** Formats whose statement is a chain of certificates (WebAuthn Level 3, section 8). */
const certifiedFormats = ['packed', 'tpm', 'android-key', 'apple', 'fido-u2f'] as const

/**
 * Judges registrations of passkeys. A chain counts only when it ends at one of these roots (PEM): without any, no authenticator is
 * called attested. The library's own roots and metadata are not used.
 */
export function createAttestationJudge(roots: readonly string[], deviceOrigins: readonly string[]): JudgeRegistration {
  for (const identifier of certifiedFormats) SettingsService.setRootCertificates({ identifier, certificates: [...roots] })
  SettingsService.setRootCertificates({ identifier: 'android-safetynet', certificates: [...roots] })
  return async (registration) => {
    try {
      return await withinPatience(judge(registration, { hasRoots: roots.length > 0, deviceOrigins }))
    } catch {
      // The library says no by throwing, for malformed bytes and wrong signatures alike.
      return 'none'
    }
  }
}

// A chain that ends at a configured root may name a list of revoked certificates, which the library fetches without a limit.
async function withinPatience(judging: Promise<AttestationLevel>): Promise<AttestationLevel> {
  const stop = new AbortController()
  try {
    return await Promise.race([judging, wait(patienceMs, 'none' as const, { signal: stop.signal })])
  } finally {
    stop.abort()
  }
}

type Policy = { readonly hasRoots: boolean; readonly deviceOrigins: readonly string[] }

async function judge(registration: SubmittedRegistration, { hasRoots, deviceOrigins }: Policy): Promise<AttestationLevel> {
  const { attestationObject, clientDataJson, walletId, deviceKey } = registration
  const decoded = decodeAttestationObject(new Uint8Array(attestationObject))
  const isCertified = decoded.get('attStmt').get('x5c') !== undefined
  const format = decoded.get('fmt')
  // A chain that ends nowhere proves nothing, and the library would not look at it.
  if (isCertified && (!hasRoots || !certifiedFormats.some((one) => one === format))) return 'none'
  // The library looks at the name of the credential only to see that it has one.
  const id = 'AA'
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      response: { attestationObject: bytesToBase64url(attestationObject), clientDataJSON: bytesToBase64url(clientDataJson) },
      clientExtensionResults: {},
    },
    expectedChallenge: bytesToBase64url(deriveRegistrationChallenge(walletId)),
    expectedOrigin: [...deviceOrigins],
    expectedRPID: deviceOrigins.map((origin) => new URL(origin).hostname),
    supportedAlgorithmIDs: algorithms,
  })
  if (!verified || !isSameKey(registrationInfo.credential.publicKey, deviceKey)) return 'none'
  if (isCertified) return 'verified'
  return format === 'packed' ? 'self' : 'none'
}

// An SPKI of either kind ends with its coordinates.
function isSameKey(coseKey: Uint8Array, spki: Uint8Array): boolean {
  const point = readPoint(new Uint8Array(coseKey))
  return point !== undefined && point.length >= 32 && isEqualBytes(spki.subarray(spki.length - point.length), point)
}

function readPoint(coseKey: Uint8Array<ArrayBuffer>): Uint8Array | undefined {
  const key = decodeCredentialPublicKey(coseKey)
  if (cose.isCOSEPublicKeyOKP(key)) return key.get(cose.COSEKEYS.x)
  if (!cose.isCOSEPublicKeyEC2(key)) return undefined
  const [x, y] = [key.get(cose.COSEKEYS.x), key.get(cose.COSEKEYS.y)]
  return x === undefined || y === undefined ? undefined : concatBytes(x, y)
}
