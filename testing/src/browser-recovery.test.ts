import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Installation } from '@symbolon/contracts/installation'
import { findViolations } from './browser/accessibility.ts'
import {
  addFirstCard,
  confirmWithPin,
  decide,
  keepPicture,
  openCustomer,
  openPaySheet,
  openTab,
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

const pin = '730562'
const newPin = '918264'

let system: TestInstallation
let installation: Installation
let launched: LaunchedChromium
beforeAll(async () => {
  ;[system, launched] = await Promise.all([startInstallation(), launchChromium()])
  installation = system.installation()
})
afterAll(async () => {
  await launched.browser.close()
  await system.stop()
})

async function look({ page, locale }: Customer, name: string): Promise<void> {
  await keepPicture(page, locale, name)
  const frame = page.frames().find((one) => one.url().startsWith(installation.deviceOrigin))
  for (const document of [page, ...(frame === undefined ? [] : [frame])]) expect(await findViolations(document), name).toEqual([])
}

/** From the offer to the new wallet; what the issuer's page asks is the caller's to answer. */
async function replaceWallet(customer: Customer, approve: (page: Page) => Promise<void>): Promise<void> {
  await press(customer, 'rebind')
  await viewOf(customer, 'rebind-start')
  await look(customer, '62-rebind-start')
  await press(customer, 'next')
  for (const name of ['new-pin', 'repeat-pin']) {
    await viewOf(customer, name)
    await typePin(customer, newPin)
    await press(customer, 'confirm')
  }
  const stopCode = await viewOf(customer, 'rebind-stop-code', 40_000)
  expect((await stopCode.locator('[data-name=stop-code]').innerText()).replaceAll(' ', '')).toMatch(/^[A-Z2-7]{25}$/u)
  await press(customer, 'next')
  await viewOf(customer, 'rebind')
  await look(customer, '63-rebind')
  const [popup] = await Promise.all([customer.context.waitForEvent('page'), press(customer, 'open-approval')])
  await popup.waitForLoadState()
  await keepPicture(popup, customer.locale, '64-rebind-approval')
  expect(await findViolations(popup)).toEqual([])
  await approve(popup)
  await viewOf(customer, 'rebound', 30_000)
  await look(customer, '65-rebound')
  await press(customer, 'done')
}

async function payOrder(customer: Customer, placed: Order): Promise<void> {
  await viewOf(customer, 'pay-sheet')
  await confirmWithPin(customer, newPin)
  await viewOf(customer, 'paid', 30_000)
  await press(customer, 'done')
  await sheetClosed(customer)
  expect(await stateAtShop(installation, placed.orderId)).toMatchObject({ state: 'captured', lastFour: '1111' })
}

async function openOrder(person: Customer, amountMinorUnits: string): Promise<{ readonly customer: Customer; readonly placed: Order }> {
  const placed = await order(installation, { amountMinorUnits })
  const customer = await openTab(person, `${placed.checkoutUrl}&lang=${person.locale}`)
  return { customer, placed }
}

describe.each<Locale>(['ko', 'en'])('a wallet that can pay no more (%s)', (locale) => {
  it('after five wrong PINs is replaced in the middle of a payment, which then goes on with the same card', async () => {
    const person = await openCustomer({ browser: launched.browser, installation, locale })
    await addFirstCard(person, pin, visaCard)
    await person.page.close()
    const { customer, placed } = await openOrder(person, '21000')
    await openPaySheet(customer)
    for (let tries = 0; tries < 5; tries += 1) {
      await confirmWithPin(customer, '000000')
      if (tries < 4)
        await customer.frame
          .locator('[role=alert]')
          .filter({ hasText: String(4 - tries) })
          .waitFor({ timeout: 30_000 })
    }
    await viewOf(customer, 'locked', 30_000)
    await look(customer, '60-locked')
    await replaceWallet(customer, (page) => decide(page, 'approve'))
    await payOrder(customer, placed)
    await customer.context.close()
  })

  it('after its stop code tells so in the conversation, and is replaced there with the issuer’s identification', async () => {
    const person = await openCustomer({ browser: launched.browser, installation, locale })
    const stopCode = await addFirstCard(person, pin, visaCard)
    await person.page.close()
    const stopped = await fetch(`${installation.directory.operator.origin}/v1/stops`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: stopCode.replaceAll(' ', '') }),
    })
    expect(stopped.status).toBe(204)
    const { customer, placed } = await openOrder(person, '22000')
    await openPaySheet(customer)
    await confirmWithPin(customer, pin)
    await viewOf(customer, 'frozen', 30_000)
    await look(customer, '61-frozen')
    await press(customer, 'close')
    await sheetClosed(customer)
    const bubble = customer.page.locator('[data-bubble=wallet]')
    expect(await bubble.textContent()).toContain(locale === 'ko' ? '정지 코드로 지갑을 멈췄습니다' : 'was stopped with its stop code')
    await look(customer, '61-frozen-chat')
    await pressInChat(customer, 'replace-wallet')
    await viewOf(customer, 'frozen')
    await replaceWallet(customer, async (page) => {
      await page.locator('input[name=identified]').check()
      await decide(page, 'approve')
    })
    const wallet = await viewOf(customer, 'wallet')
    expect(await wallet.textContent()).toContain('1111')
    await look(customer, '66-wallet')
    await press(customer, 'close')
    await sheetClosed(customer)
    await openPaySheet(customer)
    await payOrder(customer, placed)
    await customer.context.close()
  })
})
