import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import type { Installation } from '@symbolon/contracts/installation'
import { findViolations } from './browser/accessibility.ts'
import {
  addFirstCard,
  confirmWithPin,
  endInChat,
  keepPicture,
  openCustomer,
  openPaySheet,
  openTab,
  press,
  sheetClosed,
  typePin,
  viewOf,
  visaCard,
  type Customer,
} from './browser/customer.ts'
import { journalOf, order, orderForSeconds, stateAtShop, type Order } from './browser/shop.ts'
import { launchChromium, type LaunchedChromium } from './chromium.ts'
import { startInstallation, type TestInstallation } from './installation.ts'

const pin = '730562'
const payCalls = /\/v1\/wallets\/[0-9a-f]+\/pay$/u

let system: TestInstallation
let installation: Installation
let launched: LaunchedChromium
let person: Customer
beforeAll(async () => {
  ;[system, launched] = await Promise.all([startInstallation(), launchChromium()])
  installation = system.installation()
  person = await openCustomer({ browser: launched.browser, installation, locale: 'ko' })
  await addFirstCard(person, pin, visaCard)
})
afterAll(async () => {
  await launched.browser.close()
  await system.stop()
})

/** A fresh order, opened in the person's conversation up to the pay sheet. */
async function reachSheet(amountMinorUnits: string): Promise<{ readonly customer: Customer; readonly placed: Order }> {
  const placed = await order(installation, { amountMinorUnits })
  const customer = await openTab(person, `${placed.checkoutUrl}&lang=ko`)
  await openPaySheet(customer)
  return { customer, placed }
}

async function look(customer: Customer, name: string): Promise<void> {
  await keepPicture(customer.page, 'ko', name)
  const frame = customer.page.frames().find((one) => one.url().startsWith(installation.deviceOrigin))
  for (const document of [customer.page, ...(frame === undefined ? [] : [frame])]) expect(await findViolations(document), name).toEqual([])
}

/** The request reaches the operator; what happens to the answer is decided by the test. */
async function holdAnswers(page: Page, afterwards: 'lose' | 'keep'): Promise<{ readonly sent: Promise<void> }> {
  let tell: () => void = () => undefined
  const sent = new Promise<void>((resolve) => {
    tell = resolve
  })
  await page.route(payCalls, async (route) => {
    await route.fetch()
    tell()
    if (afterwards === 'lose') await route.abort('connectionreset').catch(() => undefined)
  })
  return { sent }
}

