import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createWalletSdk, type WalletProtection, type WalletSdk } from '@symbolon/device'
import { demandRefresh } from '@symbolon/operator-vault/flows'
import { createCrashStorage, type CrashStorage } from './crash-storage.ts'
import { card, pin, recordOfCard, value } from './customer.ts'
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from './software-authenticator.ts'
import { World } from './world.ts'

const origin = 'http://localhost:8401'
let world: World
let storage: CrashStorage
let authenticator: SoftwareAuthenticator
let sdk: WalletSdk
let token: string

const start = (): Promise<WalletSdk> =>
  createWalletSdk({
    directory: world.directory,
    storage,
    deviceKey: authenticator,
    transport: world.transport,
    clock: {
      nowSeconds: () => Math.floor(world.coSigner.nowMs / 1_000),
      monotonicMs: () => world.coSigner.nowMs,
      wait: async (milliseconds) => void (world.coSigner.nowMs += milliseconds),
    },
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    stretchPin: async (text, salt) =>
      new Uint8Array(32).map((_, index) => (text.charCodeAt(index % text.length) + (salt[index % 16] ?? 0)) & 255),
  })

async function enrol(typed: string, protection: WalletProtection): Promise<void> {
  sdk = await start()
  await value(sdk.createWallet(typed, protection))
  const outcome = await value(sdk.startCardEnrolment(card, typed))
  if (outcome.kind !== 'submitted') throw new Error(outcome.kind)
  world.press(outcome.enrolment.card.enrolmentId, 'active')
  token = (await value(sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))).tokenReferenceId ?? ''
}
const pay = (typed: string) => sdk.confirmPayment(world.order(), { pin: typed, instalmentMonths: 0 })

beforeEach(async () => {
  world = await World.create([origin])
  storage = createCrashStorage()
  authenticator = createSoftwareAuthenticator(origin)
})

describe('with a passkey beside the PIN', () => {
  beforeEach(() => enrol(pin, 'pin-and-passkey'))

  test('the PIN changes in one gesture, and the PRF goes on with it', async () => {
    const { gestures } = authenticator
    expect(await value(sdk.changePin(pin, '135790'))).toEqual({ kind: 'changed' })
    expect(authenticator.gestures).toBe(gestures + 1)
    storage.boot()
    sdk = await start()
    expect(await value(pay(pin))).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
    expect(await value(pay('135790'))).toMatchObject({ kind: 'paid' })
    expect(await value(sdk.showCard(token, '135790'))).toEqual({ kind: 'shown', card: recordOfCard })
  })

  test('a demanded refresh costs one gesture more and no second PIN entry', async () => {
    await value(pay(pin))
    await value(sdk.preparePayment())
    await demandRefresh(world.coSigner.vault.deps, { scope: { kind: 'all' }, deadlineSeconds: 3_600 })
    world.coSigner.nowMs += 1
    storage.boot()
    sdk = await start()
    const { gestures } = authenticator
    expect(await value(pay(pin))).toMatchObject({ kind: 'paid' })
    // Refused, refreshed, paid: a passkey signs the slot too.
    expect(authenticator.gestures).toBe(gestures + 3)
    expect(await value(sdk.loadWallet())).toMatchObject({ triesLeft: 5 })
  })
})

describe('with a passkey alone', () => {
  beforeEach(() => enrol('', 'passkey'))

  test('there is no PIN to change; refresh, lookup and closing go without one', async () => {
    expect(await sdk.changePin('', pin)).toEqual({ ok: false, problem: { code: 'WALLET_PIN_FORM' } })
    expect(await value(sdk.refresh(''))).toEqual({ kind: 'refreshed' })
    expect(await value(sdk.showCard(token, ''))).toEqual({ kind: 'shown', card: recordOfCard })
    expect(await value(sdk.closeWallet(''))).toMatchObject({ kind: 'closed' })
    expect(await value(sdk.loadWallet())).toMatchObject({ exists: false, health: 'closed' })
  })
})
