import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Frame, Page } from 'playwright-core'
import { launchChromium, type LaunchedChromium } from './chromium.ts'
import { serveText, type SmallServer } from './static-pages.ts'

let launched: LaunchedChromium
let server: SmallServer
beforeAll(async () => {
  launched = await launchChromium()
  server = await serveText({
    '/embedded': '<p>embedded</p>',
    '/text': '<meta charset="utf-8"><p style="font:40px sans-serif">힣 승인번호</p>',
  })
})
afterAll(async () => {
  await launched.browser.close()
  await server.close()
})

describe('the browser of the tests', () => {
  it('keeps storage of an embedded page apart for each embedding site, as real browsers do', async () => {
    const context = await launched.browser.newContext()
    const embedding = await serveText({ '/': `<iframe src="http://localhost:${server.port}/embedded"></iframe>` })
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${embedding.port}/`)
    await embeddedFrame(page).evaluate(() => localStorage.setItem('wallet', 'embedded'))
    const alone = await context.newPage()
    await alone.goto(`http://localhost:${server.port}/embedded`)
    expect(await alone.evaluate(() => localStorage.getItem('wallet'))).toBeNull()
    await page.reload()
    expect(await embeddedFrame(page).evaluate(() => localStorage.getItem('wallet'))).toBe('embedded')
    await context.close()
    await embedding.close()
  })

  it('draws Hangul: two syllables give two pictures', async () => {
    const page = await launched.browser.newPage()
    await page.goto(`http://127.0.0.1:${server.port}/text`)
    const different = await page.evaluate(() => {
      const draw = (text: string): string => {
        const canvas = document.createElement('canvas')
        const context = canvas.getContext('2d')
        if (context === null) throw new Error('no canvas')
        context.font = '40px sans-serif'
        context.fillText(text, 0, 60)
        return canvas.toDataURL()
      }
      return { syllables: draw('가') !== draw('승'), isDrawn: draw('가') !== draw('') }
    })
    expect(different).toEqual({ syllables: true, isDrawn: true })
    await page.close()
  })
})

function embeddedFrame(page: Page): Frame {
  const frame = page.frames().find((one) => one.url().includes('/embedded'))
  if (frame === undefined) throw new Error('the embedded page is not there')
  return frame
}
