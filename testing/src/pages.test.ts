import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BrowserContext, FrameLocator, Page } from 'playwright-core'
import { findViolations } from './browser/accessibility.ts'
import { launchChromium, type LaunchedChromium } from './chromium.ts'
import { startDeviceOrigin, type DeviceOrigin } from './device-origin.ts'
import { checkout } from './installation.ts'
import { serveFolder, serveText, type SmallServer } from './static-pages.ts'

const chatDist = join(checkout, 'web/chat/dist')
const pendingPayment = {
  paymentId: 'ab'.repeat(16),
  version: 1,
  state: 'requires_confirmation',
  merchantId: 'cd'.repeat(16),
  orderId: 'order-1',
  orderName: '<img src=x onerror=alert(1)>',
  amountMinorUnits: '4500',
  currency: 'KRW',
  createdAt: 1_790_000_000,
  expiresAt: 1_790_000_900,
  checkoutUrl: 'http://127.0.0.1/',
}

let launched: LaunchedChromium
let context: BrowserContext
let chat: SmallServer
let stranger: SmallServer
let deviceOrigin: DeviceOrigin
let page: Page
let frame: FrameLocator

// The two pages alone, each from its own site, with an operator and issuers that do not answer.
beforeAll(async () => {
  launched = await launchChromium()
  chat = await serveFolder(chatDist, { '/v1/checkout/': JSON.stringify({ payment: pendingPayment, request: 'a.b.c' }) })
  deviceOrigin = await startDeviceOrigin(`http://127.0.0.1:${chat.port}`)
  chat.replace(
    '<!--symbolon:config-->',
    `<script type="application/json" id="symbolon-config">{"deviceOrigin":"${deviceOrigin.origin}"}</script>`,
  )
  stranger = await serveText({ '/': `<iframe id="device" src="${deviceOrigin.origin}/"></iframe>` })
  context = await launched.browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' })
  page = await context.newPage()
  await page.goto(`http://127.0.0.1:${chat.port}/`)
  frame = page.frameLocator('iframe')
})
afterAll(async () => {
  await launched.browser.close()
  deviceOrigin.stop()
  await Promise.all([chat.close(), stranger.close()])
})

