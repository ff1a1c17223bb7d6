import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToBase64url, concatBytes, isEqualBytes, parseUtf8, utf8ToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { variableBytes } from './fields.ts'
import { defineFrame, encodeFrame } from './frame.ts'
import type { CustodyProblem } from './problem.ts'

/** What an authenticator answers to navigator.credentials.get (WebAuthn Level 3, section 6.3.3). */
export type AuthenticatorAnswer = {
  readonly authenticatorData: Uint8Array
  readonly clientDataJson: Uint8Array
  readonly signature: Uint8Array
}

/** An assertion as a verifier reads it: `signedBytes` under `signature`, and what the authenticator and the browser say in them. */
export type Assertion = {
  readonly signedBytes: Uint8Array
  readonly signature: Uint8Array
  readonly isBackupEligible: boolean
  readonly signCount: number
  readonly origin: string
  readonly isCrossOrigin: boolean
  readonly topOrigin: string | undefined
}

/** Why an assertion is not believed, in the order in which it is looked at. */
export type AssertionFault =
  | 'assertion-malformed'
  | 'assertion-other-origin'
  | 'assertion-other-relying-party'
  | 'assertion-user-absent'
  | 'assertion-user-unverified'
  | 'assertion-flags-contradict'

/**
 * sig_hw of a passkey. The head of the client data (type and challenge) does not travel: the verifier writes it from the message in
 * its hands, so an assertion made for another message cannot even be spoken of.
 */
const assertionFrame = defineFrame('assertion', {
  authenticatorData: variableBytes(37, 300),
  clientDataTail: variableBytes(1, 400),
  signature: variableBytes(64, 80),
})
const flagBits = { present: 0x01, verified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40, extended: 0x80 } as const
const plainSize = 37

/** The challenge of a passkey: SHA-256(frame(hw; m)), given the frame. */
export function deriveAssertionChallenge(deviceSignatureInput: Uint8Array): Uint8Array {
  return sha256(deviceSignatureInput)
}

/** frame(passkey; wallet): what a passkey is asked about when it begins to protect a wallet. It is no message, so nothing is signed. */
export function encodePasskeyFrame(walletId: Uint8Array): Uint8Array {
  return encodeFrame('passkey', [walletId])
}

/** The challenge of a new passkey. It names the wallet, so that a registration is not shown for another one. */
export function deriveRegistrationChallenge(walletId: Uint8Array): Uint8Array {
  return sha256(encodePasskeyFrame(walletId))
}

/** frame(prf; salt): what a passkey's PRF is asked about (docs/custody.md 9). */
export function encodePrfInput(salt: Uint8Array): Uint8Array {
  return encodeFrame('prf', [salt])
}

/** frame(assertion; ..): sig_hw of kind 1. Refuses client data that does not begin as WebAuthn Level 3, section 5.8.1.1 writes it. */
export function encodeAssertion(answer: AuthenticatorAnswer, deviceSignatureInput: Uint8Array): Result<Uint8Array, CustodyProblem> {
  const head = clientDataHead(deviceSignatureInput)
  const { authenticatorData, clientDataJson, signature } = answer
  const isWhole = isEqualBytes(clientDataJson.subarray(0, head.length), head)
  const bytes = isWhole && encodeWhenItFits({ authenticatorData, clientDataTail: clientDataJson.subarray(head.length), signature })
  return bytes === false ? fail({ code: 'CUSTODY_FRAME_INVALID' }) : ok(bytes)
}

function encodeWhenItFits(fields: Parameters<typeof assertionFrame.encode>[0]): Uint8Array | false {
  const { authenticatorData: data, clientDataTail: tail, signature } = fields
  const fits = data.length >= plainSize && data.length <= 300 && tail.length >= 1 && tail.length <= 400
  return fits && signature.length >= 64 && signature.length <= 80 && assertionFrame.encode(fields)
}

/**
 * Reads sig_hw of kind 1 and decides everything but the signature itself (WebAuthn Level 3, section 7.2): made for this message, in a
 * page of one of these origins whose host is the relying party, by a person who was present and verified.
 */
