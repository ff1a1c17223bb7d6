import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { Customer } from '@symbolon/testing/browser-customer'

const settleMs = 700

/** What the operator's page reads of the frame by every way that a page has to look into another. Nothing is the only good answer. */
export function readFrame(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const frame = document.querySelector('iframe')
    const inner = frame?.contentWindow
    const ways: readonly (readonly [string, () => unknown])[] = [
      ['contentDocument', () => frame?.contentDocument?.documentElement.outerHTML],
      ['document', () => inner?.document.documentElement.outerHTML],
      ['localStorage', () => inner?.localStorage.length],
      ['indexedDB', () => inner?.indexedDB.databases()],
      ['location', () => inner?.location.href],
      ['name', () => (inner === null || inner === undefined ? undefined : Reflect.get(inner, 'name'))],
      ['selection', () => inner?.getSelection()?.toString()],
      ['script', () => (inner === null || inner === undefined ? undefined : Reflect.get(inner, 'eval')('1'))],
    ]
    return ways.flatMap(([name, read]) => {
      try {
        const value = read()
        return value === undefined || value === null ? [] : [name]
      } catch {
        // The browser refuses: another origin.
        return []
      }
    })
  })
}

/** What the operator's page may send. */
export async function sendCommand({ page, installation }: Customer, command: object): Promise<void> {
  await page.evaluate(([message, origin]) => document.querySelector('iframe')?.contentWindow?.postMessage(message, origin), [
    command,
    installation.deviceOrigin,
  ] as const)
}

/** Commands that the page is not entitled to, or that carry more than the frame takes, sent from the operator's own page. */
export async function sendForgedCommands({ page, installation }: Customer, paymentId: string, pin: string): Promise<number> {
  const base = { locale: 'en', paymentId }
  const forged = [
    { kind: 'symbolon/pay', ...base, pin },
    { kind: 'symbolon/pay', ...base, confirmed: true },
    { kind: 'symbolon/pay', ...base, amountMinorUnits: '1' },
    { kind: 'symbolon/export', locale: 'en' },
    { kind: 'symbolon/show-card', locale: 'en', tokenReferenceId: '0'.repeat(32), pin },
    { kind: 'symbolon/wallet', exists: false, health: 'none', cards: [] },
    JSON.stringify({ kind: 'symbolon/pay', ...base }),
    { kind: ['symbolon/pay'], ...base },
    null,
  ]
  await page.evaluate(
    ([messages, origin]) => {
      for (const message of messages) document.querySelector('iframe')?.contentWindow?.postMessage(message, origin)
    },
    [forged, installation.deviceOrigin] as const,
  )
  await wait(settleMs)
  return forged.length
}

/** Keys and clicks that a script makes up, aimed at the frame while its PIN pad is open. */
export async function typeForThePerson(page: Page, pin: string): Promise<void> {
  await page.evaluate((digits) => {
    const frame = document.querySelector('iframe')
    for (const key of [...digits, 'Enter']) {
      for (const target of [frame, document, window, document.activeElement])
        target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }))
    }
    const { left = 0, top = 0, width = 0, height = 0 } = frame?.getBoundingClientRect() ?? {}
    for (let share = 0; share <= 1; share += 0.1) {
      const at = { clientX: left + width / 2, clientY: top + height * share, bubbles: true }
      for (const kind of ['pointerdown', 'mousedown', 'mouseup', 'click']) frame?.dispatchEvent(new MouseEvent(kind, at))
    }
  }, pin)
  await wait(settleMs)
}

/** Puts a page of another origin beside the wallet and lets it give the wallet a command; resolves when it has been given. */
export async function commandFromBeside(page: Page, hostile: string, command: object): Promise<void> {
  await page.evaluate((source) => {
    const frame = document.createElement('iframe')
    frame.src = `${source}/beside`
    frame.id = 'beside'
    document.body.append(frame)
    return new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  }, hostile)
  await page.evaluate((message) => {
    const frame = document.querySelector<HTMLIFrameElement>('#beside')
    const told = new Promise<void>((resolve) => addEventListener('message', ({ data }) => data === 'told' && resolve()))
    frame?.contentWindow?.postMessage(message, '*')
    return told
  }, command)
}

export async function removeBeside(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelector('#beside')?.remove())
}

/** Embeds the wallet on a page of another origin, gives it a command, and answers what was heard from it. */
export async function embedElsewhere({ context }: Customer, hostile: string, command: object): Promise<readonly unknown[]> {
  const page = await context.newPage()
  await page.goto(`${hostile}/embed`)
  await page.evaluate((message) => document.querySelector('iframe')?.contentWindow?.postMessage(message, '*'), command)
  await wait(2 * settleMs)
  const heard = await page.evaluate(() => {
    const list: unknown = Reflect.get(window, 'heard')
    return Array.isArray(list) ? list.map((one) => JSON.stringify(one)) : []
  })
  await page.close()
  return heard
}