describe('how a payment ends', () => {
  // A failed test must not leave the next one without a network.
  afterEach(() => person.context.setOffline(false))

  it('declined by the issuer: the reason in words, nothing paid', async () => {
    const { customer, placed } = await reachSheet('50051')
    await confirmWithPin(customer, pin)
    const view = await viewOf(customer, 'declined')
    expect(await view.textContent()).toContain('잔액이나 한도가 부족합니다')
    await look(customer, '30-declined')
    await press(customer, 'done')
    await endInChat(customer, 'declined')
    await sheetClosed(customer)
    await look(customer, '31-declined-in-chat')
    expect(await stateAtShop(installation, placed.orderId)).toMatchObject({ state: 'declined' })
    await customer.page.close()
  })

  it('a double click is one payment', async () => {
    const { customer } = await reachSheet('31000')
    await typePin(customer, pin)
    await customer.frame.locator('[data-name=confirm]').dblclick()
    await viewOf(customer, 'paid')
    expect(await journalOf(installation, '31000')).toEqual(['approved'])
    await customer.page.close()
  })

  it('expired while the sheet was open: nothing is signed', async () => {
    const placed = await orderForSeconds(installation, 8)
    const customer = await openTab(person, `${placed.checkoutUrl}&lang=ko`)
    await openPaySheet(customer)
    await typePin(customer, pin)
    await customer.page.waitForTimeout(8_500)
    await press(customer, 'confirm')
    await viewOf(customer, 'expired')
    await look(customer, '32-expired')
    await customer.frame.locator('[data-view=expired] button').click()
    await sheetClosed(customer)
    await endInChat(customer, 'expired')
    expect(await customer.page.locator('[data-name=pay]').count()).toBe(0)
    await customer.page.close()
  })

  it('two tabs: the second waits in words and goes on when the first is closed', async () => {
    const first = await reachSheet('32000')
    const placed = await order(installation, { amountMinorUnits: '33000' })
    const second = await openTab(person, `${placed.checkoutUrl}&lang=ko`)
    await second.page.getByText('다른 탭이나 창에서').waitFor()
    await second.page.locator('.page [data-name=pay]').click()
    await viewOf(second, 'in-use')
    await look(second, '33-in-use')
    await first.customer.page.close()
    await viewOf(second, 'pay-sheet', 20_000)
    await confirmWithPin(second, pin)
    await viewOf(second, 'paid')
    expect(await journalOf(installation, '32000')).toEqual([])
    expect(await journalOf(installation, '33000')).toEqual(['approved'])
    await second.page.close()
  })

  it('tab closed before sending: nothing happened, and the order can be paid later', async () => {
    const { customer, placed } = await reachSheet('34000')
    await typePin(customer, pin)
    await customer.page.close()
    expect(await stateAtShop(installation, placed.orderId)).toMatchObject({ state: 'requires_confirmation' })
    const again = await openTab(person, `${placed.checkoutUrl}&lang=ko`)
    await openPaySheet(again)
    await confirmWithPin(again, pin)
    await viewOf(again, 'paid')
    expect(await journalOf(installation, '34000')).toEqual(['approved'])
    await again.page.close()
  })

  it('tab closed after sending: a new tab shows the receipt, paid once', async () => {
    const { customer, placed } = await reachSheet('35000')
    const { sent } = await holdAnswers(customer.page, 'keep')
    await confirmWithPin(customer, pin)
    await sent
    await customer.page.close()
    const again = await openTab(person, `${placed.checkoutUrl}&lang=ko`)
    await endInChat(again, 'captured')
    await again.page.locator('[data-name=open-wallet]').waitFor()
    expect(await journalOf(installation, '35000')).toEqual(['approved'])
    await again.page.close()
  })

  it('reload in the middle of paying: the payment is settled before anything else, and the wallet still signs', async () => {
    const { customer } = await reachSheet('36000')
    const { sent } = await holdAnswers(customer.page, 'keep')
    await confirmWithPin(customer, pin)
    await sent
    await customer.page.unroute(payCalls)
    await customer.page.reload()
    await endInChat(customer, 'captured')
    expect(await journalOf(installation, '36000')).toEqual(['approved'])
    await customer.page.close()
    const next = await reachSheet('37000')
    await confirmWithPin(next.customer, pin)
    await viewOf(next.customer, 'paid')
    await next.customer.page.close()
  })

  it('network lost before sending: said so, known as not signed, paid once afterwards', async () => {
    const { customer } = await reachSheet('38000')
    await customer.context.setOffline(true)
    await confirmWithPin(customer, pin)
    const lost = customer.frame.locator('[data-view=unknown], [data-view=problem]')
    await lost.waitFor({ timeout: 25_000 })
    await look(customer, '34-offline')
    await customer.context.setOffline(false)
    await goOn(customer)
    await viewOf(customer, 'paid', 25_000)
    expect(await journalOf(installation, '38000')).toEqual(['approved'])
    await customer.page.close()
  })

  it('network lost after sending: the result is asked for and the payment is one', async () => {
    const { customer } = await reachSheet('39000')
    const { sent } = await holdAnswers(customer.page, 'lose')
    await confirmWithPin(customer, pin)
    await sent
    await customer.page.unroute(payCalls)
    const end = customer.frame.locator('[data-view=unknown], [data-view=paid]')
    await end.waitFor({ timeout: 25_000 })
    if ((await customer.frame.locator('[data-view=unknown]').count()) > 0) {
      await look(customer, '35-unknown')
      await press(customer, 'ask')
    }
    await viewOf(customer, 'paid')
    expect(await journalOf(installation, '39000')).toEqual(['approved'])
    await customer.page.close()
  })

  it('the conversation alone without a network says so and comes back by itself', async () => {
    const placed = await order(installation, { amountMinorUnits: '40000' })
    const customer = await openTab(person, `${placed.checkoutUrl}&lang=ko`)
    await customer.page.locator('.page [data-name=pay]').waitFor()
    await customer.context.setOffline(true)
    await customer.page.locator('[data-bubble=offline]').waitFor()
    await look(customer, '36-chat-offline')
    await customer.context.setOffline(false)
    await customer.page.locator('[data-bubble=offline]').waitFor({ state: 'detached' })
    await customer.page.locator('.page [data-name=pay]').waitFor()
    await customer.page.close()
  })

  it('vault restarted between sheet and confirmation: the PIN is not asked again', async () => {
    const { customer } = await reachSheet('41000')
    const old = system.kill('vault', 'SIGKILL')
    await system.untilRestarted('vault', old)
    await confirmWithPin(customer, pin)
    const ended = customer.frame.locator('[data-view=paid], [data-view=pay-sheet] [role=alert], [data-view=problem]')
    await ended.waitFor({ timeout: 20_000 })
    expect(await customer.frame.locator('[data-view]').getAttribute('data-view')).toBe('paid')
    expect(await journalOf(installation, '41000')).toEqual(['approved'])
    await customer.page.close()
  })

  it('issuer silent: not paid, told so, and reversed in the end', async () => {
    const { customer, placed } = await reachSheet('12911')
    await confirmWithPin(customer, pin)
    const end = customer.frame.locator('[data-view=unanswered], [data-view=reversed]')
    await end.waitFor({ timeout: 40_000 })
    // How soon the reversal is answered decides which of the two is seen first; both say that no money was taken.
    expect(await end.textContent()).toMatch(/결제되지 않았습니다|돈은 나가지 않았습니다/u)
    await look(customer, '37-unanswered')
    await press(customer, 'done')
    await endInChat(customer, 'reversed', 60_000)
    await look(customer, '38-reversed')
    expect(await stateAtShop(installation, placed.orderId)).toMatchObject({ state: 'reversed' })
    // The host had approved; its answer was lost on the way, and what it took it gave back.
    expect(await journalOf(installation, '12911')).toEqual(['approved', 'reversed'])
    await customer.page.close()
  })

  it('issuer down: an end that took no money, in words', async () => {
    const { customer, placed } = await reachSheet('42000')
    await typePin(customer, pin)
    // The one that would start it again sleeps meanwhile.
    process.kill(system.pid, 'SIGSTOP')
    try {
      system.kill('front-a', 'SIGKILL')
      await press(customer, 'confirm')
      await customer.frame.locator('[data-view=declined], [data-view=unanswered], [data-view=reversed]').waitFor({ timeout: 40_000 })
    } finally {
      process.kill(system.pid, 'SIGCONT')
    }
    await look(customer, '39-issuer-down')
    await press(customer, 'done')
    const state = (await stateAtShop(installation, placed.orderId))['state']
    expect(['declined', 'unanswered', 'reversed']).toContain(state)
    expect(await journalOf(installation, '42000')).not.toContain('approved')
    await customer.page.close()
  })

  it('five wrong PINs lock the wallet, in the frame and in the conversation', async () => {
    const other = await openCustomer({ browser: launched.browser, installation, locale: 'en' })
    await addFirstCard(other, pin, { ...visaCard, primaryAccountNumber: '4242424242424242' })
    const placed = await order(installation, { amountMinorUnits: '43000' })
    const customer = await openTab(other, `${placed.checkoutUrl}&lang=en`)
    await openPaySheet(customer)
    for (const left of [4, 3, 2, 1]) {
      await confirmWithPin(customer, '730563')
      await customer.frame.getByText(`${left} ${left === 1 ? 'try' : 'tries'} left`).waitFor()
    }
    await confirmWithPin(customer, '730563')
    await viewOf(customer, 'locked')
    await keepPicture(customer.page, 'en', '40-locked')
    await press(customer, 'close')
    await sheetClosed(customer)
    await customer.page.locator('[data-bubble=wallet].bad').waitFor()
    await keepPicture(customer.page, 'en', '41-locked-in-chat')
    expect(await stateAtShop(installation, placed.orderId)).toMatchObject({ state: 'requires_confirmation' })
    await other.context.close()
  })
})

/** From a lost connection to the next sheet, whichever way the wallet has learnt that nothing was signed. */
async function goOn(customer: Customer): Promise<void> {
  const isUnknown = (await customer.frame.locator('[data-view=unknown]').count()) > 0
  await press(customer, isUnknown ? 'ask' : 'retry')
  const next = customer.frame.locator('[data-view=not-signed], [data-view=pay-sheet], [data-view=paid]')
  await next.waitFor({ timeout: 25_000 })
  if ((await customer.frame.locator('[data-view=not-signed]').count()) > 0) await press(customer, 'again')
  await customer.frame.locator('[data-view=pay-sheet], [data-view=paid]').waitFor()
  if ((await customer.frame.locator('[data-view=pay-sheet]').count()) > 0) await confirmWithPin(customer, pin)
}
