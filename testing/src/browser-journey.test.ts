import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import type { Installation } from '@symbolon/contracts/installation'
import { findViolations } from './browser/accessibility.ts'
import {
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
import { findIn } from './browser/operator-view.ts'
import { journalOf, stateAtShop } from './browser/shop.ts'
import { launchChromium, type LaunchedChromium } from './chromium.ts'
import { startInstallation, type TestInstallation } from './installation.ts'

// Long enough not to occur by chance in anything that is recorded.
const pin = '847261935024'
const wrongPin = '847261935025'
const card = { ...visaCard, holderName: 'KIM SAMPLE-9381', postalAddress: 'Seoul 04524 Sejong 110' }
const secrets = [card.primaryAccountNumber, pin, wrongPin, card.holderName, card.phoneNumber, card.postalAddress]

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

describe.each<Locale>(['ko', 'en'])('from an empty conversation to a receipt (%s)', (locale) => {
  let customer: Customer
  let shopPage: Page
  let orderId: string

  /** A picture of the screen and a look for barriers, in the conversation and in the frame if it is open. */
  const look = async (name: string, page: Page = customer.page): Promise<void> => {
    await keepPicture(page, locale, name)
    const frame = page.frames().find((one) => one.url().startsWith(installation.deviceOrigin))
    const isOpen = frame !== undefined && (await page.locator('body.sheet-open').count()) > 0
    const documents = isOpen ? [page, frame] : [page]
    for (const document of documents) expect(await findViolations(document), `${name} in ${document.url()}`).toEqual([])
  }

  beforeAll(async () => {
    customer = await openCustomer({ browser: launched.browser, installation, locale })
  })
  afterAll(async () => {
    await customer.context.close()
  })

  it('offers a wallet where there is none', async () => {
    await customer.page.locator('[data-name=create-wallet]').waitFor()
    await look('01-empty')
  })

  it('warns of a PIN that is easy to guess and takes a better one', async () => {
    await pressInChat(customer, 'create-wallet')
    await viewOf(customer, 'new-pin')
    await typePin(customer, '123456')
    await look('02-new-pin')
    await press(customer, 'confirm')
    await viewOf(customer, 'weak-pin')
    await look('03-weak-pin')
    await press(customer, 'change')
    for (const name of ['new-pin', 'repeat-pin']) {
      await viewOf(customer, name)
      await typePin(customer, pin)
      await press(customer, 'confirm')
    }
    await viewOf(customer, 'created')
    await look('04-created')
    await press(customer, 'next')
  })

  it('checks the card as it is typed and says in words what is wrong', async () => {
    const form = await viewOf(customer, 'card-form')
    await form.locator('[name=card-number]').pressSequentially('4111111111111112')
    await form.locator('[name=expiry]').pressSequentially('1320')
    await press(customer, 'next')
    expect(await form.locator('#card-number-error').textContent()).not.toBe('')
    expect(await form.locator('#expiry-error').textContent()).not.toBe('')
    expect(await form.locator('[name=card-number]').getAttribute('aria-invalid')).toBe('true')
    await look('05-card-errors')
    await form.locator('[name=card-number]').fill('')
    await form.locator('[name=expiry]').fill('')
    await fillCard(customer, card)
    expect(await form.locator('[name=card-number]').inputValue()).toBe('4111 1111 1111 1111')
    expect(await form.locator('#card-number-note').textContent()).toBe(`Visa · ${installation.issuers[0]?.name[locale]}`)
    expect(await form.locator('[aria-invalid=true]').count()).toBe(0)
    await look('06-card-form')
    await press(customer, 'next')
  })

  it('counts a wrong PIN and lets the right one through', async () => {
    await viewOf(customer, 'card-pin')
    await typePin(customer, wrongPin)
    await press(customer, 'confirm')
    const alert = customer.frame.locator('[data-view=card-pin] [role=alert]')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('4')
    await look('07-wrong-pin')
    await typePin(customer, pin)
    await press(customer, 'confirm')
    await viewOf(customer, 'approval')
    await look('08-approval-waiting')
  })

  it('is approved on the page of the issuer itself', async () => {
    const approval = await openApprovalPage(customer)
    expect(new URL(approval.url()).origin).toBe(installation.issuers[0]?.frontOrigin)
    expect(await approval.evaluate(() => window.opener)).toBeNull()
    await look('09-issuer-page', approval)
    await decide(approval, 'approve')
    await viewOf(customer, 'card-active')
    await look('10-card-active')
    await press(customer, 'done')
    await sheetClosed(customer)
    await customer.page.locator('[data-name=open-wallet]').waitFor()
    await look('11-with-card')
  })

  it('orders in the mall and comes back with the order', async () => {
    shopPage = await customer.context.newPage()
    await shopPage.goto(`${installation.mallOrigin}/?lang=${locale}`)
    await look('12-mall', shopPage)
    await shopPage.locator('form:has(input[value=headphones]) button').click()
    await shopPage.locator('#state[data-state=requires_confirmation]').waitFor()
    orderId = (await shopPage.locator('#state').getAttribute('data-order')) ?? ''
    await look('13-order', shopPage)
    const [paying] = await Promise.all([customer.context.waitForEvent('page'), shopPage.locator('a.button').click()])
    await customer.page.close()
    customer = { ...customer, page: paying, frame: paying.frameLocator('iframe') }
    await customer.page.locator('.page [data-name=pay]').waitFor()
    await look('14-payment-request')
  })

  it('shows what the shop signed, and a wrong PIN pays nothing', async () => {
    await openPaySheet(customer)
    const sheet = await viewOf(customer, 'pay-sheet')
    expect(await sheet.locator('.amount').textContent()).toContain('239,000')
    expect(await sheet.locator('.shop').textContent()).toContain(new URL(installation.mallOrigin).host)
    await sheet.locator('[name=instalments]').selectOption('3')
    await look('15-pay-sheet')
    await confirmWithPin(customer, wrongPin)
    await customer.frame.locator('[data-view=pay-sheet] [role=alert]').waitFor()
    expect(await customer.frame.locator('[name=instalments]').inputValue()).toBe('3')
    await look('16-pay-wrong-pin')
    expect((await stateAtShop(installation, orderId))['state']).toBe('requires_confirmation')
  })

  it('pays once, with a receipt in the conversation and at the shop', async () => {
    const before = (await journalOf(installation, '239000')).length
    await confirmWithPin(customer, pin)
    await viewOf(customer, 'paid')
    await look('17-paid')
    await press(customer, 'done')
    await sheetClosed(customer)
    await endInChat(customer, 'captured')
    await look('18-receipt')
    const receipt = (await customer.page.locator('[data-bubble=end]').textContent()) ?? ''
    const atShop = await stateAtShop(installation, orderId)
    expect(atShop).toMatchObject({ state: 'captured', network: 'visa', lastFour: '1111' })
    expect(receipt).toContain(String(atShop['approvalNumber']))
    expect(receipt).toContain('•••• 1111')
    expect(receipt).toContain(locale === 'ko' ? '3개월 할부' : '3 monthly instalments')
    expect((await journalOf(installation, '239000')).slice(before)).toEqual(['approved'])
    await shopPage.locator('#state[data-state=captured]').waitFor()
    await look('19-order-paid', shopPage)
    expect(await shopPage.locator('body').textContent()).not.toContain(card.primaryAccountNumber)
  })

  it('shows the card against the PIN, and hides it', async () => {
    await pressInChat(customer, 'open-wallet')
    await viewOf(customer, 'wallet')
    await look('20-wallet')
    await press(customer, 'show-card')
    await viewOf(customer, 'show-pin')
    await typePin(customer, pin)
    await press(customer, 'confirm')
    const record = await viewOf(customer, 'card-record')
    expect(await record.textContent()).toContain('4111 1111 1111 1111')
    expect(await record.textContent()).toContain(card.holderName)
    expect(await record.textContent()).not.toContain(card.securityCode)
    await look('21-card-record')
    await press(customer, 'hide')
    await viewOf(customer, 'card-hidden')
    expect(await customer.frame.locator('body').textContent()).not.toContain('1111 1111')
    await press(customer, 'done')
    await viewOf(customer, 'wallet')
    await press(customer, 'close')
    await sheetClosed(customer)
  })

  it('reads the same after a reload', async () => {
    await customer.page.reload()
    await endInChat(customer, 'captured')
    await customer.page.locator('[data-name=open-wallet]').waitFor()
  })

  it('1.13-16: told the operator’s page and the operator nothing of card, PIN and person', async () => {
    const control = 'symbolon-control-5529184'
    await customer.page.locator('.page').focus()
    await customer.page.keyboard.type(control)
    await customer.page.evaluate((text) => {
      document.body.setAttribute('data-control', `${text}-document`)
      window.postMessage(`${text}-message`, '*')
    }, control)
    await customer.page.waitForTimeout(300)
    const texts = customer.seen.texts()
    // Control: what is put there on purpose is found in each of the three records.
    expect(findIn(texts, [control, `${control}-document`, `${control}-message`])).toHaveLength(3)
    expect(findIn(texts, secrets)).toEqual([])
    expect(customer.seen.operatorRequests().some((text) => text.includes('/pay '))).toBe(true)
    expect(findIn(customer.seen.requests(), secrets)).toEqual([])
    expect(findIn([await customer.page.content()], secrets)).toEqual([])
  })
})
