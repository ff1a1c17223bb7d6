import { hexToBytes, bytesToHex } from '@symbolon/formats/bytes'
import type { SignedMessage } from '@symbolon/contracts/planes'
import type { IsoMessage } from '@symbolon/formats/iso8583'
import { operatorId } from '@symbolon/testing/vault'
import { press } from '@symbolon/testing/issuer'
import { valueOf, type Device } from '../attacker/device.ts'
import { card, startScene, type Scene } from '../attacker/scene.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { listVariants } from './around-a-signature.ts'
import { collectSignatures, offerFalseOrders, signGenuine, swapAfterShowing } from './at-the-device.ts'
import { startIssuerBench, type IssuerBench } from './issuer-bench.ts'

const roundsBySize = { small: 1, full: 20 } as const

/** docs/custody.md 17, invariant 5, and the issuer's checks: the operator moves only the money that a device agreed to, once. */
export const drill: Drill = {
  name: 'malicious-operator',
  attackerHolds: 'the whole operator: edge, link, the vault with its keys and clock, every page and the wire to the issuer',
  claim: 'No payment but the one that the person confirmed, and each at most once',
  run: attack,
}

type Stage = {
  readonly bench: IssuerBench
  readonly scene: Scene
  readonly device: Device
  readonly otherToken: Uint8Array
  readonly thefts: string[]
}

async function attack({ size, folder, progress }: DrillContext): Promise<DrillOutcome> {
  const bench = await startIssuerBench(folder, bytesToHex(operatorId))
  try {
    const scene = await startScene({}, bench.entry)
    setClock(scene, 0)
    const [device, other] = [await enrol(scene), await enrol(scene)]
    const stage: Stage = { bench, scene, device: device.device, otherToken: hexToBytes(other.token), thefts: [] }
    let tried = 0
    for (let round = 0; round < roundsBySize[size]; round += 1) {
      for (const step of [changeAround, replay, misdate, collect, deceive]) {
        setClock(scene, 0)
        tried += await step(stage)
        progress(tried, 26 * roundsBySize[size])
      }
    }
    const obtained = stage.thefts.length === 0 ? `nothing in ${String(tried)} attempts` : stage.thefts.join('; ')
    return { result: stage.thefts.length === 0 ? 'withstood' : 'broken', obtained, figures: { tried, thefts: stage.thefts.length } }
  } finally {
    await bench.stop()
  }
}

// The operator's clock is its own; the issuer's is real.
function setClock(scene: Scene, offsetSeconds: number): void {
  scene.vault().time.nowMs = Date.now() + offsetSeconds * 1_000
}

async function enrol(scene: Scene): Promise<{ readonly device: Device; readonly token: string }> {
  const device = await scene.createDevice()
  await device.create()
  const outcome = valueOf(await device.sdk().startCardEnrolment({ ...card, expiry: '4912' }, device.pin))
  if (outcome.kind !== 'submitted') throw new Error('the card could not be added')
  await press(outcome.enrolment.approvalUrl, 'approve')
  const { tokenReferenceId = '' } = valueOf(await device.sdk().refreshEnrolment(outcome.enrolment.card.enrolmentId))
  return { device, token: tokenReferenceId }
}

type Theft = { readonly name: string; readonly message: IsoMessage }

/** Sends what may not be approved. Both the answers and the host's books are looked at. */
async function steal({ bench, thefts }: Stage, attempts: readonly Theft[]): Promise<void> {
  const codes: string[] = []
  for (const { message } of attempts) codes.push(await bench.send(message))
  const booked = new Set((await bench.approvals()).map((entry) => entry.retrievalReferenceNumber))
  for (const [index, { name, message }] of attempts.entries()) {
    if (codes[index] === '00' || booked.has(message.fields.retrievalReferenceNumber ?? '')) thefts.push(`approved with changed ${name}`)
  }
}

async function approve({ bench }: Stage, signed: SignedMessage): Promise<IsoMessage> {
  const message = bench.build(signed)
  const code = await bench.send(message)
  if (code !== '00') throw new Error('the genuine payment is not approved')
  return message
}

async function changeAround(stage: Stage): Promise<number> {
  const signed = await signGenuine(stage.scene, stage.device)
  const variants = listVariants(stage.bench, signed, stage.otherToken)
  await steal(stage, variants)
  // What was refused has used nothing up: the honest one still goes through.
  if (stage.thefts.length === 0) await approve(stage, signed)
  return variants.length
}

async function replay(stage: Stage): Promise<number> {
  const signed = await signGenuine(stage.scene, stage.device)
  const message = await approve(stage, signed)
  const before = (await stage.bench.approvals()).length
  await Promise.all([stage.bench.send(message), stage.bench.send(stage.bench.build(signed))])
  await stage.bench.send(stage.bench.build(signed))
  if ((await stage.bench.approvals()).length !== before) stage.thefts.push('a payment approved twice')
  return 4
}

/** A message that was withheld for two minutes, and one that was signed under a clock far ahead to be used later. */
async function misdate(stage: Stage): Promise<number> {
  setClock(stage.scene, -130)
  const late = stage.bench.build(await signGenuine(stage.scene, stage.device))
  setClock(stage.scene, 1_000)
  const early = stage.bench.build(await signGenuine(stage.scene, stage.device))
  await steal(stage, [
    { name: 'time of sending, after expiry', message: late },
    { name: 'clock, for later use', message: early },
  ])
  return 2
}

async function collect(stage: Stage): Promise<number> {
  const signatures = await collectSignatures(stage.scene, stage.device)
  if (signatures.length < 2) throw new Error('the device gave no second signature, so nothing was tried')
  const before = (await stage.bench.approvals()).length
  for (const signed of signatures) await stage.bench.send(stage.bench.build(signed))
  const approved = (await stage.bench.approvals()).length - before
  if (approved > 1) stage.thefts.push(`one order approved ${String(approved)} times`)
  return signatures.length
}

async function deceive(stage: Stage): Promise<number> {
  const signed = await offerFalseOrders(stage.scene, stage.device)
  if (signed > 0) stage.thefts.push(`${String(signed)} false orders signed`)
  const swapped = await swapAfterShowing(stage.scene, stage.device)
  if (stage.bench.read(swapped.signed).amountMinorUnits !== swapped.shown) stage.thefts.push('another amount signed than shown')
  return 4
}
