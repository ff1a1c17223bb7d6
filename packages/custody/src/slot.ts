import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { createNonces } from './frost.ts'
import { frames, type SlotFields } from './messages.ts'
import type { Primitives } from './primitives.ts'
import type { CustodyProblem } from './problem.ts'
import type { Slot, SlotSecrets } from './types.ts'

/** Ed25519 of vk_V (64 bytes), by whoever holds the key. */
export type SignAsVault = (message: Uint8Array) => Uint8Array

/** What the vault's state says about a slot that it opens; the rest of the frame is drawn here. */
export type SlotFacts = Omit<SlotFields, 'slotId' | 'hidingCommitment' | 'bindingCommitment' | 'sealingKey'>

const signatureSize = 64

/** Fresh slot id, nonces (hedged with the share) and sealing key; answers with frame ‖ signature and the secrets for RAM. */
export async function createSlot(
  primitives: Primitives,
  signAsVault: SignAsVault,
  input: { readonly facts: SlotFacts; readonly share: Uint8Array },
): Promise<{ readonly signedSlot: Uint8Array; readonly secrets: SlotSecrets }> {
  const { facts } = input
  const slotId = primitives.randomBytes(16)
  const nonces = createNonces(primitives.group, input.share, primitives.randomBytes)
  const sealingKeyPair = await primitives.suite.GenerateKeyPair()
  const sealingKey = await primitives.suite.SerializePublicKey(sealingKeyPair.publicKey)
  const frame = frames.slot.encode({
    ...facts,
    slotId,
    hidingCommitment: nonces.hidingCommitment,
    bindingCommitment: nonces.bindingCommitment,
    sealingKey,
  })
  const secrets: SlotSecrets = {
    walletId: facts.walletId,
    epochId: facts.epochId,
    slotId,
    slotHash: sha256(frame),
    nonces,
    sealingKeyPair,
    now: facts.now,
    expiresAt: facts.expiresAt,
  }
  return { signedSlot: concatBytes(frame, signAsVault(frame)), secrets }
}

/** Believes a slot only if the vault signed it for this wallet, this epoch and the device's latest query. */
export function verifySlot(
  primitives: Primitives,
  signedSlot: Uint8Array,
  expected: {
    readonly vaultPublicKey: Uint8Array
    readonly walletId: Uint8Array
    readonly epochId: Uint8Array
    readonly query: Uint8Array
  },
): Result<Slot, CustodyProblem> {
  const frame = signedSlot.subarray(0, Math.max(signedSlot.length - signatureSize, 0))
  if (!primitives.group.verify(signedSlot.subarray(frame.length), frame, expected.vaultPublicKey)) {
    return fail({ code: 'CUSTODY_SIGNATURE_INVALID' })
  }
  const fields = frames.slot.parse(frame)
  if (!fields.ok) return fields
  const slot = fields.value
  if (
    !isEqualBytes(slot.walletId, expected.walletId) ||
    !isEqualBytes(slot.epochId, expected.epochId) ||
    !isEqualBytes(slot.query, expected.query)
  ) {
    return fail({ code: 'CUSTODY_MISMATCH' })
  }
  if (!primitives.group.isValidPoint(slot.hidingCommitment) || !primitives.group.isValidPoint(slot.bindingCommitment)) {
    return fail({ code: 'CUSTODY_POINT_INVALID' })
  }
  return ok({ ...slot, slotHash: sha256(frame) })
}
