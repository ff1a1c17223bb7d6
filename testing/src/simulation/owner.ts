import { randomBytes } from 'node:crypto'
import type { CardData } from '@symbolon/contracts/issuer-api'
import { createWalletSdk, type DeviceKey, type WalletAnswer, type WalletSdk } from '@symbolon/device'
import { createMemoryDeviceKey } from '@symbolon/device/memory'
import { createMedium, Killed, openStorage, type Medium, type Page } from './medium.ts'
import { quickStretchPin } from './pin.ts'
import type { Simulation } from './simulation.ts'

/** A person with a device. The page and the SDK in it die and come again; medium, key and what the person knows stay. */
export type Owner = {
  readonly name: string
  readonly medium: Medium
  readonly deviceKey: DeviceKey
  page: Page
  sdk: WalletSdk
  walletId: string
  tokenReferenceId: string
  pin: string
  /** The new PIN of a change whose end is not known: either may be the right one. */
  otherPin: string | undefined
  /** Payments that are not known to be paid, oldest first. */
  readonly open: string[]
  wrongInARow: number
}

const card: CardData = {
  primaryAccountNumber: '4111111111111111',
  expiry: '3012',
  securityCode: '123',
  holderName: 'A CUSTOMER',
  phoneNumber: '01000000000',
  postalAddress: '1 Test Street',
}

/** A person with a fresh wallet and one active card; nothing goes wrong while it is made. */
export async function createOwner(simulation: Simulation, name: string): Promise<Owner> {
  const medium = createMedium()
  const deviceKey = createMemoryDeviceKey()
  const page = { isAlive: true }
  const owner: Owner = {
    name,
    medium,
    deviceKey,
    page,
    sdk: await startSdk(simulation, { medium, deviceKey, page }),
    walletId: '',
    tokenReferenceId: '',
    pin: '270604',
    otherPin: undefined,
    open: [],
    wrongInARow: 0,
  }
  await simulation.faults.calmly(async () => {
    owner.walletId = valueOf(await owner.sdk.createWallet(owner.pin)).walletId ?? ''
    const outcome = valueOf(await owner.sdk.startCardEnrolment(card, owner.pin))
    if (outcome.kind !== 'submitted') throw new Error('a card is added in calm')
    simulation.world.press(outcome.enrolment.card.enrolmentId, 'active')
    owner.tokenReferenceId = valueOf(await owner.sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId)).tokenReferenceId ?? ''
    await owner.sdk.loadWallet()
  })
  const wallet = await simulation.vault().deps.store.find(owner.walletId)
  if (wallet !== undefined) simulation.issuer.walletKeys.set(owner.walletId, wallet.walletKey)
  return owner
}

async function startSdk(
  { world, line, faults, writeRule, clock }: Simulation,
  { medium, deviceKey, page }: Pick<Owner, 'medium' | 'deviceKey' | 'page'>,
): Promise<WalletSdk> {
  return await createWalletSdk({
    directory: world.directory,
    storage: openStorage(medium, page, { faults, write: writeRule }),
    deviceKey,
    transport: line.transportOf(page),
    clock: clock(page),
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    stretchPin: quickStretchPin,
  })
}

/** The page is opened again after it was killed: everything in RAM is gone, and a medium that was lying is found out. */
export async function reload(simulation: Simulation, owner: Owner): Promise<void> {
  owner.page.isAlive = false
  owner.medium.unflushed.splice(0)
  owner.page = { isAlive: true }
  owner.sdk = await startSdk(simulation, owner)
}

/** Runs one verb of the wallet and what it left running behind; undefined when the page was killed in it. */
export async function act<Value>(
  simulation: Simulation,
  owner: Owner,
  verb: (sdk: WalletSdk) => Promise<WalletAnswer<Value>>,
): Promise<WalletAnswer<Value> | undefined> {
  try {
    const answer = await verb(owner.sdk)
    // The background open of row 12 queues behind the verb; this waits for it.
    await owner.sdk.loadWallet()
    if (owner.page.isAlive) return answer
    await reload(simulation, owner)
    return answer
  } catch (error) {
    if (!(error instanceof Killed)) throw error
    await reload(simulation, owner)
    return undefined
  }
}

export function valueOf<Value>(answer: WalletAnswer<Value>): Value {
  if (!answer.ok) throw new Error('a step in calm failed', { cause: answer.problem.code })
  return answer.value
}