export function readAssertion(
  deviceSignature: Uint8Array,
  expected: { readonly deviceSignatureInput: Uint8Array; readonly origins: readonly string[] },
): Result<Assertion, { readonly kind: AssertionFault }> {
  const parsed = assertionFrame.parse(deviceSignature)
  if (!parsed.ok) return fail({ kind: 'assertion-malformed' })
  const { authenticatorData, clientDataTail, signature } = parsed.value
  const clientDataJson = concatBytes(clientDataHead(expected.deviceSignatureInput), clientDataTail)
  const client = parseClientData(clientDataJson, expected.deviceSignatureInput)
  const flags = authenticatorData[32] ?? 0
  if (client === undefined || !hasWholeShape(authenticatorData, flags)) return fail({ kind: 'assertion-malformed' })
  if (!expected.origins.includes(client.origin)) return fail({ kind: 'assertion-other-origin' })
  if (!isEqualBytes(authenticatorData.subarray(0, 32), hashRelyingParty(client.origin))) {
    return fail({ kind: 'assertion-other-relying-party' })
  }
  if ((flags & flagBits.present) === 0) return fail({ kind: 'assertion-user-absent' })
  if ((flags & flagBits.verified) === 0) return fail({ kind: 'assertion-user-unverified' })
  const isBackupEligible = (flags & flagBits.backupEligible) !== 0
  // Section 6.1.3: what cannot be backed up is not backed up.
  if (!isBackupEligible && (flags & flagBits.backedUp) !== 0) return fail({ kind: 'assertion-flags-contradict' })
  return ok({
    signedBytes: concatBytes(authenticatorData, sha256(clientDataJson)),
    signature,
    isBackupEligible,
    signCount: authenticatorData.subarray(33, plainSize).reduce((sum, byte) => sum * 256 + byte, 0),
    origin: client.origin,
    isCrossOrigin: client.isCrossOrigin,
    topOrigin: client.topOrigin,
  })
}

/** SHA-256 of the relying party id, which is the host of the device origin. */
export function hashRelyingParty(origin: string): Uint8Array {
  return sha256(utf8ToBytes(origin.replace(/^https?:\/\//u, '').replace(/:[0-9]+$/u, '')))
}

function clientDataHead(deviceSignatureInput: Uint8Array): Uint8Array {
  const challenge = bytesToBase64url(deriveAssertionChallenge(deviceSignatureInput))
  return utf8ToBytes(`{"type":"webauthn.get","challenge":"${challenge}",`)
}

type ClientData = { readonly origin: string; readonly isCrossOrigin: boolean; readonly topOrigin: string | undefined }

// The last of two members of one name counts in JSON: type and challenge are compared again, so that the tail cannot override the head.
function parseClientData(clientDataJson: Uint8Array, deviceSignatureInput: Uint8Array): ClientData | undefined {
  const value = parseJson(clientDataJson)
  if (typeof value !== 'object' || value === null) return undefined
  const members: Readonly<Record<string, unknown>> = { ...value }
  const { type, challenge, origin, crossOrigin = false, topOrigin } = members
  if (type !== 'webauthn.get' || challenge !== bytesToBase64url(deriveAssertionChallenge(deviceSignatureInput))) return undefined
  if (typeof origin !== 'string' || typeof crossOrigin !== 'boolean') return undefined
  return topOrigin === undefined || typeof topOrigin === 'string' ? { origin, isCrossOrigin: crossOrigin, topOrigin } : undefined
}

function parseJson(bytes: Uint8Array): unknown {
  const text = parseUtf8(bytes)
  if (!text.ok) return undefined
  try {
    return JSON.parse(text.value)
  } catch {
    return undefined
  }
}

// An assertion carries no credential; bytes behind the counter are extensions and flagged as such.
function hasWholeShape(authenticatorData: Uint8Array, flags: number): boolean {
  const isExtended = (flags & flagBits.extended) !== 0
  return (flags & flagBits.attested) === 0 && authenticatorData.length > plainSize === isExtended
}
