import {
  createDevicePrimitives,
  createOpenMessage,
  createAlarmMessage,
  encodeSignable,
  sealPay,
  type Primitives,
  type Slot,
} from '@symbolon/custody/device'
import { bytesToBase64url, hexToBytes } from '@symbolon/formats/bytes'
import type { DrillContext } from '../drill.ts'

/** What a stranger knows who once stood on the line: the wallet, its epoch, a recorded message, and the slot that is live now. */
export type Known = {
  readonly walletId: string
  readonly epochId: Uint8Array
  readonly recorded: readonly string[]
  readonly slot: Slot
}

type Message = { readonly verb: '' | '/open' | '/pay' | '/alarm'; readonly body: Readonly<Record<string, string>> }

/** Every message of this file is well formed up to the one secret that a stranger does not have, or is plain noise. */
export async function createStranger(random: DrillContext['random']): Promise<(known: Known, turn: number) => Promise<Message>> {
  const primitives = await createDevicePrimitives(random)
  const kinds = [noise, openUnderGuessedKey, alarmUnderGuessedKey, sealedUnderGuessedKey, damagedRecording, replay, acceptance] as const
  return async (known, turn) => {
    const kind = kinds[turn % kinds.length] ?? noise
    return await kind(known, random, primitives)
  }
}

type Kind = (known: Known, random: DrillContext['random'], primitives: Primitives) => Message | Promise<Message>

const noise: Kind = (_known, random) => {
  const verbs = ['/open', '/pay', '/alarm'] as const
  const [pick = 0, size = 0] = random(2)
  return { verb: verbs[pick % verbs.length] ?? '/pay', body: { message: bytesToBase64url(random(1 + size * 4)) } }
}

const openUnderGuessedKey: Kind = ({ walletId, epochId }, random) => {
  const message = createOpenMessage({ walletId: hexToBytes(walletId), epochId, query: random(16) }, random(32))
  return { verb: '/open', body: { message: bytesToBase64url(message) } }
}

const alarmUnderGuessedKey: Kind = ({ walletId, epochId }, random) => {
  const message = createAlarmMessage({ walletId: hexToBytes(walletId), epochId, query: random(16), retired: random(16) }, random(32))
  return { verb: '/alarm', body: { message: bytesToBase64url(message) } }
}

// The slot's X is public, so anybody can seal to it; only the pre-shared key of the epoch is missing.
const sealedUnderGuessedKey: Kind = async ({ slot }, random, primitives) => {
  const message = encodeSignable({
    kind: 'pay',
    walletId: slot.walletId,
    tokenReferenceId: random(16),
    slotHash: slot.slotHash,
    paymentAttemptId: random(16),
    merchantId: random(16),
    requestHash: random(32),
    amountMinorUnits: 12_000n,
    currencyNumeric: 410,
    instalmentMonths: 0,
    expiresAt: slot.now + 60,
    channel: 1,
  })
  const share = { hidingCommitment: slot.hidingCommitment, bindingCommitment: slot.bindingCommitment, signatureShare: new Uint8Array(32) }
  const sealed = await sealPay(primitives, { slot, epochKey: random(32), message, share, deviceKeyKind: 0, deviceSignature: random(64) })
  if (!sealed.ok) throw new Error('anybody can seal to a slot')
  return { verb: '/pay', body: { message: bytesToBase64url(sealed.value.sealed) } }
}

const damagedRecording: Kind = ({ recorded }, random) => {
  const bytes = Buffer.from(pickOf(recorded, random), 'base64url')
  const [high = 0, low = 0, flip = 0] = random(3)
  const at = (high * 256 + low) % Math.max(bytes.length, 1)
  bytes[at] = (bytes[at] ?? 0) ^ (flip | 1)
  return { verb: '/pay', body: { message: bytes.toString('base64url') } }
}

const replay: Kind = ({ recorded }, random) => ({ verb: '/pay', body: { message: pickOf(recorded, random) } })

const acceptance: Kind = (_known, random) => ({ verb: '', body: { sealed: bytesToBase64url(random(300)) } })

function pickOf(texts: readonly string[], random: DrillContext['random']): string {
  const [index = 0] = random(1)
  return texts[index % Math.max(texts.length, 1)] ?? ''
}
