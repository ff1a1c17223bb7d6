import { randomBytes } from 'node:crypto'
import { createWalletSdk, type DeviceKey, type PaymentOutcome, type WalletAnswer, type WalletSdk } from '@symbolon/device'
import { createMemoryDeviceKey } from '@symbolon/device/memory'
import { createCrashStorage, type CrashStorage } from './crash-storage.ts'
import { World } from './world.ts'

export const pin = '824917'
export const card = {
  primaryAccountNumber: '4111111111111111',
  expiry: '9912',
  securityCode: '737',
  holderName: 'KIM HANEUL',
  phoneNumber: '010-1234-5678',
  postalAddress: 'Seoul',
}
const { securityCode: _never, ...recordOfCard } = card
export { recordOfCard }

/** The value of an expected success. */
export async function value<Value>(
  answer: Promise<{ readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: unknown }>,
): Promise<Value> {
  const settled = await answer
  if (!settled.ok) throw new Error(JSON.stringify(settled.problem))
  return settled.value
}

/** One person with one device on a medium that can lose power, among everybody whom a wallet talks to: the vault is the real one. */
export type Customer = {
  readonly world: World
  readonly storage: CrashStorage
  readonly walletId: string
  readonly stopCode: string
  readonly token: string
  readonly deviceKey: DeviceKey
  sdk: WalletSdk
  /** Another start on the same files and the same device key: RAM is gone, whatever ran is dead. */
  boot(): Promise<void>
  pay(typed?: string): Promise<WalletAnswer<PaymentOutcome>>
  /** Lets the background of a verb end, so that nothing writes any more. */
  rest(): Promise<void>
}

export async function createCustomer(): Promise<Customer> {
  const world = await World.create()
  const storage = createCrashStorage()
  const deviceKey = createMemoryDeviceKey()
  const start = (): Promise<WalletSdk> =>
    createWalletSdk({
      directory: world.directory,
      storage,
      deviceKey,
      transport: world.transport,
      clock: {
        nowSeconds: () => Math.floor(world.coSigner.nowMs / 1_000),
        monotonicMs: () => world.coSigner.nowMs,
        wait: async (milliseconds) => void (world.coSigner.nowMs += milliseconds),
      },
      randomBytes: (size) => new Uint8Array(randomBytes(size)),
      // The cost of argon2id is custody's own test; here only that another PIN or salt gives another value matters.
      stretchPin: async (text, salt) =>
        new Uint8Array(32).map((_, index) => (text.charCodeAt(index % text.length) + (salt[index % 16] ?? 0)) & 255),
    })
  const sdk = await start()
  const { walletId = '', stopCode } = await value(sdk.createWallet(pin))
  const outcome = await value(sdk.startCardEnrolment(card, pin))
  if (outcome.kind !== 'submitted') throw new Error(outcome.kind)
  world.press(outcome.enrolment.card.enrolmentId, 'active')
  const { tokenReferenceId: token = '' } = await value(sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))
  const customer: Customer = {
    world,
    storage,
    walletId,
    stopCode,
    token,
    deviceKey,
    sdk,
    async boot() {
      storage.boot()
      customer.sdk = await start()
    },
    pay: (typed = pin) => customer.sdk.confirmPayment(world.order(), { pin: typed, instalmentMonths: 0 }),
    rest: async () => void (await customer.sdk.loadWallet()),
  }
  await customer.rest()
  return customer
}
