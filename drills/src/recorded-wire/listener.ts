import { createHash, createHmac } from 'node:crypto'
import type { SignedMessage } from '@symbolon/contracts/planes'
import type { Slot } from '@symbolon/custody/device'
import {
  advanceVaultShare,
  deriveEpochSecrets,
  deriveMacKey,
  openPay,
  parsePayHeader,
  verifyOpenMessage,
  type OpenedPay,
  type OperatorPrimitives,
  type SlotSecrets,
} from '@symbolon/custody/operator'
import { base64urlToBytes, bytesToBase64url, bytesToHex, isEqualBytes } from '@symbolon/formats/bytes'

/** The vault's secrets of one epoch in the hands of a thief. */
export type StolenEpoch = { readonly epochId: string; readonly share: Uint8Array; readonly key: Uint8Array }

/** Everything that passed, as a listener sorted it. */
export type Recording = {
  readonly slots: readonly Slot[]
  readonly pays: readonly Uint8Array[]
  readonly opens: readonly Uint8Array[]
  readonly signed: readonly SignedMessage[]
}

export type Followed = { readonly opened: number; readonly epochs: readonly StolenEpoch[] }

/**
 * What can be done with a recording and one stolen epoch: every recorded message is tried with every secret in hand, as a private
 * key and as a seed of one; whatever opens gives the secrets of the next epoch, and so on. Beside it the key chains that come to mind.
 */
export async function follow(primitives: OperatorPrimitives, stolen: StolenEpoch, recording: Recording): Promise<Followed> {
  const epochs: StolenEpoch[] = [stolen]
  let opened = 0
  for (let index = 0; index < epochs.length; index += 1) {
    const epoch = epochs[index]
    if (epoch === undefined) break
    for (const sealed of recording.pays.filter((message) => isOfEpoch(message, epoch))) {
      const found = await openWithStolen(primitives, { sealed, epoch, recording })
      if (found === undefined) continue
      opened += 1
      const next = await nextEpoch(primitives, { found, epoch, recording })
      if (next !== undefined && !epochs.some(({ epochId }) => epochId === next.epochId)) epochs.push(next)
    }
    for (const next of guessChains(epoch, recording)) if (!epochs.some(({ epochId }) => epochId === next.epochId)) epochs.push(next)
  }
  return { opened, epochs: epochs.slice(1) }
}

function isOfEpoch(message: Uint8Array, { epochId }: StolenEpoch): boolean {
  const header = parsePayHeader(message)
  return header.ok && bytesToHex(header.value.epochId) === epochId
}

type Try = { readonly sealed: Uint8Array; readonly epoch: StolenEpoch; readonly recording: Recording }

async function openWithStolen(primitives: OperatorPrimitives, { sealed, epoch, recording }: Try): Promise<OpenedPay | undefined> {
  const header = parsePayHeader(sealed)
  const slot = header.ok ? recording.slots.find(({ slotId }) => isEqualBytes(slotId, header.value.slotId)) : undefined
  if (slot === undefined) return undefined
  for (const secret of [epoch.share, epoch.key, deriveMacKey(epoch.key)]) {
    const sealingKeyPair = await findKeyPair(primitives, secret, slot.sealingKey)
    if (sealingKeyPair === undefined) continue
    const opened = await openPay(primitives, { sealed, slot: { ...slot, sealingKeyPair, nonces: noNonces(slot) }, epochKey: epoch.key })
    if (opened.ok) return opened.value
  }
  return undefined
}

async function findKeyPair(
  { suite }: OperatorPrimitives,
  secret: Uint8Array,
  wanted: Uint8Array,
): Promise<SlotSecrets['sealingKeyPair'] | undefined> {
  const derived = await suite.DeriveKeyPair(secret)
  return isEqualBytes(await suite.SerializePublicKey(derived.publicKey), wanted) ? derived : undefined
}

function noNonces({ hidingCommitment, bindingCommitment }: Slot): SlotSecrets['nonces'] {
  return { hidingCommitment, bindingCommitment, hiding: new Uint8Array(32), binding: new Uint8Array(32) }
}

async function nextEpoch(
  primitives: OperatorPrimitives,
  { found, epoch, recording }: { readonly found: OpenedPay; readonly epoch: StolenEpoch; readonly recording: Recording },
): Promise<StolenEpoch | undefined> {
  const message = bytesToBase64url(found.message)
  const left = recording.signed.find((signed) => signed.message === message)
  if (left === undefined) return undefined
  const next = await deriveEpochSecrets(primitives, found.session, base64urlToBytes(left.signature))
  return { epochId: bytesToHex(next.epochId), key: next.key, share: advanceVaultShare(primitives, epoch.share, next.delta) }
}

// K' := KDF(K, what passed): a recorded `open` of the next epoch tells whether a guess is right.
function guessChains({ key, share }: StolenEpoch, { opens, signed }: Recording): readonly StolenEpoch[] {
  return signed.flatMap((left) => {
    const [message, signature] = [base64urlToBytes(left.message), base64urlToBytes(left.signature)]
    const transcript = createHash('sha256').update(message).update(signature).digest()
    const guesses = [
      createHmac('sha256', key).update(transcript).digest(),
      createHmac('sha256', key).update('symbolon/v1/K').update(transcript).digest(),
      createHmac('sha256', key).update(signature).digest(),
      createHash('sha256').update(key).update(signature).digest(),
      createHash('sha256').update(transcript).digest(),
    ].map((guess) => Uint8Array.from(guess))
    return guesses.flatMap((guess) =>
      opens
        .filter((open) => verifyOpenMessage(open, deriveMacKey(guess)))
        .map((open) => ({ epochId: bytesToHex(open.slice(-32 - 36, -32 - 20)), key: guess, share })),
    )
  })
}
