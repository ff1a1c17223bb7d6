import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Installation } from '@symbolon/contracts/installation'
import {
  addFirstCard,
  confirmWithPin,
  endInChat,
  openConversation,
  openPaySheet,
  openTab,
  phone,
  visaCard,
  type Customer,
} from '@symbolon/testing/browser-customer'
import { launchChromiumProfile } from '@symbolon/testing/chromium'
import type { TestInstallation } from '@symbolon/testing/installation'
import { readDeviceFile, type DeviceLoot } from '../attacker/device-files.ts'

export const pin = '847261'
export const wrongPin = '847262'
// A loaded machine is slow, not broken.
const patienceMs = 60_000

/** What the person did, for comparison with what the thief finds: the wallet's file after each payment, and the device's public key. */
export type Life = { readonly earlier: readonly DeviceLoot[]; readonly last: DeviceLoot; readonly devicePublicKey: Uint8Array }

/** A person with a real browser: a wallet, a card, payments with receipts, and a mistyped PIN before each of them. */
export async function live(running: TestInstallation, profile: string, payments: number): Promise<Life> {
  const installation = running.installation()
  const context = await launchChromiumProfile(profile, { ...phone, locale: 'en' })
  try {
    const customer = await openConversation({ context, installation, locale: 'en' })
    context.setDefaultTimeout(patienceMs)
    await addFirstCard(customer, pin, visaCard)
    const images = [readWallet(profile)]
    for (let count = 0; count < payments; count += 1) {
      await pay(customer)
      images.push(readWallet(profile))
    }
    const last = images.at(-1)
    if (last === undefined) throw new Error('the wallet was imaged')
    return { earlier: images.slice(0, -1), last, devicePublicKey: await readDevicePublicKey(running, last) }
  } finally {
    await context.close()
  }
}

async function pay(customer: Customer): Promise<void> {
  const paying = await openTab(customer, `${await placeOrder(customer.installation)}&lang=en`)
  await openPaySheet(paying)
  await confirmWithPin(paying, wrongPin)
  await paying.frame.locator('[data-view=pay-sheet] [role=alert]').waitFor()
  await confirmWithPin(paying, pin)
  await endInChat(paying, 'captured', patienceMs)
  await paying.page.close()
}

async function placeOrder({ mallOrigin }: Installation): Promise<string> {
  const answer = await fetch(new URL('/api/orders', mallOrigin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ shop: 'coffee', amountMinorUnits: '4500', currency: 'KRW' }),
  })
  const order: unknown = await answer.json()
  if (typeof order !== 'object' || order === null || !('checkoutUrl' in order)) throw new Error('the mall took no order')
  return String(order.checkoutUrl)
}

async function readDevicePublicKey(running: TestInstallation, { walletId }: DeviceLoot): Promise<Uint8Array> {
  const { host, port, user, password, database } = running.machinery().operatorDatabase
  const client = new Client({ host, port, user, password, database })
  await client.connect()
  try {
    const found = await client.query<{ device_key: Buffer }>('SELECT device_key FROM vault.wallets WHERE wallet_id = $1', [walletId])
    return new Uint8Array(found.rows[0]?.device_key ?? [])
  } finally {
    await client.end()
  }
}

/** The wallet in a profile: the one file in it that holds whole records of a wallet. */
export function readWallet(profile: string): DeviceLoot {
  for (const { bytes } of listFiles(profile)) {
    try {
      return readDeviceFile(bytes)
    } catch {
      continue
    }
  }
  throw new Error('the profile holds no wallet')
}

export type ProfileFile = { readonly path: string; readonly bytes: Uint8Array }

/** Every file of a profile. What vanishes while it is listed was not there. */
export function listFiles(folder: string): readonly ProfileFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    try {
      return statSync(join(folder, path)).isFile() ? [{ path, bytes: new Uint8Array(readFileSync(join(folder, path))) }] : []
    } catch {
      return []
    }
  })
}
