import { deriveAssertionChallenge, deriveRegistrationChallenge, encodeAssertion, encodePrfInput } from '@symbolon/custody/device'
import { maximumDeviceSignatureBytes } from '@symbolon/contracts/issuer-link'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { CreatedDeviceKey, DeviceKeyProblem, DeviceSignature, PasskeyRegistration, PrfSalts } from '../../ports.ts'

/** A passkey as this browser remembers it. Nothing of it is secret: the key is in the authenticator. */
export type StoredPasskey = {
  readonly credentialId: Uint8Array
  readonly publicKeySpki: Uint8Array
  readonly registration?: PasskeyRegistration
}

// The message that is signed is good for a minute, by the vault's clock (docs/custody.md 2).
const gestureMs = 45_000
const creationMs = 120_000
// A chain of certificates longer than this stays here: the issuer then hears no attestation.
const maximumAttestationBytes = 6_000
const name = '카드 지갑 · Card wallet'
const es256 = -7
const eddsa = -8

const unanswered = fail({ code: 'WALLET_PASSKEY_UNANSWERED' } satisfies DeviceKeyProblem)
const unsupported = fail({ code: 'WALLET_PASSKEY_UNSUPPORTED' } satisfies DeviceKeyProblem)

/** Whether this browser says that it has an authenticator of its own that verifies a person and computes a PRF. */
export async function hasPasskeySupport(): Promise<boolean> {
  if (!('PublicKeyCredential' in globalThis) || !('getClientCapabilities' in PublicKeyCredential)) return false
  const capabilities = await PublicKeyCredential.getClientCapabilities()
  return capabilities['extension:prf'] === true && capabilities['userVerifyingPlatformAuthenticator'] === true
}

/**
 * Makes a passkey for a wallet under the host of this page. Authenticators that compute their PRF only when they sign are asked for a
 * second gesture. A passkey without PRF, or a browser that does not say in whose page the frame is, is no use here.
 */
export async function createPasskey(
  walletId: Uint8Array,
  salt: Uint8Array,
): Promise<Result<CreatedDeviceKey & { readonly stored: StoredPasskey }, DeviceKeyProblem>> {
  const created = await ask(() => navigator.credentials.create({ publicKey: creationOptions(walletId, salt) }))
  if (!created.ok) return created
  const { response, rawId } = created.value
  if (!(response instanceof AuthenticatorAttestationResponse)) return unsupported
  const publicKeySpki = response.getPublicKey()
  const { prf } = created.value.getClientExtensionResults()
  if (publicKeySpki === null || prf?.enabled !== true || !namesItsPage(response.clientDataJSON)) {
    await forget(rawId)
    return unsupported
  }
  const registration = registrationOf(response)
  const stored: StoredPasskey = {
    credentialId: new Uint8Array(rawId),
    publicKeySpki: new Uint8Array(publicKeySpki),
    ...(registration === undefined ? {} : { registration }),
  }
  const first = prf.results?.first === undefined ? await evaluate(stored, salt) : ok(bytesOf(prf.results.first))
  return first.ok ? ok({ kind: 1, publicKeySpki: stored.publicKeySpki, prf: first.value, stored, ...optional(registration) }) : first
}

/** One gesture: the assertion over the message's frame, and the PRF for both salts if they are given. */
export async function signWithPasskey(
  passkey: StoredPasskey,
  deviceSignatureInput: Uint8Array,
  salts: PrfSalts | undefined,
): Promise<Result<DeviceSignature, DeviceKeyProblem>> {
  const asked = salts === undefined ? {} : { prf: { eval: { first: encodeInput(salts.current), second: encodeInput(salts.next) } } }
  const answered = await ask(() =>
    navigator.credentials.get({ publicKey: requestOptions(passkey, deriveAssertionChallenge(deviceSignatureInput), asked) }),
  )
  if (!answered.ok) return answered
  const { response } = answered.value
  if (!(response instanceof AuthenticatorAssertionResponse)) return unsupported
  const parts = {
    authenticatorData: new Uint8Array(response.authenticatorData),
    clientDataJson: new Uint8Array(response.clientDataJSON),
    signature: new Uint8Array(response.signature),
  }
  const encoded = encodeAssertion(parts, deviceSignatureInput)
  if (!encoded.ok || encoded.value.length > maximumDeviceSignatureBytes) return unsupported
  if (salts === undefined) return ok({ kind: 1, signature: encoded.value })
  const results = answered.value.getClientExtensionResults().prf?.results
  if (results?.second === undefined) return unsupported
  return ok({ kind: 1, signature: encoded.value, prf: { current: bytesOf(results.first), next: bytesOf(results.second) } })
}

