import { randomInt } from 'node:crypto'
import type { AccountRange } from '@symbolon/contracts/directory'
import type { Installation } from '@symbolon/contracts/installation'
import { createFetchTransport, createSystemClock } from '@symbolon/device/memory'
import { startInstallation, type TestInstallation } from '@symbolon/testing/installation'
import { press } from '@symbolon/testing/issuer'
import { createPlantedCard, type PlantedCard } from '../canaries/rules/planted.ts'
import { createDevice, valueOf, type Device, type DeviceParts } from './device.ts'
import { createWire, type Wire } from './wire.ts'

/** A device of a live installation, with a card that exists nowhere else. */
export type LiveDevice = { readonly device: Device; readonly walletId: string; readonly card: PlantedCard; readonly wire: Wire }

/** A whole installation of its own processes, and devices that reach it over HTTP. */
export type Live = {
  readonly running: TestInstallation
  readonly installation: Installation
  /** Creates a wallet, adds a planted card of a network and has the issuer approve it. */
  enrol(range: AccountRange, parts?: Partial<DeviceParts>): Promise<LiveDevice>
  /** An order at a shop; answers its payment. */
  order(amountMinorUnits: number): Promise<string>
  stop(): Promise<void>
}

const pinLength = 12

export async function startLive(): Promise<Live> {
  const running = await startInstallation()
  const installation = running.installation()
  return {
    running,
    installation,
    enrol: async (range, parts = {}) => {
      const card = createPlantedCard(range, pinLength, randomInt)
      const wire = createWire(createFetchTransport({ timeoutMs: 20_000 }))
      const { directory } = installation
      const device = await createDevice({ directory, transport: wire.transport, clock: createSystemClock(), pin: card.pin, ...parts })
      const walletId = await device.create()
      await addCard(device, card)
      return { device, walletId, card, wire }
    },
    order: (amountMinorUnits) => placeOrder(installation, amountMinorUnits),
    stop: () => running.stop(),
  }
}

/** Pays and waits for the end, as a person does. */
export async function payLive(live: Live, { device }: LiveDevice, pin = device.pin): Promise<string> {
  // Whole thousands: other endings are scripted to decline or to stay unanswered in the sandbox.
  const paymentId = await live.order(1_000 * (1 + randomInt(90)))
  const outcome = await device.pay(paymentId, pin)
  if (outcome.kind !== 'authorizing' && outcome.kind !== 'unknown') return outcome.kind
  return valueOf(await device.sdk().followPayment(paymentId, 20_000)).kind
}

async function addCard(device: Device, { pin, ...card }: PlantedCard): Promise<void> {
  const outcome = valueOf(await device.sdk().startCardEnrolment(card, pin))
  if (outcome.kind !== 'submitted') throw new Error('the card could not be added')
  const { approvalUrl, card: added } = outcome.enrolment
  await press(approvalUrl, 'approve')
  valueOf(await device.sdk().refreshEnrolment(added.enrolmentId))
}

async function placeOrder({ mallOrigin }: Installation, amountMinorUnits: number): Promise<string> {
  const answer = await fetch(new URL('/api/orders', mallOrigin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ shop: 'coffee', amountMinorUnits: String(amountMinorUnits), currency: 'KRW' }),
  })
  const order: unknown = await answer.json()
  if (typeof order !== 'object' || order === null || !('paymentId' in order) || typeof order.paymentId !== 'string')
    throw new Error('the mall took no order')
  return order.paymentId
}
