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

describe.each<Locale>(['ko', 'en'])('care for a wallet (%s)', (locale) => {
  const newPin = '603917284455'
  let owner: Customer
  beforeAll(async () => {
    owner = await openCustomer({ browser: launched.browser, installation, locale })
    await addFirstCard(owner, pin, visaCard)
  })
  afterAll(async () => {
    await owner.context.close()
  })

  const openCare = async (): Promise<void> => {
    await pressInChat(owner, 'open-wallet')
    await viewOf(owner, 'wallet')
    await press(owner, 'care')
    await viewOf(owner, 'care')
  }
  const look = async (name: string): Promise<void> => {
    await keepPicture(owner.page, locale, name)
    const frame = owner.page.frames().find((one) => one.url().startsWith(installation.deviceOrigin))
    if (frame === undefined) throw new Error('the frame is not on the page')
    expect(await findViolations(frame)).toEqual([])
  }
  const leave = async (): Promise<void> => {
    await press(owner, 'done')
    await viewOf(owner, 'care')
    await press(owner, 'back')
    await viewOf(owner, 'wallet')
  }

  it('shares the key anew, and a wrong PIN costs a try', async () => {
    await openCare()
    await look('50-care')
    await press(owner, 'refresh')
    await viewOf(owner, 'refresh-pin')
    await confirmWithPin(owner, newPin)
    await owner.frame.locator('[role=alert]').waitFor()
    await look('51-refresh-wrong')
    await confirmWithPin(owner, pin)
    await viewOf(owner, 'refreshed')
    await look('52-refreshed')
    await leave()
  })

  it('takes a new PIN in place of the old one', async () => {
    await press(owner, 'care')
    await press(owner, 'change-pin')
    for (const name of ['new-pin', 'repeat-pin']) {
      await viewOf(owner, name)
      await confirmWithPin(owner, newPin)
    }
    await viewOf(owner, 'old-pin')
    await confirmWithPin(owner, pin)
    await viewOf(owner, 'pin-changed')
    await look('53-pin-changed')
    await leave()
    await press(owner, 'show-card')
    await viewOf(owner, 'show-pin')
    await confirmWithPin(owner, pin)
    await owner.frame.locator('[role=alert]').waitFor()
    await confirmWithPin(owner, newPin)
    await viewOf(owner, 'card-record')
    await press(owner, 'hide')
    await press(owner, 'done')
  })

  it('is closed for good, and the conversation offers a new one', async () => {
    await viewOf(owner, 'wallet')
    await press(owner, 'care')
    await press(owner, 'close-wallet')
    await viewOf(owner, 'close-wallet')
    await look('54-close-wallet')
    await press(owner, 'go-on')
    await viewOf(owner, 'close-pin')
    await confirmWithPin(owner, newPin)
    await viewOf(owner, 'wallet-closed')
    await look('55-wallet-closed')
    await press(owner, 'done')
    await owner.page.locator('[data-name=create-wallet]').waitFor()
    await owner.page.reload()
    await owner.page.locator('[data-name=create-wallet]').waitFor()
  })
})
