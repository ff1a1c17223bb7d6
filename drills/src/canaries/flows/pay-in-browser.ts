import type { Installation } from '@symbolon/contracts/installation'
import {
  addFirstCard,
  confirmWithPin,
  endInChat,
  openCustomer,
  openPaySheet,
  openTab,
  type Customer,
} from '@symbolon/testing/browser-customer'
import { launchChromium } from '@symbolon/testing/chromium'
import type { Place } from '../places/place.ts'
import type { PlantedCard } from '../rules/planted.ts'

export type PaidInBrowser = {
  /** What the operator's page could see, and what was sent to the operator. */
  readonly places: readonly Place[]
  /** What the device frame saw: the card must be here. */
  readonly seenByDevice: Uint8Array
  close(): Promise<void>
}

/**
 * A person types the planted card and PIN in a real browser while the operator's page records every key, message, text and attribute
 * of its document, as a hostile operator would. The browser stays open, so that markers can be typed into the same page.
 */
export async function payInBrowser(installation: Installation, card: PlantedCard): Promise<PaidInBrowser> {
  const { browser } = await launchChromium()
  const customer = await openCustomer({ browser, installation, locale: 'en' })
  const device = await recordDeviceFrame(customer)
  const checkoutUrl = await placeOrder(installation)
  await customer.page.reload()
  await addFirstCard(customer, card.pin, { ...card, expiry: `${card.expiry.slice(2)}/${card.expiry.slice(0, 2)}` })
  await customer.page.close()
  const paying = await openTab(customer, `${checkoutUrl}&lang=en`)
  await openPaySheet(paying)
  await confirmWithPin(paying, card.pin)
  await endInChat(paying, 'captured')
  return {
    places: [
      createPagePlace('operator’s page in the browser', paying, () => [...paying.seen.texts()]),
      createPagePlace('requests of the browser to the operator', paying, () => [...paying.seen.operatorRequests()]),
    ],
    seenByDevice: Buffer.from(device.join('\n')),
    close: () => browser.close(),
  }
}

function createPagePlace(name: string, { page }: Customer, read: () => readonly string[]): Place {
  return {
    name,
    plantMarker: async (marker) => {
      // As a person who mistakes the operator's page for the frame: typed into it, and sent by it.
      await page.locator('body').click({ position: { x: 4, y: 4 } })
      await page.keyboard.type(marker)
      await page.evaluate((text) => fetch(`/v1/checkout/${text}`).then(() => undefined), marker)
      return () => Promise.resolve()
    },
    read: async (sink) => {
      const stored = await page.evaluate(async () =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, await indexedDB.databases()]),
      )
      for (const text of [...read(), stored, await page.content()]) sink.feed(Buffer.from(text))
      sink.endRun()
    },
  }
}

async function recordDeviceFrame({ context, installation }: Customer): Promise<readonly string[]> {
  const seen: string[] = []
  let keys = ''
  await context.exposeBinding('symbolonDevice', (_source, key: string, value: string) => {
    keys = /^\d$/u.test(key) ? keys + key : ''
    seen.push(keys, value, `"securityCode":"${value}"`)
  })
  await context.addInitScript((deviceOrigin) => {
    if (location.origin !== deviceOrigin) return
    const report = (key: string, value: string): void => {
      const binding: unknown = Reflect.get(window, 'symbolonDevice')
      if (typeof binding === 'function') binding(key, value)
    }
    addEventListener('keydown', (event) => report(event.key, ''), { capture: true })
    addEventListener('input', (event) => event.target instanceof HTMLInputElement && report('', event.target.value.replaceAll(' ', '')), {
      capture: true,
    })
    addEventListener('input', (event) => event.target instanceof HTMLInputElement && report('', event.target.value), { capture: true })
  }, installation.deviceOrigin)
  return seen
}

async function placeOrder({ mallOrigin }: Installation): Promise<string> {
  const answer = await fetch(new URL('/api/orders', mallOrigin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ shop: 'coffee', amountMinorUnits: '4500', currency: 'KRW' }),
  })
  const order: unknown = await answer.json()
  if (typeof order !== 'object' || order === null || !('checkoutUrl' in order) || typeof order.checkoutUrl !== 'string')
    throw new Error('the mall took no order')
  return order.checkoutUrl
}
