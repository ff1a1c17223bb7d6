import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from './chromium.ts'
import { createIssuerParty, type IssuerParty } from './issuer/issuer-party.ts'
import { callRebind, createRebindSubmit, openRebind } from './issuer/test-rebind.ts'
import { callEnrolment, createSubmit, createTestWallet, enrol, nextCard, openEnrolment } from './issuer/test-wallet.ts'
import { startTestPostgres, type TestPostgres } from './postgres.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'issuer-page-'))
let postgres: TestPostgres
let party: IssuerParty
let browser: Browser

beforeAll(async () => {
  postgres = await startTestPostgres()
  party = await createIssuerParty(postgres, folder, 'ascii')
  await party.startHost()
  await party.startFront()
  ;({ browser } = await launchChromium())
})
afterAll(async () => {
  await browser.close()
  await party.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function submitOne(data = nextCard()): Promise<{ readonly enrolmentId: string; readonly approvalUrl: string }> {
  const wallet = createTestWallet()
  const opened = await openEnrolment(party, wallet)
  const submitted = await callEnrolment(party, opened.enrolmentId, await createSubmit(party, wallet, opened, data))
  return { enrolmentId: opened.enrolmentId, approvalUrl: submitted.body.approvalUrl ?? '' }
}

async function openOnPhone(url: string, locale: string): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('request', (request) => {
    if (!request.url().startsWith(party.origin)) complaints.push(request.url())
  })
  await page.goto(url)
  return { page, complaints }
}

describe('the approval page in a browser', () => {
  it.each([
    ['ko-KR', '카드 추가 확인', '승인', '카드를 추가했습니다'],
    ['en-US', 'Confirm adding a card', 'Approve', 'The card was added'],
  ])('in %s: a person reads, presses, and the card is added', async (locale, title, button, result) => {
    const { enrolmentId, approvalUrl } = await submitOne()
    const { page, complaints } = await openOnPhone(approvalUrl, locale)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title)
    await keep(page, `approval-${locale}`)
    expect(await findViolations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    await page.getByRole('button', { name: button, exact: true }).click()
    expect(await page.getByRole('status').textContent()).toBe(result)
    expect((await callEnrolment(party, enrolmentId)).body.state).toBe('active')
    await page.goBack()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('can be pressed with the keyboard alone, also to refuse', async () => {
    const { enrolmentId, approvalUrl } = await submitOne()
    const { page } = await openOnPhone(approvalUrl, 'en-US')
    const refuse = page.getByRole('button', { name: 'Refuse', exact: true })
    // How many stops there are hangs on how many wallets have the card already.
    for (let stops = 0; stops < 8 && !(await refuse.evaluate((button) => button === document.activeElement)); stops += 1)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.getByRole('status').textContent()).toBe('The card was not added')
    expect((await callEnrolment(party, enrolmentId)).body.state).toBe('refused')
    await page.context().close()
  })

  it.each([
    { locale: 'ko-KR', link: '이 카드를 쓰는 지갑 보기', title: '카드를 쓰는 지갑', suspend: '이 지갑 정지', resume: '다시 쓰기' },
    {
      locale: 'en-US',
      link: 'See the wallets that have this card',
      title: 'Wallets that have your card',
      suspend: 'Suspend this wallet',
      resume: 'Use it again',
    },
  ])('in $locale: offers to replace an older wallet, and leads to the page of all wallets', async (row) => {
    const { locale, link, title, suspend, resume } = row
    const data = nextCard()
    await enrol(party, createTestWallet(), data)
    const { approvalUrl } = await submitOne(data)
    const { page, complaints } = await openOnPhone(approvalUrl, locale)
    expect(await page.getByRole('radio').count()).toBe(2)
    await keep(page, `approval-choice-${locale}`)
    expect(await findViolations(page)).toEqual([])
    await page.locator('button[value=approve]').click()
    await page.getByRole('link', { name: link }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title)
    await keep(page, `account-${locale}`)
    expect(await findViolations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    await page.getByRole('button', { name: suspend }).first().click()
    await page.getByRole('button', { name: resume }).click()
    expect(await page.getByRole('button', { name: suspend }).count()).toBe(2)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it.each(['ko-KR', 'en-US'])('in %s: a rebind without the old device key is approved only with the tick', async (locale) => {
    const [old, fresh] = [createTestWallet(), createTestWallet()]
    const token = await enrol(party, old, nextCard())
    const opened = (await openRebind(party, fresh, [token])).body
    const { body } = await callRebind(party, opened.rebindId, createRebindSubmit(fresh, opened))
    const { page } = await openOnPhone(body.approvalUrl ?? '', locale)
    await keep(page, `rebind-${locale}`)
    expect(await findViolations(page)).toEqual([])
    await page.locator('button[value=approve]').click()
    await page.getByRole('alert').waitFor()
    await page.getByRole('checkbox').check()
    await page.locator('button[value=approve]').click()
    await page.getByRole('status').waitFor()
    expect((await callRebind(party, opened.rebindId)).body.state).toBe('active')
    await page.context().close()
  })

  it('cannot be shown in a frame', async () => {
    const { enrolmentId, approvalUrl } = await submitOne()
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.setContent(`<iframe src="${approvalUrl}"></iframe>`)
    await page.waitForTimeout(500)
    const texts = await Promise.all(page.frames().map((frame) => frame.content().catch(() => '')))
    expect(texts.join('')).not.toContain('formToken')
    expect((await callEnrolment(party, enrolmentId)).body.state).toBe('awaiting_approval')
    await context.close()
  })
})

async function keep(page: Page, name: string): Promise<void> {
  const folderOfPictures = process.env['SYMBOLON_SCREENSHOTS']
  if (folderOfPictures !== undefined) await page.screenshot({ path: join(folderOfPictures, `${name}.png`), fullPage: true })
}

// axe is given to the page by the debugger, past the page's own policy, which forbids every script.
async function findViolations(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page)
  const run = `${axe}; axe.run().then((r) => JSON.stringify(r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id)))`
  const { result } = await session.send('Runtime.evaluate', { expression: run, awaitPromise: true })
  const found: unknown = JSON.parse(String(result.value))
  return Array.isArray(found) ? found.map(String) : ['axe did not answer']
}
