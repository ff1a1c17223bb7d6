import { problem, type Problem } from '@symbolon/contracts/problems'
import { acceptOffer, createDeviceState, maskShare, verifyOffer, wipe, type Acceptance } from '@symbolon/custody/device'
import { bytesToHex, hexToBytes, parseBase64url } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { EpochSecrets, Intent, WalletContent } from '../rules/wallet-content.ts'
import { vaultPublicKeyOf, type FlowDependencies, type Session } from './session.ts'

const maximumSends = 3
const initialTries = 5

/** Enrolment of a wallet (2-custody 1.3): one offer, one sealed answer, and only then something durable. */
export async function createWallet(deps: FlowDependencies, session: Session, pin: string): Promise<Result<undefined, Problem>> {
  const offered = await deps.operator.requestOffer()
  if (!offered.ok) return offered
  const { walletId } = offered.value
  const signedOffer = parseBase64url(offered.value.offer)
  if (!signedOffer.ok) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const offer = verifyOffer(deps.primitives, signedOffer.value, {
    vaultPublicKey: vaultPublicKeyOf(deps.directory),
    walletId: hexToBytes(walletId),
    now: deps.clock.nowSeconds(),
  })
  if (!offer.ok) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const { publicKeySpki } = await deps.deviceKey.create()
  const accepted = await acceptOffer(deps.primitives, offer.value, { kind: deps.deviceKey.kind, publicKey: publicKeySpki })
  if (!accepted.ok) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const content = await createContent(deps, { walletId, pin, acceptance: accepted.value })
  const created = await sendAcceptance(deps, walletId, accepted.value.sealed)
  if (!created.ok) return created
  // Stored last: a wallet that the vault has never accepted would be unusable; one that only the vault knows is merely unused.
  await session.store.save(content)
  session.content = content
  return ok(undefined)
}

async function createContent(
  deps: FlowDependencies,
  { walletId, pin, acceptance }: { readonly walletId: string; readonly pin: string; readonly acceptance: Acceptance },
): Promise<WalletContent> {
  const [pinSalt, salt] = [deps.randomBytes(16), deps.randomBytes(32)]
  const stretchedPin = await deps.stretchPin(pin, pinSalt)
  const { share, epochId, key, walletKey } = acceptance
  const maskedShare = maskShare(deps.primitives, share, { walletId: hexToBytes(walletId), salt, stretchedPin })
  wipe(share, stretchedPin)
  const { stored } = createDeviceState<EpochSecrets, Intent>({ eid: bytesToHex(epochId), secrets: { key, maskedShare, salt } })
  return { walletId, walletKey, pinSalt, stored, triesLeft: initialTries, isFrozen: false, purchases: [], cards: [] }
}

async function sendAcceptance(deps: FlowDependencies, walletId: string, sealed: Uint8Array): Promise<Result<undefined, Problem>> {
  for (let count = 1; ; count += 1) {
    const created = await deps.operator.acceptOffer(walletId, sealed)
    if (created.ok) return created.value.walletId === walletId ? ok(undefined) : fail(problem('WALLET_ANSWER_UNVERIFIED'))
    if (created.problem.code !== 'SERVICE_FAULT' || count === maximumSends) return created
    await deps.clock.wait(300)
  }
}
