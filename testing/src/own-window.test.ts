import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BrowserContext, FrameLocator, Page } from 'playwright-core'
import type { Installation } from '@symbolon/contracts/installation'
import { decide, visaCard } from './browser/customer.ts'
import { order, stateAtShop } from './browser/shop.ts'
import { launchChromium, type LaunchedChromium } from './chromium.ts'
import { startInstallation, type TestInstallation } from './installation.ts'

const pin = '847261935024'

let system: TestInstallation
let installation: Installation
let launched: LaunchedChromium
let context: BrowserContext
let page: Page
let frame: FrameLocator
beforeAll(async () => {
  ;[system, launched] = await Promise.all([startInstallation(), launchChromium()])
  installation = system.installation()
  context = await launched.browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en' })
  context.setDefaultTimeout(15_000)
  await context.addInitScript(refuseEmbeddedStorage)
  page = await context.newPage()
  await page.goto(`${installation.edgeOrigin}/?lang=en`)
  frame = page.frameLocator('iframe')
})
afterAll(async () => {
  await launched.browser.close()
  await system.stop()
})

describe('a browser that gives an embedded page no storage', () => {
  it('is the one of this test: the frame itself is refused its files', async () => {
    await page.locator('iframe').waitFor({ state: 'attached' })
    await page.locator('[data-name=open-window]').waitFor()
    const inside = page.frames().find((one) => one.url().startsWith(installation.deviceOrigin))
    const refused = await inside?.evaluate(() =>
      navigator.storage.getDirectory().then(
        () => 'given',
        (error: unknown) => (error instanceof Error ? error.name : 'refused'),
      ),
    )
    expect(refused).toBe('SecurityError')
  })

  it('makes a wallet and adds a card in a window of the same bundle, told by the chat page what is wanted', async () => {
    await page.locator('[data-name=open-window]').click()
    const wallet = await openWindow()
    expect(new URL(wallet.url()).origin).toBe(installation.deviceOrigin)
    for (const name of ['new-pin', 'repeat-pin']) {
      await wallet.locator(`[data-view=${name}]`).waitFor()
      await wallet.keyboard.type(pin)
      await wallet.locator('[data-name=confirm]').click()
    }
    await wallet.locator('[data-view=created] [data-name=next]').click()
    const form = wallet.locator('[data-view=card-form]')
    await form.locator('[name=card-number]').pressSequentially(visaCard.primaryAccountNumber)
    await form.locator('[name=expiry]').pressSequentially(visaCard.expiry)
    await form.locator('[name=security-code]').fill(visaCard.securityCode)
    await form.locator('[name=holder]').fill(visaCard.holderName)
    await form.locator('[name=phone]').fill(visaCard.phoneNumber)
    await wallet.locator('[data-name=next]').click()
    await wallet.locator('[data-view=card-pin]').waitFor()
    await wallet.keyboard.type(pin)
    await wallet.locator('[data-name=confirm]').click()
    await wallet.locator('[data-view=approval]').waitFor()
    const [approval] = await Promise.all([context.waitForEvent('page'), wallet.locator('[data-name=open-approval]').click()])
    await approval.waitForLoadState()
    await decide(approval, 'approve')
    await wallet.locator('[data-view=card-active]').waitFor()
    await Promise.all([wallet.waitForEvent('close'), wallet.locator('[data-name=done]').click()])
    await page.locator('.card-list').waitFor()
    expect(await page.locator('body.sheet-open').count()).toBe(0)
  })

  it('pays in a window that finds the same wallet again, after a reload of the conversation', async () => {
    const { paymentId, orderId } = await order(installation, { amountMinorUnits: '31000' })
    await page.goto(`${installation.edgeOrigin}/?lang=en&pay=${paymentId}`)
    await page.locator('.page [data-name=pay]').click()
    const wallet = await openWindow()
    await wallet.locator('[data-view=pay-sheet]').waitFor()
    expect(await wallet.locator('.amount').textContent()).toContain('31,000')
    await wallet.keyboard.type(pin)
    await wallet.locator('[data-name=confirm]').click()
    await wallet.locator('[data-view=paid]').waitFor()
    await Promise.all([wallet.waitForEvent('close'), wallet.locator('[data-name=done]').click()])
    await page.locator(`[data-bubble=end][data-fingerprint*='"captured"']`).waitFor()
    expect((await stateAtShop(installation, orderId))['state']).toBe('captured')
  })
})

// Headless Chromium's shell has no setting that blocks storage of embedded sites, so the answers of one that does are put in its place,
// in embedded pages alone: the same refusals, with the same names, at the same calls.
function refuseEmbeddedStorage(): void {
  if (window.parent === window) return
  const refusal = (): DOMException => new DOMException('Access to storage is not allowed from this context.', 'SecurityError')
  navigator.storage.getDirectory = () => Promise.reject(refusal())
  IDBFactory.prototype.open = () => {
    throw refusal()
  }
}

/** The wallet's window opens by a press inside the frame, and by nothing else. */
async function openWindow(): Promise<Page> {
  await frame.locator('[data-view=own-window]').waitFor()
  const [wallet] = await Promise.all([context.waitForEvent('page'), frame.locator('[data-name=open]').click()])
  await wallet.waitForLoadState()
  return wallet
}
