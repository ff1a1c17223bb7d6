import { importSealingKey } from '@symbolon/custody/issuer'
import { createOperatorPrimitives, deriveMacKey, verifyOpenMessage, type OperatorPrimitives } from '@symbolon/custody/operator'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import type { Device } from '../attacker/device.ts'
import { createOpenReader, exchangesOf, messagesOf } from '../attacker/line-reader.ts'
import { card, startScene, type Scene } from '../attacker/scene.ts'
import { openVaultRow, type VaultLoot } from '../attacker/vault-theft.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { createMiddle } from './active.ts'
import { follow, type Recording } from './listener.ts'

const paymentsBySize = { small: 3, full: 50 } as const

/** docs/custody.md 15: between two epochs lies a secret of two ephemeral keys that lived in memory only. */
export const drill: Drill = {
  name: 'recorded-wire',
  attackerHolds:
    'everything that passed between device, edge, vault, link and issuer, and the vault’s half, K, key-encryption key and signing key as of the middle of it',
  claim: 'No card number, no past or later message and no later secret follows from a recording and the vault’s keys',
  run: attack,
}

async function attack({ size, random, progress }: DrillContext): Promise<DrillOutcome> {
  const scene = await startScene()
  const device = await scene.createDevice()
  const walletId = await device.create()
  await device.enrol(card)
  const count = paymentsBySize[size]
  await payOften(scene, device, count, (done) => progress(done, 3 * count))
  // The theft: a slot has settled the newest epoch, so that what is stolen is current.
  await device.sdk().preparePayment()
  const loot = openVaultRow(scene.vault(), walletId)
  await payOften(scene, device, count, (done) => progress(count + done, 3 * count))
  await device.sdk().preparePayment()
  const primitives = await createOperatorPrimitives(random)
  const recording = await record(scene, walletId)
  const { opened, epochs } = await follow(primitives, { epochId: loot.epochId, share: loot.share, key: loot.epochKey }, recording)
  const isCurrent = epochs.some(({ key }) => verifyOpenMessage(recording.opens.at(-1) ?? new Uint8Array(), deriveMacKey(key)))
  const cards = await openCards(scene, loot)
  const middle = await standInTheMiddle(scene, device, { walletId, primitives })
  const isWithstood = opened === 0 && epochs.length === 0 && cards === 0 && middle.cosigned === 0
  const figures = {
    recorded: recording.pays.length,
    opened,
    epochsFollowed: epochs.length,
    cards,
    openedInTheMiddle: middle.opened,
    cosigned: middle.cosigned,
  }
  if (isWithstood) {
    const obtained = `nothing of ${String(recording.pays.length)} recorded messages; with the signing key and the current K, in the middle, the view of ${String(middle.opened)} messages whose payment failed`
    return { result: 'withstood', obtained, figures }
  }
  return {
    result: 'broken',
    obtained: `${String(opened)} recorded messages opened, ${String(epochs.length)} epochs followed${isCurrent ? ' up to the vault’s half of this moment' : ''}, ${String(cards)} card numbers, ${String(middle.cosigned)} payments co-signed through the middle`,
    figures,
  }
}

async function payOften(scene: Scene, device: Device, count: number, onPaid: (done: number) => void): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    const outcome = await device.pay(scene.order())
    if (outcome.kind !== 'paid') throw new Error('a payment before the attack failed')
    onPaid(done + 1)
  }
}

async function record(scene: Scene, walletId: string): Promise<Recording> {
  const opens = exchangesOf(scene.wire, walletId, 'open')
  const readOpen = await createOpenReader(scene.vault().vaultPublicKey)
  return {
    slots: opens.flatMap((exchange) => readOpen(exchange) ?? []),
    opens: messagesOf(opens).map(base64urlToBytes),
    pays: messagesOf(exchangesOf(scene.wire, walletId, 'pay')).map(base64urlToBytes),
    signed: scene.relay.signed,
  }
}

// The card went to the issuer under the issuer's key: is any secret in hand the seed of it?
async function openCards(scene: Scene, { share, epochKey, others }: VaultLoot): Promise<number> {
  let cards = 0
  for (const secret of [share, epochKey, ...others]) {
    const { keyId } = await importSealingKey(secret)
    if (keyId === scene.issuer.entry.sealingKeys[0]?.keyId) cards += 1
  }
  return cards
}

async function standInTheMiddle(
  scene: Scene,
  device: Device,
  { walletId, primitives }: { readonly walletId: string; readonly primitives: OperatorPrimitives },
): Promise<{ readonly opened: number; readonly cosigned: number }> {
  const { deps, vaultPublicKey } = scene.vault()
  const readOpen = await createOpenReader(vaultPublicKey)
  const { epochKey } = openVaultRow(scene.vault(), walletId)
  const before = scene.relay.signed.length
  await device.reload()
  const middle = await createMiddle(primitives, {
    epochKey,
    signAsVault: deps.signAsVault,
    readSlot: () => {
      const last = exchangesOf(scene.wire, walletId, 'open').at(-1)
      const slot = last === undefined ? undefined : readOpen(last)
      if (slot === undefined) throw new Error('the line shows no slot')
      return slot
    },
  })
  scene.wire.intercept = middle.intercept
  const paymentId = scene.order()
  await device.sdk().loadPayment(paymentId)
  await device.sdk().confirmPayment(paymentId, { pin: device.pin, instalmentMonths: 0 })
  return { opened: middle.opened(), cosigned: scene.relay.signed.length - before }
}
