import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { valueOf, type Device } from '../attacker/device.ts'
import { createOpenReader, exchangesOf, messagesOf, walletUrl } from '../attacker/line-reader.ts'
import { card, operatorOrigin, startScene, type Scene } from '../attacker/scene.ts'
import { createStranger } from './strangers-messages.ts'

const messagesBySize = { small: 1_400, full: 100_000 } as const
const rounds = 4

/** docs/custody.md 4–5 step 3 and 9: what does not verify counts no try, so a stranger cannot lock a wallet. */
export const drill: Drill = {
  name: 'pin-lockout-by-stranger',
  attackerHolds: 'the wallet’s id, epoch and live slot, everything public, and recorded messages of it',
  claim: 'A stranger spends no PIN try and stops no payment',
  run: attack,
}

async function attack({ size, random, progress }: DrillContext): Promise<DrillOutcome> {
  const scene = await startScene()
  const device = await scene.createDevice()
  const walletId = await device.create()
  await device.enrol(card)
  const send = await createSender(scene, walletId, random)
  const total = messagesBySize[size]
  let paid = 0
  let triesLeft = 5
  for (let sent = 0; sent < total; sent += 1) {
    // The pad is open and a slot is live while the stranger sends.
    if (sent % Math.ceil(total / rounds) === 0) await openPad(device)
    await send(sent)
    if (sent % 50 === 0) progress(sent, total)
    // As the vault has it: a payment would give the tries back.
    triesLeft = Math.min(triesLeft, scene.vault().memory.wallets.get(walletId)?.stored.tries ?? 0)
    if ((sent + 1) % Math.ceil(total / rounds) === 0) paid += (await pays(scene, device)) ? 1 : 0
  }
  await openPad(device)
  const { health } = valueOf(await device.sdk().loadWallet())
  paid += (await pays(scene, device)) ? 1 : 0
  const isUnhurt = triesLeft === 5 && health === 'ready' && paid === rounds + 1
  return {
    result: isUnhurt ? 'withstood' : 'broken',
    obtained: isUnhurt
      ? `nothing: at no time in ${String(total)} messages were fewer than 5 tries left, and every one of ${String(paid)} payments went through`
      : `the wallet had ${String(triesLeft)} of 5 tries, is ${health}, and ${String(paid)} of ${String(rounds + 1)} payments went through`,
    figures: { messages: total, triesSpent: 5 - triesLeft, paid },
  }
}

async function openPad(device: Device): Promise<void> {
  await device.sdk().preparePayment()
}

async function pays(scene: Scene, device: Device): Promise<boolean> {
  const paymentId = scene.order()
  await device.sdk().loadPayment(paymentId)
  const outcome = await device.sdk().confirmPayment(paymentId, { pin: device.pin, instalmentMonths: 0 })
  return outcome.ok && outcome.value.kind === 'paid'
}

/** Sends the stranger's message number so-and-so to the operator's own door, with what the line shows at that moment. */
async function createSender(scene: Scene, walletId: string, random: DrillContext['random']): Promise<(turn: number) => Promise<void>> {
  const stranger = await createStranger(random)
  const readOpen = await createOpenReader(scene.vault().vaultPublicKey)
  return async (turn) => {
    const slots = exchangesOf(scene.wire, walletId, 'open')
    const last = slots.findLast(({ answer }) => answer?.status === 200)
    const slot = last === undefined ? undefined : readOpen(last)
    if (slot === undefined) throw new Error('the line shows no slot')
    const recorded = messagesOf(exchangesOf(scene.wire, walletId, 'pay'))
    const { verb, body } = await stranger({ walletId, epochId: slot.epochId, recorded, slot }, turn)
    // Not over the recorded line: what the stranger sends is not what the device sent.
    await scene.relay.answer({ method: 'POST', url: walletUrl(operatorOrigin, walletId, verb), body })
  }
}
