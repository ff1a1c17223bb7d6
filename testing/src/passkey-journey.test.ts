import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type Database } from '@symbolon/service/database'
import type { Installation } from '@symbolon/contracts/installation'
import { findViolations } from './browser/accessibility.ts'
import { addAuthenticator, type VirtualAuthenticator } from './browser/authenticator.ts'
import {
  addFirstCard,
  confirmWithPin,
  decide,
  endInChat,
  fillCard,
  keepPicture,
  openApprovalPage,
  openCustomer,
  openPaySheet,
  press,
  pressInChat,
  sheetClosed,
  typePin,
  viewOf,
  visaCard,
  type Customer,
  type Locale,
} from './browser/customer.ts'
import { order, stateAtShop, type Order } from './browser/shop.ts'
import { launchChromium, type LaunchedChromium } from './chromium.ts'
import { startInstallation, type TestInstallation } from './installation.ts'

const pin = '847261935024'
const wrongPin = '847261935025'
// Above the sandbox's limit for software and for what may be copied, below the one for a passkey that stays where it is.
const dear = '1890000'

let system: TestInstallation
let installation: Installation
let launched: LaunchedChromium
let front: Database
beforeAll(async () => {
  ;[system, launched] = await Promise.all([startInstallation(), launchChromium()])
  installation = system.installation()
  front = openFrontDatabase()
})
afterAll(async () => {
  await front.close()
  await launched.browser.close()
  await system.stop()
})

/** The database of the issuer whose card the customers add, as its front opens it. */
function openFrontDatabase(): Database {
  const file = system.machinery().processes.find(({ name }) => name === 'front-a')?.configFile
  if (file === undefined) throw new Error('the run file does not name the configuration of the front')
  const config: { readonly database: Parameters<typeof createDatabase>[0] } = JSON.parse(readFileSync(file, 'utf8'))
  return createDatabase(config.database)
}

type KeyRow = {
  readonly device_key_kind: number
  readonly key_protection: string
  readonly attestation: string
  readonly sign_count: bigint
}
/** The key of the wallet that was bound last, as the issuer keeps it. */
async function latestKey(): Promise<KeyRow | undefined> {
  const { rows } = await front.query<KeyRow>(
    'SELECT device_key_kind, key_protection, attestation, sign_count FROM front.tokens ORDER BY bound_at DESC, created_at DESC LIMIT 1',
  )
  return rows[0]
}

async function choosePin(customer: Customer): Promise<void> {
  await pressInChat(customer, 'create-wallet')
  for (const name of ['new-pin', 'repeat-pin']) {
    await viewOf(customer, name)
    await typePin(customer, pin)
    await press(customer, 'confirm')
  }
}

async function addCard(customer: Customer): Promise<void> {
  await fillCard(customer, visaCard)
  await press(customer, 'next')
  await viewOf(customer, 'card-pin')
  await typePin(customer, pin)
  await press(customer, 'confirm')
  await decide(await openApprovalPage(customer), 'approve')
  await viewOf(customer, 'card-active')
  await press(customer, 'done')
  await sheetClosed(customer)
}

async function openOrder(customer: Customer, amountMinorUnits: string): Promise<Order> {
  const made = await order(installation, { amountMinorUnits })
  await customer.page.goto(`${made.checkoutUrl}${made.checkoutUrl.includes('?') ? '&' : '?'}lang=${customer.locale}`)
  await openPaySheet(customer)
  return made
}

async function payWith(customer: Customer, typed: string, end: string): Promise<void> {
  await viewOf(customer, 'pay-sheet')
  await confirmWithPin(customer, typed)
  await viewOf(customer, end)
}

async function finish(customer: Customer): Promise<void> {
  await press(customer, 'done')
  await sheetClosed(customer)
}

