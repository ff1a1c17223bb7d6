import { concatBytes, isEqualBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { advanceDeviceShare, advanceVaultShare } from './epoch.ts'
import { exportEpochSecrets, hashTranscript } from './exchange.ts'
import { tagOf } from './frame.ts'
import { wipe } from './hashes.ts'
import { frames } from './messages.ts'
import type { Primitives } from './primitives.ts'
import type { CustodyProblem } from './problem.ts'
import { provePossession, verifyPossession } from './proof.ts'
import type { SignAsVault } from './slot.ts'
import type { Acceptance, DeviceKey, EnrolledWallet, ExportContext, Offer, PendingOffer } from './types.ts'

const info = utf8ToBytes(tagOf('enrol-seal'))
const signatureSize = 64
const encapsulatedSize = 32

/** The vault's first word: its key half with a proof, and a sealing key for the answer, under vk_V. What is pending stays in RAM. */
export async function createOffer(
  primitives: Primitives,
  signAsVault: SignAsVault,
  input: { readonly walletId: Uint8Array; readonly expiresAt: number },
): Promise<{ readonly signedOffer: Uint8Array; readonly pending: PendingOffer }> {
  const sessionId = primitives.randomBytes(16)
  const { share, point, proof } = createKeyHalf(primitives, sessionId, 'vault')
  const sealingKeyPair = await primitives.suite.GenerateKeyPair()
  const sealingKey = await primitives.suite.SerializePublicKey(sealingKeyPair.publicKey)
  const fields = { ...input, sessionId, vaultPoint: point, proof, sealingKey }
  const bytes = frames.offer.encode(fields)
  const pending: PendingOffer = { offer: { ...fields, bytes }, share, sealingKeyPair }
  return { signedOffer: concatBytes(bytes, signAsVault(bytes)), pending }
}

/** Believes an offer only if the vault signed it for this wallet, it has not expired, and the vault knows its half. */
export function verifyOffer(
  primitives: Primitives,
  signedOffer: Uint8Array,
  expected: { readonly vaultPublicKey: Uint8Array; readonly walletId: Uint8Array; readonly now: number },
): Result<Offer, CustodyProblem> {
  const bytes = signedOffer.slice(0, Math.max(signedOffer.length - signatureSize, 0))
  if (!primitives.group.verify(signedOffer.subarray(bytes.length), bytes, expected.vaultPublicKey)) {
    return fail({ code: 'CUSTODY_SIGNATURE_INVALID' })
  }
  const offer = frames.offer.parse(bytes)
  if (!offer.ok) return offer
  const { walletId, expiresAt, sessionId, vaultPoint, proof } = offer.value
  if (!isEqualBytes(walletId, expected.walletId)) return fail({ code: 'CUSTODY_MISMATCH' })
  if (expiresAt <= expected.now) return fail({ code: 'CUSTODY_EXPIRED' })
  if (!primitives.group.isValidPoint(vaultPoint)) return fail({ code: 'CUSTODY_POINT_INVALID' })
  if (!verifyPossession(primitives.group, { sessionId, role: 'vault', point: vaultPoint }, proof)) {
    return fail({ code: 'CUSTODY_PROOF_INVALID' })
  }
  return ok({ ...offer.value, bytes })
}

/** The device's answer, sealed to the offer's key, and what the device keeps. δ is in the share before anything is stored. */
export async function acceptOffer(
  primitives: Primitives,
  offer: Offer,
  own: { readonly deviceKey: DeviceKey; readonly stopCodeHash: Uint8Array },
): Promise<Result<Acceptance, CustodyProblem>> {
  const half = createKeyHalf(primitives, offer.sessionId, 'device')
  const inner = frames.accept.encode({
    sessionId: offer.sessionId,
    devicePoint: half.point,
    proof: half.proof,
    deviceKeyKind: own.deviceKey.kind,
    deviceKey: own.deviceKey.publicKey,
    stopCodeHash: own.stopCodeHash,
  })
  const sent = await sealAnswer(primitives, offer, inner)
  if (!sent.ok) return sent
  const walletKey = primitives.group.addPoints(half.point, offer.vaultPoint)
  const { delta, key, epochId } = await firstEpoch(primitives, sent.value.context, walletKey, offer)
  const share = advanceDeviceShare(primitives, half.share, delta)
  wipe(half.share, delta)
  return ok({ sealed: sent.value.sealed, walletKey, share, epochId, key })
}

/**
 * The vault's end of it. The caller has taken the pending offer out of its map and looked at its expiry, so one offer makes one wallet.
 */
export async function completeOffer(
  primitives: Primitives,
  pending: PendingOffer,
  sealed: Uint8Array,
): Promise<Result<EnrolledWallet, CustodyProblem>> {
  const { offer } = pending
  const opened = await openAnswer(primitives, pending, sealed)
  if (!opened.ok) return opened
  const accept = frames.accept.parse(opened.value.plaintext)
  if (!accept.ok) return accept
  const { sessionId, devicePoint, proof, deviceKeyKind, deviceKey, stopCodeHash } = accept.value
  if (!isEqualBytes(sessionId, offer.sessionId)) return fail({ code: 'CUSTODY_MISMATCH' })
  const walletKey = addHalves(primitives, devicePoint, offer.vaultPoint)
  if (walletKey === undefined) return fail({ code: 'CUSTODY_POINT_INVALID' })
  if (!verifyPossession(primitives.group, { sessionId, role: 'device', point: devicePoint }, proof)) {
    return fail({ code: 'CUSTODY_PROOF_INVALID' })
  }
  const { delta, key, epochId } = await firstEpoch(primitives, opened.value.context, walletKey, offer)
  const share = advanceVaultShare(primitives, pending.share, delta)
  wipe(pending.share, delta)
  return ok({ walletKey, deviceKey: { kind: deviceKeyKind, publicKey: deviceKey }, stopCodeHash, share, epochId, key })
}

function createKeyHalf(primitives: Primitives, sessionId: Uint8Array, role: 'vault' | 'device') {
  const share = primitives.group.reduceScalar(primitives.randomBytes(64))
  const point = primitives.group.multiplyBase(share)
  return { share, point, proof: provePossession(primitives, { sessionId, role, point }, share) }
}

/** Undefined when a half is no point, or when they cancel. */
function addHalves({ group }: Primitives, left: Uint8Array, right: Uint8Array): Uint8Array | undefined {
  if (!group.isValidPoint(left)) return undefined
  const sum = group.addPoints(left, right)
  return group.isValidPoint(sum) ? sum : undefined
}

function firstEpoch(primitives: Primitives, context: ExportContext, walletKey: Uint8Array, offer: Offer) {
  return exportEpochSecrets(primitives.group, context, hashTranscript(walletKey, offer.sessionId))
}

async function sealAnswer(
  primitives: Primitives,
  offer: Offer,
  inner: Uint8Array,
): Promise<Result<{ readonly sealed: Uint8Array; readonly context: ExportContext }, CustodyProblem>> {
  try {
    const sealingKey = await primitives.suite.DeserializePublicKey(offer.sealingKey)
    const { encapsulatedSecret, ctx } = await primitives.suite.SetupSender(sealingKey, { info })
    return ok({ sealed: concatBytes(encapsulatedSecret, await ctx.Seal(inner, offer.bytes)), context: ctx })
  } catch {
    return fail({ code: 'CUSTODY_SEAL_INVALID' })
  }
}

async function openAnswer(
  primitives: Primitives,
  pending: PendingOffer,
  sealed: Uint8Array,
): Promise<Result<{ readonly plaintext: Uint8Array; readonly context: ExportContext }, CustodyProblem>> {
  try {
    const encapsulated = sealed.subarray(0, encapsulatedSize)
    const context = await primitives.suite.SetupRecipient(pending.sealingKeyPair, encapsulated, { info })
    return ok({ plaintext: await context.Open(sealed.subarray(encapsulatedSize), pending.offer.bytes), context })
  } catch {
    return fail({ code: 'CUSTODY_SEAL_INVALID' })
  }
}
