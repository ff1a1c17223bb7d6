import { concatBytes, isEqualBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { tagOf } from './frame.ts'
import { isCanonicalScalar } from './group/scalar.ts'
import { derivePresharedKey, wipe } from './hashes.ts'
import { frames, parseSignable, type DeviceKeyKind, type PayHeader } from './messages.ts'
import type { Primitives } from './primitives.ts'
import type { CustodyProblem } from './problem.ts'
import type { OpenedPay, PaySession, SignatureShare, Slot, SlotSecrets } from './types.ts'

const info = utf8ToBytes(tagOf('pay-seal'))
const encapsulatedSize = 32
const headerSize = frames.payHeader.encode({ walletId: new Uint8Array(16), epochId: new Uint8Array(16), slotId: new Uint8Array(16) }).length

/** Seals m and the device's share to the slot's X under the epoch's key: wire = pay-hdr ‖ enc ‖ ct (docs/custody.md 2). */
export async function sealPay(
  primitives: Primitives,
  input: {
    readonly slot: Slot
    readonly epochKey: Uint8Array
    readonly message: Uint8Array
    readonly share: SignatureShare
    readonly deviceKeyKind: DeviceKeyKind
    readonly deviceSignature: Uint8Array
  },
): Promise<Result<{ readonly sealed: Uint8Array; readonly session: PaySession }, CustodyProblem>> {
  const { slot, message } = input
  const header = frames.payHeader.encode(slot)
  const inner = frames.inner.encode({
    message,
    ...input.share,
    deviceKeyKind: input.deviceKeyKind,
    deviceSignature: input.deviceSignature,
  })
  try {
    const sealingKey = await primitives.suite.DeserializePublicKey(slot.sealingKey)
    const { encapsulatedSecret, ctx } = await primitives.suite.SetupSender(sealingKey, { info, ...preshared(slot, input.epochKey) })
    const sealed = concatBytes(header, encapsulatedSecret, await ctx.Seal(inner, header))
    return ok({ sealed, session: { slotId: slot.slotId, message, context: ctx, aead: primitives.aead } })
  } catch {
    // An X of low order: the vault's signature over the slot was good, its key is not.
    return fail({ code: 'CUSTODY_SEAL_INVALID' })
  } finally {
    inner.fill(0)
  }
}

/** The clear part of a pay message: which wallet, epoch and slot it claims. Nothing is verified yet. */
export function parsePayHeader(sealed: Uint8Array): Result<PayHeader, CustodyProblem> {
  return frames.payHeader.parse(sealed.subarray(0, headerSize))
}

/**
 * Opens a pay message for the slot in hand and decodes it strictly. What it answers carries the slot's own wallet, epoch and hash, and
 * points and scalars that are valid; limits, expiry and the device signature are the caller's rules.
 */
export async function openPay(
  primitives: Primitives,
  input: { readonly sealed: Uint8Array; readonly slot: SlotSecrets; readonly epochKey: Uint8Array },
): Promise<Result<OpenedPay, CustodyProblem>> {
  const { slot, sealed } = input
  const header = parsePayHeader(sealed)
  if (!header.ok) return header
  if (!isSameSlot(header.value, slot)) return fail({ code: 'CUSTODY_MISMATCH' })
  const opened = await openSealed(primitives, input)
  if (!opened.ok) return opened
  const inner = frames.inner.parse(opened.value.plaintext)
  wipe(opened.value.plaintext)
  if (!inner.ok) return inner
  const { message, deviceKeyKind, deviceSignature, ...shown } = inner.value
  const share = { ...shown, signatureShare: moveOutOfHeap(shown.signatureShare) }
  const signable = parseSignable(message)
  if (!signable.ok) return signable
  if (!isEqualBytes(signable.value.walletId, slot.walletId) || !isEqualBytes(signable.value.slotHash, slot.slotHash)) {
    return fail({ code: 'CUSTODY_MISMATCH' })
  }
  if (!isValidShare(primitives, share)) return fail({ code: 'CUSTODY_POINT_INVALID' })
  const session = { slotId: slot.slotId, message, context: opened.value.context, aead: primitives.aead }
  return ok({ header: header.value, message, signable: signable.value, share, deviceKeyKind, deviceSignature, session })
}

// The engine keeps arrays of up to 64 bytes in its own heap and copies them as it collects; wiping the last copy leaves the others.
function moveOutOfHeap(secret: Uint8Array): Uint8Array {
  const moved = new Uint8Array(new ArrayBuffer(secret.length))
  moved.set(secret)
  wipe(secret)
  return moved
}

async function openSealed(
  primitives: Primitives,
  input: { readonly sealed: Uint8Array; readonly slot: SlotSecrets; readonly epochKey: Uint8Array },
): Promise<Result<{ readonly plaintext: Uint8Array; readonly context: PaySession['context'] }, CustodyProblem>> {
  const header = input.sealed.subarray(0, headerSize)
  const encapsulated = input.sealed.subarray(headerSize, headerSize + encapsulatedSize)
  try {
    const context = await primitives.suite.SetupRecipient(input.slot.sealingKeyPair, encapsulated, {
      info,
      ...preshared(input.slot, input.epochKey),
    })
    return ok({ plaintext: await context.Open(input.sealed.subarray(headerSize + encapsulatedSize), header), context })
  } catch {
    return fail({ code: 'CUSTODY_SEAL_INVALID' })
  }
}

function preshared(slot: { readonly walletId: Uint8Array; readonly epochId: Uint8Array }, epochKey: Uint8Array) {
  return { psk: derivePresharedKey(epochKey), pskId: concatBytes(slot.walletId, slot.epochId) }
}

function isSameSlot(header: PayHeader, slot: SlotSecrets): boolean {
  return (
    isEqualBytes(header.walletId, slot.walletId) && isEqualBytes(header.epochId, slot.epochId) && isEqualBytes(header.slotId, slot.slotId)
  )
}

function isValidShare(primitives: Primitives, share: SignatureShare): boolean {
  return (
    primitives.group.isValidPoint(share.hidingCommitment) &&
    primitives.group.isValidPoint(share.bindingCommitment) &&
    isCanonicalScalar(share.signatureShare)
  )
}