describe.each<Locale>(['ko', 'en'])('a wallet with a PIN and a passkey, in the frame of another site (%s)', (locale) => {
  let customer: Customer
  let authenticator: VirtualAuthenticator

  const look = async (name: string): Promise<void> => {
    await keepPicture(customer.page, locale, name)
    const frame = customer.page.frames().find((one) => one.url().startsWith(installation.deviceOrigin))
    if (frame !== undefined) expect(await findViolations(frame), name).toEqual([])
  }

  beforeAll(async () => {
    customer = await openCustomer({ browser: launched.browser, installation, locale })
    authenticator = await addAuthenticator(customer)
  })
  afterAll(async () => {
    await customer.context.close()
  })

  it('is offered where the browser has one, with what it protects and what not', async () => {
    await choosePin(customer)
    const offer = await viewOf(customer, 'protection')
    expect(await offer.locator('li').count()).toBe(4)
    await look('40-protection')
  })

  it('tells when none was made, and makes one when the person is there', async () => {
    await authenticator.replace({ isStranger: true })
    await press(customer, 'pin-and-passkey')
    await viewOf(customer, 'passkey-failed')
    await look('41-passkey-failed')
    await authenticator.replace({})
    await press(customer, 'pin-and-passkey')
    await viewOf(customer, 'created')
    await look('42-created-with-passkey')
    expect(await authenticator.credentials()).toMatchObject([{ rpId: 'localhost' }])
    await press(customer, 'next')
  })

  it('adds a card; the issuer knows what the key is and counts with it', async () => {
    await addCard(customer)
    expect(await latestKey()).toMatchObject({ device_key_kind: 1, key_protection: 'passkey-device-bound', attestation: 'none' })
    expect(Number((await latestKey())?.sign_count)).toBeGreaterThan(0)
  })

  it('pays, and the counter at the issuer is the authenticator’s', async () => {
    const { orderId } = await openOrder(customer, '239000')
    await payWith(customer, pin, 'paid')
    await finish(customer)
    await endInChat(customer, 'captured')
    expect(await stateAtShop(installation, orderId)).toMatchObject({ state: 'captured' })
    const [credential] = await authenticator.credentials()
    expect(Number((await latestKey())?.sign_count)).toBe(credential?.signCount)
  })

  it('counts a wrong PIN, and pays again: the PRF of the next salt has become that of the current one', async () => {
    const { orderId } = await openOrder(customer, '43000')
    await confirmWithPin(customer, wrongPin)
    const alert = customer.frame.locator('[data-view=pay-sheet] [role=alert]')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('4')
    expect(await stateAtShop(installation, orderId)).toMatchObject({ state: 'requires_confirmation' })
    await payWith(customer, pin, 'paid')
    await finish(customer)
  })

  it('pays what a software key may not', async () => {
    const { orderId } = await openOrder(customer, dear)
    await payWith(customer, pin, 'paid')
    await finish(customer)
    expect(await stateAtShop(installation, orderId)).toMatchObject({ state: 'captured' })
  })

  it('pays nothing with an authenticator that did not verify the person, and loses no try: the vault rejects it', async () => {
    const { orderId } = await openOrder(customer, '33000')
    await authenticator.lie({ isBadUV: true })
    await payWith(customer, pin, 'problem')
    expect(await customer.frame.locator('[data-view=problem] .code').textContent()).toBe('CUSTODY_REJECTED')
    expect(await stateAtShop(installation, orderId)).toMatchObject({ state: 'requires_confirmation' })
    await authenticator.lie({})
    await press(customer, 'retry')
    await viewOf(customer, 'paid')
    await finish(customer)
  })

  it('shows in the wallet what protects it', async () => {
    await pressInChat(customer, 'open-wallet')
    const wallet = await viewOf(customer, 'wallet')
    expect(await wallet.locator('[data-name=protection]').textContent()).toContain(locale === 'ko' ? '패스키' : 'passkey')
    await look('44-wallet-with-passkey')
    await press(customer, 'close')
    await sheetClosed(customer)
  })

  it('is of no use without its authenticator: files and PIN are not enough', async () => {
    const credentials = await authenticator.credentials()
    const { orderId } = await openOrder(customer, '33000')
    await authenticator.replace({})
    await payWith(customer, pin, 'problem')
    expect(await customer.frame.locator('[data-view=problem] .code').textContent()).toBe('WALLET_PASSKEY_UNANSWERED')
    await look('43-passkey-unanswered')
    // Not even a copy of its signing key helps: the secret of the PRF is another one, and a copied key has none.
    await authenticator.replace({ credentials })
    await press(customer, 'retry')
    const refused = customer.frame.locator('[data-view=pay-sheet] [role=alert], [data-view=problem] .code')
    await refused.waitFor()
    expect(await refused.textContent()).toBe('WALLET_PASSKEY_UNSUPPORTED')
    expect(await stateAtShop(installation, orderId)).toMatchObject({ state: 'requires_confirmation' })
  })
})

describe('limits by what protects the key', () => {
  it.each([
    { name: 'a passkey that an account copies', locale: 'ko', keyProtection: 'passkey-synced', kind: 1 },
    { name: 'no passkey', locale: 'en', keyProtection: 'browser-storage', kind: 0 },
  ] as const)('$name counts as software: a dear thing is declined, and the person hears why', async ({ locale, keyProtection, kind }) => {
    const customer = await openCustomer({ browser: launched.browser, installation, locale })
    try {
      if (kind === 1) {
        await addAuthenticator(customer, { isSynced: true })
        await choosePin(customer)
        await viewOf(customer, 'protection')
        await press(customer, 'pin-and-passkey')
        await viewOf(customer, 'created')
        await press(customer, 'next')
        await addCard(customer)
      } else await addFirstCard(customer, pin, visaCard)
      expect(await latestKey()).toMatchObject({ device_key_kind: kind, key_protection: keyProtection })
      const { orderId } = await openOrder(customer, dear)
      await payWith(customer, pin, 'declined')
      const words = (await customer.frame.locator('[data-view=declined]').textContent()) ?? ''
      expect(words).toContain(locale === 'ko' ? '한도를 넘었습니다' : 'above the limit')
      await keepPicture(customer.page, locale, '45-above-limit')
      expect(await stateAtShop(installation, orderId)).toMatchObject({ state: 'declined' })
      await finish(customer)
      await openOrder(customer, '239000')
      await payWith(customer, pin, 'paid')
    } finally {
      await customer.context.close()
    }
  })
})
