import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FrameLocator, Page } from 'playwright-core'
import { launchChromium, type LaunchedChromium } from './chromium.ts'
import { startDeviceOrigin, type DeviceOrigin } from './device-origin.ts'
import { checkout } from './installation.ts'
import { serveFolder, type SmallServer } from './static-pages.ts'

const pin = '847261'

let launched: LaunchedChromium
let chat: SmallServer
let deviceOrigin: DeviceOrigin
beforeAll(async () => {
  launched = await launchChromium()
  chat = await serveFolder(join(checkout, 'web/chat/dist'), {})
  deviceOrigin = await startDeviceOrigin(`http://127.0.0.1:${chat.port}`)
  const config = JSON.stringify({ deviceOrigin: deviceOrigin.origin })
  chat.replace('<!--symbolon:config-->', `<script type="application/json" id="symbolon-config">${config}</script>`)
})
afterAll(async () => {
  await launched.browser.close()
  deviceOrigin.stop()
  await chat.close()
})

let page: Page
let frame: FrameLocator
beforeEach(async () => {
  const context = await launched.browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' })
  page = await context.newPage()
  page.setDefaultTimeout(8_000)
  await page.goto(`http://127.0.0.1:${chat.port}/`)
  frame = page.frameLocator('iframe')
  await page.locator('.page [data-name=create-wallet]').click()
  await frame.locator('[data-view=new-pin]').waitFor()
  return () => context.close()
})

const confirm = () => frame.locator('[data-view=new-pin] [data-name=confirm]')
const warning = () => frame.locator('[data-name=covered] [role=alert]')
const filled = () => frame.locator('.dots .full').count()
const isAsked = () => frame.locator('[data-view=repeat-pin]').waitFor()

describe('the PIN pad inside a page', () => {
  it('takes a PIN when it is clear to see', async () => {
    await page.keyboard.type(pin)
    await confirm().click()
    await isAsked()
  })

  it('takes keys typed at once after it appeared, and Enter too', async () => {
    await page.keyboard.type(`${pin}`)
    await page.keyboard.press('Enter')
    await isAsked()
  })

  it('takes a PIN in a frame that is too low for it, where one has to scroll', async () => {
    await hostile("frame.style.height = '260px'; frame.style.flex = 'none'")
    await page.keyboard.type(pin)
    await confirm().click()
    await isAsked()
  })

  // What a hostile page does to the frame, in its own document.
  it.each<[string, string]>([
    [
      'a transparent sheet over all of it',
      "body.append(Object.assign(document.createElement('div'), { id: 'evil', style: 'position:fixed;inset:0;z-index:9999' }))",
    ],
    [
      'a transparent sheet that lets the pointer through',
      "body.append(Object.assign(document.createElement('div'), { id: 'evil', style: 'position:fixed;inset:0;z-index:9999;pointer-events:none;opacity:0.01;background:red' }))",
    ],
    [
      'a small picture over the button',
      "body.append(Object.assign(document.createElement('div'), { id: 'evil', style: 'position:fixed;bottom:30px;left:150px;width:60px;height:30px;z-index:9999;background:white' }))",
    ],
    ['the frame almost transparent', "frame.style.opacity = '0.05'"],
    ['a page around it that is transparent', "sheet.style.opacity = '0.5'"],
    ['the frame made small', "frame.style.transform = 'scale(0.4)'"],
    ['the frame turned', "frame.style.transform = 'rotate(3deg)'"],
    ['colours taken out', "frame.style.filter = 'blur(4px)'"],
    ['the frame moved half out of the window', "sheet.style.marginBottom = '-300px'"],
    ['the frame cut to its upper part', "sheet.style.clipPath = 'inset(0 0 30% 0)'"],
  ])('refuses under: %s, and goes on when it has gone', async (_, attack) => {
    await page.keyboard.type(pin)
    expect(await filled()).toBe(6)
    await hostile(attack)
    await warning().waitFor()
    expect(await warning().textContent()).toContain('믿지 말고')
    // What was typed is forgotten, what is typed now is not taken, and nothing can be confirmed.
    expect(await filled()).toBe(0)
    await page.keyboard.type(pin)
    await page.keyboard.press('Enter')
    expect(await filled()).toBe(0)
    expect(await confirm().isDisabled()).toBe(true)
    await hostile(
      "document.getElementById('evil')?.remove(); frame.style.opacity = frame.style.transform = frame.style.filter = ''; sheet.removeAttribute('style')",
    )
    await warning().waitFor({ state: 'detached' })
    // The words have gone, and the sheet has become lower again.
    await page.waitForTimeout(700)
    await page.keyboard.type(pin)
    await confirm().click()
    await isAsked()
  })
})

function hostile(attack: string): Promise<unknown> {
  const parts =
    "const body = document.body; const frame = document.querySelector('iframe'); const sheet = document.querySelector('.sheet');"
  return page.evaluate(`{ ${parts} ${attack} }`)
}
