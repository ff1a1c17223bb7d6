import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { CompactSign, importJWK, type JWK } from 'jose'
import type { Installation } from '@symbolon/contracts/installation'
import { deriveMerchantId, paymentRequestType, type PaymentRequest } from '@symbolon/contracts/payment-request'

export type Order = { readonly orderId: string; readonly paymentId: string; readonly checkoutUrl: string }
export type OrderWish = { readonly shop?: string; readonly amountMinorUnits: string; readonly instalmentMonthsAllowed?: readonly number[] }

/** Orders at a sample shop through the mall's own door. */
export async function order(installation: Installation, wish: OrderWish): Promise<Order> {
  const answer = await fetch(`${installation.mallOrigin}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ shop: 'electronics', currency: 'KRW', orderName: '무선 헤드폰', ...wish }),
  })
  if (answer.status !== 201) throw new Error(`the mall answered ${answer.status}`)
  return readOrder(await answer.json())
}

/** What the shop itself knows of an order. */
export async function stateAtShop(installation: Installation, orderId: string): Promise<Record<string, unknown>> {
  return readObject(await (await fetch(`${installation.mallOrigin}/api/orders/${orderId}`)).json())
}

/** A request that a shop signs by itself, with an end that comes soon: the mall's own are good for longer than a test lasts. */
export async function orderForSeconds(installation: Installation, seconds: number): Promise<Order> {
  const config = readObject(JSON.parse(readFileSync(mallConfigFile(installation), 'utf8')))
  const slug = 'coffee'
  const shop = (Array.isArray(config['shops']) ? config['shops'].map(readObject) : []).find((one) => one['slug'] === slug)
  const jwk: JWK = readObject(JSON.parse(readFileSync(join(String(config['keysFolder']), `${slug}.jwk.json`), 'utf8')))
  const request: PaymentRequest = {
    version: 1,
    merchantId: deriveMerchantId(installation.mallOrigin, slug),
    merchantName: '남산커피',
    merchantOrigin: installation.mallOrigin,
    merchantSlug: slug,
    orderId: `soon-${randomBytes(6).toString('hex')}`,
    orderName: '아메리카노',
    amountMinorUnits: '4500',
    currency: 'KRW',
    instalmentMonthsAllowed: [0],
    expiresAt: Math.floor(Date.now() / 1_000) + seconds,
  }
  const signed = await new CompactSign(Buffer.from(JSON.stringify(request)))
    .setProtectedHeader({ alg: 'EdDSA', kid: String(jwk['kid']), typ: paymentRequestType })
    .sign(await importJWK(jwk, 'EdDSA'))
  const answer = await fetch(`${installation.edgeOrigin}/v1/payments`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${String(shop?.['apiKey'])}`,
      'idempotency-key': randomBytes(16).toString('hex'),
    },
    body: JSON.stringify({ request: signed }),
  })
  if (!answer.ok) throw new Error(`the operator answered ${answer.status}`)
  return readOrder(await answer.json())
}

/** Purchases of an amount that an issuer's host has written down, approvals and reversals alike. */
export async function journalOf(installation: Installation, amountMinorUnits: string): Promise<readonly string[]> {
  const outcomes: string[] = []
  for (const { hostOrigin, hostJournalKey } of installation.issuers) {
    const answer = await fetch(`${hostOrigin}/v1/journal?after=0&limit=1000`, { headers: { authorization: `Bearer ${hostJournalKey}` } })
    const { entries } = readObject(await answer.json())
    for (const entry of (Array.isArray(entries) ? entries : []).map(readObject))
      if (entry['amountMinorUnits'] === amountMinorUnits) outcomes.push(String(entry['outcome']))
  }
  return outcomes
}

function mallConfigFile(installation: Installation): string {
  const file = installation.machinery?.processes.find(({ name }) => name === 'mall')?.configFile
  if (file === undefined) throw new Error('the run file does not name the configuration of the mall')
  return file
}

function readOrder(value: unknown): Order {
  const { orderId, paymentId, checkoutUrl } = readObject(value)
  return { orderId: String(orderId), paymentId: String(paymentId), checkoutUrl: String(checkoutUrl) }
}

function readObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('the answer is not an object')
  return { ...value }
}
