import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core'
import type { Installation } from '@symbolon/contracts/installation'
import { checkout } from '../installation.ts'
import { recordOperatorPage, type OperatorView } from './operator-view.ts'

export type Locale = 'ko' | 'en'
export type TestCard = {
  readonly primaryAccountNumber: string
  readonly expiry: string
  readonly securityCode: string
  readonly holderName: string
  readonly phoneNumber: string
  readonly postalAddress: string
}

/** A published test number of the first sandbox issuer; nobody's card. */
export const visaCard: TestCard = {
  primaryAccountNumber: '4111111111111111',
  expiry: '08/29',
  securityCode: '737',
  holderName: 'KIM SAMPLE',
  phoneNumber: '010-1234-5678',
  postalAddress: '',
}

export type CustomerOptions = { readonly browser: Browser; readonly installation: Installation; readonly locale: Locale }

/** A person with a telephone: one browser profile, the conversation in front, and what the operator's page can see of all of it. */
export type Customer = {
  readonly locale: Locale
  readonly installation: Installation
  readonly context: BrowserContext
  readonly page: Page
  readonly frame: FrameLocator
  readonly seen: OperatorView
}

/** A telephone as browsers show it. */
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true } as const

export async function openCustomer({ browser, installation, locale }: CustomerOptions): Promise<Customer> {
  return await openConversation({ context: await browser.newContext({ ...phone, locale }), installation, locale })
}

/** The same person in a profile that was launched elsewhere. */
export async function openConversation({
  context,
  installation,
  locale,
}: Pick<Customer, 'context' | 'installation' | 'locale'>): Promise<Customer> {
  context.setDefaultTimeout(15_000)
  const seen = await recordOperatorPage(context, installation.edgeOrigin)
  const page = await context.newPage()
  await page.goto(`${installation.edgeOrigin}/?lang=${locale}`)
  return { locale, installation, context, page, frame: page.frameLocator('iframe'), seen }
}

/** The same person in another tab of the same profile. */
export async function openTab(customer: Customer, url: string): Promise<Customer> {
  const page = await customer.context.newPage()
  await page.goto(url)
  return { ...customer, page, frame: page.frameLocator('iframe') }
}

/** A view of the device frame, once it is on the screen. */
export async function viewOf(customer: Customer, name: string, timeoutMs = 15_000): Promise<Locator> {
  const view = customer.frame.locator(`[data-view="${name}"]`)
  await view.waitFor({ timeout: timeoutMs })
  return view
}

export async function press(customer: Customer, name: string): Promise<void> {
  await customer.frame.locator(`[data-name="${name}"]`).click()
}

export async function pressInChat(customer: Customer, name: string): Promise<void> {
  await customer.page.locator(`.page [data-name="${name}"]`).click()
}

/** Types a PIN on the keyboard, as the focus happens to be after the view appeared. */
export async function typePin(customer: Customer, pin: string): Promise<void> {
  await customer.page.keyboard.type(pin)
}

/** Makes a wallet and answers its stop code, which the frame shows this once. */
export async function createWallet(customer: Customer, pin: string): Promise<string> {
  await pressInChat(customer, 'create-wallet')
  for (const name of ['new-pin', 'repeat-pin']) {
    await viewOf(customer, name)
    await typePin(customer, pin)
    await press(customer, 'confirm')
  }
  const created = await viewOf(customer, 'created')
  const stopCode = await created.locator('[data-name=stop-code]').innerText()
  await keepPicture(customer.page, customer.locale, '04-created')
  await press(customer, 'next')
  return stopCode
}

export async function fillCard(customer: Customer, card: TestCard): Promise<void> {
  const form = await viewOf(customer, 'card-form')
  await form.locator('[name=card-number]').pressSequentially(card.primaryAccountNumber)
  await form.locator('[name=expiry]').pressSequentially(card.expiry)
  await form.locator('[name=security-code]').fill(card.securityCode)
  await form.locator('[name=holder]').fill(card.holderName)
  await form.locator('[name=phone]').fill(card.phoneNumber)
  await form.locator('[name=address]').fill(card.postalAddress)
}

/** Opens the issuer's own page in a window of its own. */
export async function openApprovalPage(customer: Customer): Promise<Page> {
  await viewOf(customer, 'approval')
  const [popup] = await Promise.all([customer.context.waitForEvent('page'), press(customer, 'open-approval')])
  await popup.waitForLoadState()
  return popup
}

export async function decide(approvalPage: Page, decision: 'approve' | 'refuse'): Promise<void> {
  await approvalPage.locator(`button[value=${decision}]`).click()
  await approvalPage.locator('[role=status]').waitFor()
  await approvalPage.close()
}

/** A wallet with one approved card, from an empty conversation, and its stop code. */
export async function addFirstCard(customer: Customer, pin: string, card: TestCard): Promise<string> {
  const stopCode = await createWallet(customer, pin)
  await fillCard(customer, card)
  await press(customer, 'next')
  await viewOf(customer, 'card-pin')
  await typePin(customer, pin)
  await press(customer, 'confirm')
  await decide(await openApprovalPage(customer), 'approve')
  await viewOf(customer, 'card-active')
  await press(customer, 'done')
  await sheetClosed(customer)
  return stopCode
}

/** Opens the pay sheet from the conversation. */
export async function openPaySheet(customer: Customer): Promise<void> {
  await pressInChat(customer, 'pay')
  await viewOf(customer, 'pay-sheet')
}

export async function confirmWithPin(customer: Customer, pin: string): Promise<void> {
  await typePin(customer, pin)
  await press(customer, 'confirm')
}

export async function sheetClosed(customer: Customer): Promise<void> {
  await customer.page.locator('body:not(.sheet-open)').waitFor()
  await customer.page.locator('.sheet').waitFor({ state: 'hidden' })
}

/** Waits until the conversation says how the payment ended. */
export async function endInChat(customer: Customer, state: string, timeoutMs = 15_000): Promise<void> {
  await customer.page.locator(`[data-bubble=end][data-fingerprint*='"${state}"']`).waitFor({ timeout: timeoutMs })
}

/** Keeps a picture of what is on the screen, under a name that is also the order of the journey. */
export async function keepPicture(page: Page, locale: Locale, name: string): Promise<void> {
  const folder = join(checkout, 'testing/artifacts')
  mkdirSync(folder, { recursive: true })
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await page.screenshot({ path: join(folder, `${name}-${locale}.png`), animations: 'disabled' })
}