function creationOptions(walletId: Uint8Array, salt: Uint8Array): PublicKeyCredentialCreationOptions {
  return {
    rp: { id: location.hostname, name },
    user: { id: new Uint8Array(walletId), name, displayName: name },
    challenge: new Uint8Array(deriveRegistrationChallenge(walletId)),
    pubKeyCredParams: [
      { type: 'public-key', alg: es256 },
      { type: 'public-key', alg: eddsa },
    ],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    attestation: 'direct',
    timeout: creationMs,
    extensions: { prf: { eval: { first: encodeInput(salt) } } },
  }
}

function requestOptions(
  { credentialId }: StoredPasskey,
  challenge: Uint8Array,
  extensions: AuthenticationExtensionsClientInputs,
): PublicKeyCredentialRequestOptions {
  return {
    rpId: location.hostname,
    challenge: new Uint8Array(challenge),
    allowCredentials: [{ type: 'public-key', id: new Uint8Array(credentialId) }],
    userVerification: 'required',
    timeout: gestureMs,
    extensions,
  }
}

async function evaluate(passkey: StoredPasskey, salt: Uint8Array): Promise<Result<Uint8Array, DeviceKeyProblem>> {
  const asked = { prf: { eval: { first: encodeInput(salt) } } }
  const answered = await ask(() =>
    navigator.credentials.get({ publicKey: requestOptions(passkey, crypto.getRandomValues(new Uint8Array(32)), asked) }),
  )
  if (!answered.ok) return answered
  const results = answered.value.getClientExtensionResults().prf?.results
  return results === undefined ? unsupported : ok(bytesOf(results.first))
}

// Whether the person refused, the authenticator is gone or the time ran out is one word in every browser, on purpose.
async function ask(gesture: () => Promise<Credential | null>): Promise<Result<PublicKeyCredential, DeviceKeyProblem>> {
  try {
    const credential = await gesture()
    return credential instanceof PublicKeyCredential ? ok(credential) : unanswered
  } catch (error) {
    const isImpossible = error instanceof DOMException && (error.name === 'NotSupportedError' || error.name === 'SecurityError')
    return isImpossible ? unsupported : unanswered
  }
}

/** In a frame of another site the client data must say whose page it is, or the issuer would have to believe anything. */
function namesItsPage(clientDataJson: ArrayBuffer): boolean {
  if (window.top === window) return true
  const value: unknown = JSON.parse(new TextDecoder().decode(clientDataJson))
  return typeof value === 'object' && value !== null && 'topOrigin' in value && typeof value.topOrigin === 'string'
}

// A passkey that cannot be used shall not stay in the person's list where the browser lets a page say so.
async function forget(rawId: ArrayBuffer): Promise<void> {
  if (!('signalUnknownCredential' in PublicKeyCredential)) return
  const credentialId = btoa(String.fromCharCode(...new Uint8Array(rawId)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
  await PublicKeyCredential.signalUnknownCredential({ rpId: location.hostname, credentialId }).catch(() => undefined)
}

function registrationOf(response: AuthenticatorAttestationResponse): PasskeyRegistration | undefined {
  if (response.attestationObject.byteLength > maximumAttestationBytes) return undefined
  return { attestationObject: new Uint8Array(response.attestationObject), clientDataJson: new Uint8Array(response.clientDataJSON) }
}

function optional(registration: PasskeyRegistration | undefined): { readonly registration?: PasskeyRegistration } {
  return registration === undefined ? {} : { registration }
}

function encodeInput(salt: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encodePrfInput(salt))
}

function bytesOf(source: BufferSource): Uint8Array {
  return source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
}