describe('the pages alone', () => {
  it('show the conversation in Korean and a wallet that does not exist yet', async () => {
    await page.getByRole('button', { name: '카드 지갑 만들기' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('ko')
  })

  it('hear the frame only: the same message from the page itself changes nothing', async () => {
    const event = { kind: 'symbolon/wallet', exists: true, health: 'locked', cards: [] }
    await page.evaluate((message) => window.postMessage(message, '*'), event)
    await page.waitForTimeout(300)
    expect(await page.getByRole('button', { name: '카드 지갑 만들기' }).isVisible()).toBe(true)
  })

  it('ask for a PIN inside the frame, with keys and with the keyboard, and warn of a weak one', async () => {
    await page.getByRole('button', { name: '카드 지갑 만들기' }).click()
    await frame.locator('[data-view=new-pin]').waitFor()
    await page.keyboard.type('1234')
    // Chromium drops presses in a watched frame that has just moved, and the sheet slid in a moment ago.
    await page.waitForTimeout(700)
    await frame.getByRole('button', { name: '5', exact: true }).click()
    await frame.getByRole('button', { name: '6', exact: true }).click()
    expect(await frame.getByRole('status').textContent()).toContain('6')
    await frame.getByRole('button', { name: '다음' }).click()
    await frame.locator('[data-view=weak-pin]').waitFor()
    await frame.getByRole('button', { name: '다른 비밀번호 정하기' }).click()
  })

  it('refuse two PINs that differ', async () => {
    await page.keyboard.type('847261')
    await page.keyboard.press('Enter')
    await frame.locator('[data-view=repeat-pin]').waitFor()
    await page.keyboard.type('847262')
    await page.keyboard.press('Enter')
    await frame.locator('[data-view=new-pin] [role=alert]').waitFor()
  })

  it('say what to do when the operator does not answer, and let go', async () => {
    await page.keyboard.type('847261')
    await page.keyboard.press('Enter')
    await frame.locator('[data-view=repeat-pin]').waitFor()
    await page.keyboard.type('847261')
    await page.keyboard.press('Enter')
    await frame.locator('[data-view=problem]').waitFor()
    await frame.locator('[data-view=problem] [data-name=close]').click()
    await page.getByRole('button', { name: '카드 지갑 만들기' }).waitFor()
    expect(await page.locator('.sheet').evaluate((sheet) => sheet instanceof HTMLElement && sheet.inert)).toBe(true)
  })

  it('close the sheet with the keyboard and give the focus back', async () => {
    await page.getByRole('button', { name: '카드 지갑 만들기' }).press('Enter')
    await frame.locator('[data-view=new-pin]').waitFor()
    await page.getByRole('button', { name: '카드 지갑 닫기' }).press('Escape')
    expect(await page.locator('.sheet').evaluate((sheet) => sheet instanceof HTMLElement && sheet.inert)).toBe(true)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-name'))).toBe('create-wallet')
  })

  it('close the sheet with Escape pressed inside the frame', async () => {
    await page.getByRole('button', { name: '카드 지갑 만들기' }).press('Enter')
    await frame.locator('[data-view=new-pin]').waitFor()
    await page.keyboard.type('12')
    await page.keyboard.press('Escape')
    await page.locator('body:not(.sheet-open)').waitFor()
    expect(await frame.locator('[data-view]').count()).toBe(0)
  })

  it('show an order name as text', async () => {
    const paying = await context.newPage()
    await paying.goto(`http://127.0.0.1:${chat.port}/?pay=${pendingPayment.paymentId}&lang=en`)
    await paying.getByText('<img src=x onerror=alert(1)>').waitFor()
    expect(await paying.locator('img').count()).toBe(0)
    expect(await paying.getByRole('button', { name: /^Pay/u }).count()).toBe(0)
    await paying.close()
  })

  it('are not embedded by a page that is not listed', async () => {
    const other = await context.newPage()
    const blocked = other.waitForEvent('console', (message) => message.text().includes('frame-ancestors'))
    await other.goto(`http://127.0.0.1:${stranger.port}/`)
    expect((await blocked).text()).toContain('Content Security Policy')
    await other.close()
  })

  it('tell what a hostile page can still do, in both languages, with nothing that runs', async () => {
    const about = await context.newPage()
    await about.goto(`${deviceOrigin.origin}/about`)
    for (const words of ['지갑처럼 생긴 가짜를 그릴 수 있습니다', 'It can draw a false wallet']) await about.getByText(words).waitFor()
    expect(await findViolations(about)).toEqual([])
    expect(await about.locator('script').count()).toBe(0)
    await about.close()
  })

  it('connect from the frame to pinned parties only', async () => {
    const inside = page.frames().find((one) => one.url().startsWith(deviceOrigin.origin))
    const reached = await inside?.evaluate(
      (port) =>
        fetch(`http://127.0.0.1:${port}/`, { mode: 'no-cors' }).then(
          () => true,
          () => false,
        ),
      stranger.port,
    )
    expect(reached).toBe(false)
  })

  it('say so when the wallet cannot be loaded', async () => {
    const alone = await launched.browser.newContext({ viewport: { width: 390, height: 844 } })
    await alone.route(`${deviceOrigin.origin}/**`, (route) => route.abort())
    const stuck = await alone.newPage()
    await stuck.clock.install()
    await stuck.goto(`http://127.0.0.1:${chat.port}/?lang=en`)
    await stuck.getByText('Loading the card wallet').waitFor()
    await stuck.clock.fastForward(15_000)
    await stuck.locator('[data-name=retry-wallet]').waitFor()
    await alone.close()
  })
})
