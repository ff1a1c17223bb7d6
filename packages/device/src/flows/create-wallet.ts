import { problem, type Problem } from '@symbolon/contracts/problems'
import {
  acceptOffer,
  createDeviceState,
  encodePasskeyFrame,
  createStopCode,
  hashStopCode,
  maskShare,
  verifyOffer,
  wipe,
  type Acceptance,
} from '@symbolon/custody/device'
import { bytesToHex, hexToBytes, parseBase64url } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import type { DeviceKeyFacts } from '../ports.ts'
import { pinFactor } from '../rules/pin-factor.ts'
import type { EpochSecrets, Intent, WalletContent, WalletProtection } from '../rules/wallet-content.ts'
import { stretchIfAny, type FlowDependencies, type Session } from './session.ts'
import { hasVaultKey, verifyByVaultKey } from './trust.ts'

const maximumSends = 3
const initialTries = 5

/** `pin` is empty when the passkey is to be the only factor. `keepsDeviceKey`: a key of the right kind that is there already goes on being used. */
export type WalletSecrets = { readonly protection: WalletProtection; readonly pin: string; readonly keepsDeviceKey?: boolean }

/**
 * Enrolment of a wallet (docs/custody.md 3): one offer, one sealed answer, and only then something durable. Answers the stop code, which is
 * written nowhere: the vault knows its hash, and the person has to keep it away from this device.
 */
export async function createWallet(deps: FlowDependencies, session: Session, secrets: WalletSecrets): Promise<Result<string, Problem>> {
  if (!(await hasVaultKey(deps.trust))) return fail(problem('WALLET_KEY_UNCERTIFIED'))
  const offered = await deps.operator.requestOffer()
  if (!offered.ok) return offered
  const { walletId } = offered.value
  const signedOffer = parseBase64url(offered.value.offer)
  if (!signedOffer.ok) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const expected = { walletId: hexToBytes(walletId), now: deps.clock.nowSeconds() }
  const offer = await verifyByVaultKey(deps.trust, (vaultPublicKey) =>
    verifyOffer(deps.primitives, signedOffer.value, { ...expected, vaultPublicKey }),
  )
  if (offer === undefined) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const salt = deps.randomBytes(32)
  const made = await haveDeviceKey(deps, secrets, { walletId, salt })
  if (!made.ok) return fail(problem(made.problem.code))
  const stopCode = createStopCode(deps)
  const accepted = await acceptOffer(deps.primitives, offer, {
    deviceKey: { kind: made.value.kind, publicKey: made.value.publicKeySpki },
    stopCodeHash: hashStopCode(stopCode),
  })
  if (!accepted.ok) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const content = await createContent(deps, { walletId, secrets, salt, prf: made.value.prf, acceptance: accepted.value })
  const created = await sendAcceptance(deps, walletId, accepted.value.sealed)
  if (!created.ok) return created
  // Stored last: a wallet that the vault has never accepted would be unusable; one that only the vault knows is merely unused.
  await session.store.save(content)
  session.content = content
  session.closing = undefined
  return ok(stopCode)
}

async function haveDeviceKey(
  deps: FlowDependencies,
  { protection, keepsDeviceKey = false }: WalletSecrets,
  { walletId, salt }: { readonly walletId: string; readonly salt: Uint8Array },
): ReturnType<FlowDependencies['deviceKey']['create']> {
  const found = keepsDeviceKey ? await deps.deviceKey.find() : undefined
  if (found?.kind === 0 && protection === 'pin') return ok(found)
  if (found?.kind === 1 && protection !== 'pin') {
    const kept = await askForPrf(deps, found, { walletId, salt })
    // It did not answer: the wallet gets a new one, and nothing vouches for it.
    if (kept.ok) return kept
  }
  return await deps.deviceKey.create(protection === 'pin' ? { kind: 0 } : { kind: 1, walletId: hexToBytes(walletId), salt })
}

// The same passkey under the first salt of another wallet. Its assertion over a frame that is no message goes nowhere.
async function askForPrf(
  deps: FlowDependencies,
  found: DeviceKeyFacts,
  { walletId, salt }: { readonly walletId: string; readonly salt: Uint8Array },
): ReturnType<FlowDependencies['deviceKey']['create']> {
  const answered = await deps.deviceKey.sign(encodePasskeyFrame(hexToBytes(walletId)), { current: salt, next: salt })
  if (!answered.ok) return answered
  const { prf } = answered.value
  return prf === undefined ? fail({ code: 'WALLET_PASSKEY_UNSUPPORTED' }) : ok({ ...found, prf: prf.current })
}

type Creation = {
  readonly walletId: string
  readonly secrets: WalletSecrets
  readonly salt: Uint8Array
  readonly prf: Uint8Array | undefined
  readonly acceptance: Acceptance
}

async function createContent(deps: FlowDependencies, { walletId, secrets, salt, prf, acceptance }: Creation): Promise<WalletContent> {
  const { protection, pin } = secrets
  assert((protection === 'pin') === (prf === undefined), 'a wallet with a passkey has its PRF, and no other')
  const pinSalt = deps.randomBytes(16)
  const stretchedPin = await stretchIfAny(deps, { protection, pin, pinSalt })
  const { share, epochId, key, walletKey } = acceptance
  const maskedShare = maskShare(deps.primitives, share, pinFactor({ walletId, salt, stretchedPin, prf }))
  wipe(share, stretchedPin, ...(prf === undefined ? [] : [prf]))
  const { stored } = createDeviceState<EpochSecrets, Intent>({ eid: bytesToHex(epochId), secrets: { key, maskedShare, salt } })
  return { walletId, walletKey, pinSalt, stored, triesLeft: initialTries, isFrozen: false, purchases: [], cards: [], protection }
}

async function sendAcceptance(deps: FlowDependencies, walletId: string, sealed: Uint8Array): Promise<Result<undefined, Problem>> {
  for (let count = 1; ; count += 1) {
    const created = await deps.operator.acceptOffer(walletId, sealed)
    if (created.ok) return created.value.walletId === walletId ? ok(undefined) : fail(problem('WALLET_ANSWER_UNVERIFIED'))
    if (created.problem.code !== 'SERVICE_FAULT' || count === maximumSends) return created
    await deps.clock.wait(300)
  }
}
