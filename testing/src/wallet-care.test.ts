import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Installation } from '@symbolon/contracts/installation'
import { findViolations } from './browser/accessibility.ts'
import {
  addFirstCard,
  confirmWithPin,
  keepPicture,
  openCustomer,
  press,
  pressInChat,
  viewOf,
  visaCard,
  type Customer,
  type Locale,
} from './browser/customer.ts'
import { launchChromium, type LaunchedChromium } from './chromium.ts'
import { startInstallation, type TestInstallation } from './installation.ts'

const pin = '847261935024'

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

describe.each<Locale>(['ko', 'en'])('a wallet whose device is lost (%s)', (locale) => {
  let owner: Customer
  let stopCode = ''

  beforeAll(async () => {
    owner = await openCustomer({ browser: launched.browser, installation, locale })
    stopCode = await addFirstCard(owner, pin, visaCard)
  })
  afterAll(async () => {
    await owner.context.close()
  })

  const stopFrom = async (typed: string): Promise<Customer> => {
    const other = await openCustomer({ browser: launched.browser, installation, locale })
    await pressInChat(other, 'stop')
    await other.page.locator('#stop-code').fill(typed)
    await keepPicture(other.page, locale, '41-stop')
    expect(await findViolations(other.page)).toEqual([])
    await pressInChat(other, 'stop-now')
    return other
  }

  it('has a code of twenty-five symbols that the operator’s page never saw', () => {
    expect(stopCode.replaceAll(' ', '')).toMatch(/^[A-Z2-7]{25}$/u)
    const seen = JSON.stringify(owner.seen)
    expect(seen).not.toContain(stopCode)
    expect(seen).not.toContain(stopCode.replaceAll(' ', ''))
  })

  it('is not stopped by a code that is none, and the page says so', async () => {
    const other = await stopFrom('ABCDE')
    await expect.poll(() => other.page.locator('#stop-problem').innerText()).toMatch(/25/u)
    await other.context.close()
  })

  it('goes on after a stranger’s guess, which is answered like a hit', async () => {
    const other = await stopFrom('ABCDE FGHIJ KLMNO PQRST UVWXY')
    await other.page.locator('[data-bubble=stop][data-fingerprint=said]').waitFor()
    await other.context.close()
    await owner.page.reload()
    await owner.page.locator('[data-name=open-wallet]').waitFor()
  })

  it('is stopped by its code from another device, and says so the next time it is used', async () => {
    const other = await stopFrom(stopCode)
    await other.page.locator('[data-bubble=stop][data-fingerprint=said]').waitFor()
    await keepPicture(other.page, locale, '42-stopped')
    await other.context.close()
    await owner.page.reload()
    await pressInChat(owner, 'open-wallet')
    await viewOf(owner, 'wallet')
    await press(owner, 'show-card')
    await viewOf(owner, 'show-pin')
    await confirmWithPin(owner, pin)
    await viewOf(owner, 'frozen')
    await keepPicture(owner.page, locale, '43-frozen')
  })
})
