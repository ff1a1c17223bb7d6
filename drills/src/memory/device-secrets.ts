import { createDevicePrimitives, parseSignable, signShare, unmaskShare, type Primitives } from '@symbolon/custody/device'
import { isEqualBytes } from '@symbolon/formats/bytes'
import { readDeviceFile } from '../attacker/device-files.ts'
import type { LiveDevice } from '../attacker/live.ts'
import { createOpenReader, exchangesOf } from '../attacker/line-reader.ts'

/** What the judge, who owns the device, knows of it: t, a_d of every epoch so far, and every 32 bytes that it drew. */
export type Recorder = {
  readonly stretched: Uint8Array[]
  readonly drawn: Uint8Array[]
  readonly shares: Map<string, Uint8Array>
}

export function createRecorder(): Recorder {
  return { stretched: [], drawn: [], shares: new Map() }
}

/** a_d of the epochs that the medium holds now. */
export function noteShares(recorder: Recorder, { device }: LiveDevice, primitives: Primitives): void {
  const { walletId, epochs } = readDeviceFile(device.medium.snapshot().state)
  const stretchedPin = recorder.stretched[0]
  if (stretchedPin === undefined) throw new Error('the PIN was stretched when the wallet was made')
  for (const { eid, maskedShare, salt } of epochs) {
    if (!recorder.shares.has(eid)) recorder.shares.set(eid, unmaskShare(primitives, maskedShare, { walletId, salt, stretchedPin }))
  }
}

/**
 * z_d of what was signed: the device's own computation once more, with every pair that it drew as the nonces. One of the candidates
 * of each message is the one that was sent; the others lie nowhere.
 */
export async function listSignatureShares(
  recorder: Recorder,
  { walletId, wire, device }: LiveDevice,
  signed: { readonly messages: readonly Uint8Array[]; readonly vaultPublicKey: Uint8Array },
): Promise<readonly Uint8Array[]> {
  const readOpen = await createOpenReader(signed.vaultPublicKey)
  const slots = exchangesOf(wire, walletId, 'open').flatMap((exchange) => readOpen(exchange) ?? [])
  const { walletKey } = readDeviceFile(device.medium.snapshot().state)
  const primitives = await createDevicePrimitives((size) => new Uint8Array(size))
  return signed.messages.flatMap((message) => {
    const parsed = parseSignable(message)
    const slot = parsed.ok ? slots.find(({ slotHash }) => isEqualBytes(slotHash, parsed.value.slotHash)) : undefined
    const share = slot === undefined ? undefined : recorder.shares.get(Buffer.from(slot.epochId).toString('hex'))
    if (slot === undefined || share === undefined) return []
    return recorder.drawn.slice(1).map((binding, index) => {
      const pair = [recorder.drawn[index] ?? binding, binding]
      const replayed = { ...primitives, randomBytes: () => pair.shift() ?? new Uint8Array(32) }
      return signShare(replayed, { share, walletKey, slot, message }).signatureShare
    })
  })
}
