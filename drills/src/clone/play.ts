import type { Transport } from '@symbolon/device'
import { createDevice } from '../attacker/device.ts'
import { paying, startPayingDevice, type PayingDevice } from '../attacker/paying-device.ts'
import type { Scene } from '../attacker/scene.ts'
import type { Step } from './orders.ts'

const pin = '270604'
const wrongPin = '000000'

/** What came of one order of steps, each on a wallet of its own, with a last contact of the genuine device at the end. */
export type Played = {
  readonly isFrozen: boolean
  /** Contacts of the genuine device after the copy had bound an attempt, that froze nothing. */
  readonly missed: number
  /** Frozen, although the copy had bound nothing. */
  readonly isFalseAlarm: boolean
  readonly signedByCopy: number
  readonly signedAfterFreeze: number
}

/** A wallet as both sides have it before anything is copied: every order begins here. */
export type Beginning = { readonly genuine: PayingDevice; readonly walletId: string; readonly wallet: Wallet }
type Wallet = NonNullable<ReturnType<ReturnType<Scene['vault']>['memory']['wallets']['get']>>

export async function beginLife(scene: Scene): Promise<Beginning> {
  const genuine = await startPayingDevice(scene, pin)
  if ((await genuine.pay(pin)) !== 'paid') throw new Error('the genuine device pays')
  await genuine.sdk().close()
  const loaded = await genuine.sdk().loadWallet()
  const walletId = loaded.ok ? loaded.value.walletId : undefined
  const wallet = scene.vault().memory.wallets.get(walletId ?? '')
  if (walletId === undefined || wallet === undefined) throw new Error('both sides know the wallet')
  return { genuine, walletId, wallet }
}

export async function playOrder(scene: Scene, { genuine: first, walletId, wallet }: Beginning, order: readonly Step[]): Promise<Played> {
  const { memory } = scene.vault()
  memory.wallets.set(walletId, wallet)
  memory.signed.set(walletId, [])
  scene.restartVault()
  const genuineLine = countContacts(scene.wire.transport)
  const copyLine = createAttackersLine(scene.wire.transport)
  const genuine = await startOn(scene, first, genuineLine.transport)
  const copy = await startOn(scene, first, copyLine.transport)
  const standing = () => readStanding(scene, walletId)
  const seen = { bound: 0, missed: 0, signed: 0, afterFreeze: 0 }
  for (const step of [...order, 'genuine comes back' as const]) {
    const before = { ...standing(), contacts: genuineLine.contacts() }
    await act(step, { genuine, copy, copyLine })
    const after = standing()
    if (before.isFrozen) seen.afterFreeze += after.signed - before.signed
    if (step.startsWith('copy')) {
      seen.bound += after.counter - before.counter
      seen.signed += after.signed - before.signed
    } else if (seen.bound > 0 && genuineLine.contacts() > before.contacts && !after.isFrozen) seen.missed += 1
  }
  if (genuineLine.contacts() === 0) throw new Error('the genuine device had no contact')
  const { isFrozen } = standing()
  return {
    isFrozen,
    missed: seen.missed,
    isFalseAlarm: isFrozen && seen.bound === 0,
    signedByCopy: seen.signed,
    signedAfterFreeze: seen.afterFreeze,
  }
}

type Devices = { readonly genuine: PayingDevice; readonly copy: PayingDevice; readonly copyLine: AttackersLine }

async function act(step: Step, { genuine, copy, copyLine }: Devices): Promise<void> {
  switch (step) {
    case 'genuine pays':
      await genuine.pay(pin)
      return
    case 'genuine comes back':
      await genuine.reload()
      await genuine.sdk().preparePayment()
      return
    case 'copy pays':
      await copy.pay(pin)
      return
    case 'copy pays unsettled':
      await copy.sdk().preparePayment()
      copyLine.closeAfterPay()
      await copy.pay(pin)
      copyLine.open()
      return
    case 'copy mistypes':
      await copy.pay(wrongPin)
      return
    case 'copy opens':
      await copy.reload()
      await copy.sdk().preparePayment()
      return
  }
}

/** A device on the bytes that the wallet began with, and with its key. */
async function startOn(scene: Scene, { medium, deviceKey, stretchPin }: PayingDevice, transport: Transport): Promise<PayingDevice> {
  const { directory, clock } = scene
  return paying(scene, await createDevice({ directory, transport, clock, pin, stretchPin }, { medium: medium.copy(), deviceKey }))
}

function readStanding(scene: Scene, walletId: string) {
  const { memory } = scene.vault()
  const stored = memory.wallets.get(walletId)?.stored
  if (stored === undefined) throw new Error('the vault knows the wallet')
  return { isFrozen: stored.frozen !== null, counter: stored.counter, signed: memory.signed.get(walletId)?.length ?? 0 }
}

/** A contact is an open that the vault answers with a slot, or tells that its epoch is retired. */
function countContacts(transport: Transport): { readonly transport: Transport; contacts(): number } {
  let contacts = 0
  return {
    contacts: () => contacts,
    transport: async (request) => {
      const answer = await transport(request)
      if (request.url.endsWith('/open') && (answer.status === 200 || JSON.stringify(answer.body).includes('STALE'))) contacts += 1
      return answer
    },
  }
}

type AttackersLine = { readonly transport: Transport; closeAfterPay(): void; open(): void }

/** The copy runs the product's code, but its attacker raises no alarm against himself and cuts the line when it suits him. */
function createAttackersLine(transport: Transport): AttackersLine {
  let state: 'open' | 'until-pay' | 'closed' = 'open'
  return {
    closeAfterPay: () => void (state = 'until-pay'),
    open: () => void (state = 'open'),
    transport: async (request) => {
      if (request.url.endsWith('/alarm') || state === 'closed') return { status: 503, body: {} }
      const answer = await transport(request)
      if (state === 'until-pay' && request.url.endsWith('/pay')) state = 'closed'
      return answer
    },
  }
}
