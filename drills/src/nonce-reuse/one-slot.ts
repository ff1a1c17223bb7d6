import { createHash, randomBytes } from 'node:crypto'
import { openDone, unmaskShare, type SignableMessage, type Slot } from '@symbolon/custody/device'
import { bytesToHex, hexToBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { pin, type Draft, type Sealed, type TestDevice } from '@symbolon/testing/vault'
import {
  bindingFactors,
  challengeOf,
  invert,
  modulo,
  readScalar,
  reduce,
  writeScalar,
  type Commitments,
  type Group,
} from '../attacker/ed25519.ts'
import type { PublicApi } from '../attacker/operator-planes.ts'

/** A message that was made for a slot, the device's own part of its signature, and the share that it was made with. */
export type Made = {
  readonly sealed: Sealed
  readonly message: Uint8Array
  readonly own: Commitments & { readonly signatureShare: Uint8Array }
  readonly share: bigint
}
/** A signature that the vault gave for a slot. */
export type Got = Made & { readonly signature: Uint8Array; readonly done: Uint8Array }
export type SlotInHand = { readonly device: TestDevice; readonly slot: Slot; readonly operatorId: Uint8Array }

/** A binding that no issuer will ever see: the public API signs it without a payment. Each is of other bytes, with other commitments. */
export async function makeMessage({ device, slot, operatorId }: SlotInHand, nowSeconds: number): Promise<Made> {
  device.slot = slot
  // The device believes that the slot is the one at hand, also when the vault has long given it another.
  device.state = { ...device.state, memory: { ...device.state.memory, slot: { id: bytesToHex(slot.slotId), tries: 5 } } }
  const share = ownShare(device)
  let made: Pick<Made, 'message' | 'own'> | undefined
  const sealed = await device.seal(bindingOf(device, operatorId, nowSeconds), {
    tamper: (input) => {
      made = { message: input.message, own: input.share }
      return input
    },
  })
  if (made === undefined) throw new Error('a message is sealed')
  return { sealed, share, ...made }
}

function bindingOf(device: TestDevice, operatorId: Uint8Array, nowSeconds: number): Draft {
  return (slot): SignableMessage => ({
    kind: 'bind',
    walletId: hexToBytes(device.walletId),
    slotHash: slot.slotHash,
    paymentAttemptId: new Uint8Array(randomBytes(16)),
    walletKey: device.walletKey,
    deviceKey: device.publicKey,
    operatorId,
    issuerNonce: new Uint8Array(randomBytes(16)),
    expiresAt: nowSeconds + 60,
  })
}

/** Sends a message; the signature, if there is one in the answer, or the word of the refusal. */
export async function send(api: PublicApi, device: TestDevice, made: Made): Promise<Got | string> {
  const answer = await api.pay(device.walletId, made.sealed.message).catch(() => undefined)
  if (answer === undefined) return 'no answer'
  if (!answer.ok) return answer.problem.code
  const done = await openDone(device.primitives, made.sealed.session, { sealedDone: answer.value, walletKey: device.walletKey })
  if (!done.ok) return 'an answer that does not open'
  return done.value.kind === 'signed' ? { ...made, signature: done.value.signature, done: answer.value } : 'wrong'
}

/** Ends a signed exchange as an honest device would, so that both halves move on and the vault signs again. */
export async function settle({
  api,
  device,
  got,
}: {
  readonly api: PublicApi
  readonly device: TestDevice
  readonly got: Got
}): Promise<void> {
  await device.receiveDone(got.sealed, got.done)
  await device.open({ ...api, check: notOffered, sign: notOffered })
}

/** What only edge may ask of the vault. */
export function notOffered(): never {
  throw new Error('the public API does not offer this')
}

/** Signatures of one slot that differ. */
export function distinct(got: readonly Got[]): readonly Got[] {
  return got.filter((one, index) => !got.slice(0, index).some((before) => isEqualBytes(before.signature, one.signature)))
}

/**
 * The whole key from three signatures with the same nonces: z_i = d + ρ_i·e + c_i·a_s has three unknowns. What both halves moved by
 * between two of them the device knows. Undefined if there are not enough.
 */
export function extractKey(slot: Slot, walletKey: Uint8Array, got: readonly Got[]): bigint | undefined {
  const began = got[0]?.share ?? 0n
  const rows = got.slice(0, 3).map(({ message, own, signature, share }) => {
    const [ofVault] = bindingFactors(walletKey, message, [slot, own])
    const challenge = challengeOf(signature.subarray(0, 32), walletKey, message)
    const ofVaultsHalf = readScalar(signature.subarray(32)) - readScalar(own.signatureShare)
    return [1n, ofVault, challenge, modulo(ofVaultsHalf + challenge * (share - began))]
  })
  const vaultShare = rows.length < 3 ? undefined : solveLast(rows.map((row) => [...row]))
  return vaultShare === undefined ? undefined : modulo(vaultShare + began)
}

/** Gauss modulo L; answers the last unknown of a square system. */
function solveLast(rows: readonly bigint[][]): bigint | undefined {
  for (const [column, pivotRow] of rows.entries()) {
    const pivot = pivotRow[column] ?? 0n
    if (pivot === 0n) return undefined
    const scale = invert(pivot)
    for (let index = 0; index < pivotRow.length; index += 1) pivotRow[index] = modulo((pivotRow[index] ?? 0n) * scale)
    for (const row of rows.slice(column + 1)) {
      const factor = row[column] ?? 0n
      for (let index = 0; index < row.length; index += 1) row[index] = modulo((row[index] ?? 0n) - factor * (pivotRow[index] ?? 0n))
    }
  }
  return rows.at(-1)?.at(-1)
}

/** σ over any message with the whole key. */
export function signAlone(group: Group, walletKey: Uint8Array, key: bigint, message: Uint8Array): Uint8Array {
  const nonce = reduce(randomBytes(32))
  const commitment = group.multiplyBase(writeScalar(nonce))
  return Uint8Array.of(...commitment, ...writeScalar(nonce + challengeOf(commitment, walletKey, message) * key))
}

function ownShare({ primitives, state, walletId }: TestDevice): bigint {
  const { masked, salt } = state.stored.current.secrets
  const stretchedPin = new Uint8Array(createHash('sha256').update(pin).update(salt).digest())
  return readScalar(unmaskShare(primitives, masked, { walletId: hexToBytes(walletId), salt, stretchedPin }))
}
