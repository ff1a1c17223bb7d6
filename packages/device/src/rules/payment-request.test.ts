import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Payment } from '@symbolon/contracts/merchant-api'
import { deriveMerchantId, paymentRequestType, type PaymentRequest } from '@symbolon/contracts/payment-request'
import { certifyAs, createFakeIssuer, directoryOf } from './certificates.fake.ts'
import { findMerchantKeysUrl, verifyPaymentRequest } from './payment-request.ts'

const origin = 'http://127.0.0.1:8402'
const now = 1_900_000_000
const request: PaymentRequest = {
  version: 1,
  merchantId: deriveMerchantId(origin, 'books'),
  merchantName: '책방',
  merchantOrigin: origin,
  merchantSlug: 'books',
  orderId: 'order-1',
  orderName: '시집 두 권',
  amountMinorUnits: '24000',
  currency: 'KRW',
  instalmentMonthsAllowed: [0, 2, 3],
  expiresAt: now + 600,
}
const payment: Payment = {
  paymentId: '0a'.repeat(16),
  version: 1,
  state: 'requires_confirmation',
  merchantId: request.merchantId,
  orderId: request.orderId,
  orderName: request.orderName,
  amountMinorUnits: request.amountMinorUnits,
  currency: request.currency,
  createdAt: now,
  expiresAt: request.expiresAt,
  checkoutUrl: 'http://127.0.0.1:8400/?pay=0a',
}

type Pair = Awaited<ReturnType<typeof generateKeyPair>>
let shop: Pair
let stranger: Pair
beforeAll(async () => {
  ;[shop, stranger] = [await generateKeyPair('EdDSA'), await generateKeyPair('EdDSA')]
})

async function signed(
  claims: object,
  options: { readonly pair?: Pair; readonly kid?: string; readonly typ?: string } = {},
): Promise<string> {
  return await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', typ: options.typ ?? paymentRequestType, kid: options.kid ?? 'k1' })
    .sign((options.pair ?? shop).privateKey)
}

const issuer = createFakeIssuer('0b'.repeat(16))
const directory = directoryOf(issuer, { operatorId: '0a'.repeat(16) })

type Keys = { readonly merchantId?: string; readonly pair?: Pair; readonly certified?: false }
async function keys(changes: Keys = {}): Promise<unknown> {
  const { x } = await exportJWK((changes.pair ?? shop).publicKey)
  const key = new Uint8Array(Buffer.from(x ?? '', 'base64url'))
  const certificate = certifyAs(issuer, { tag: 'mkcert', subjectId: changes.merchantId ?? request.merchantId, key })
  const certificates = changes.certified === false ? {} : { certificates: [{ issuerId: issuer.issuerId, ...certificate }] }
  const merchantId = changes.merchantId ?? request.merchantId
  return { merchants: [{ merchantId, merchantSlug: 'books', keys: [{ kid: 'k1', kty: 'OKP', crv: 'Ed25519', x, ...certificates }] }] }
}

const verify = (compactJws: string, merchantKeys: unknown, view: Payment = payment, nowSeconds = now) =>
  verifyPaymentRequest({ compactJws, merchantKeys, directory, payment: view, nowSeconds })
const badSignature = { ok: false, problem: { code: 'PAYMENT_REQUEST_SIGNATURE_INVALID' } }
const mismatch = { ok: false, problem: { code: 'PAYMENT_REQUEST_MISMATCH' } }

describe('a payment request', () => {
  test('is what the merchant signed', async () => {
    expect(await verify(await signed(request), await keys())).toEqual({ ok: true, value: request })
  })

  test('does not verify under another key, another kid, another type or another algorithm', async () => {
    expect(await verify(await signed(request, { pair: stranger }), await keys())).toEqual(badSignature)
    expect(await verify(await signed(request), await keys({ pair: stranger }))).toEqual(badSignature)
    expect(await verify(await signed(request, { kid: 'k2' }), await keys())).toEqual(badSignature)
    expect(await verify(await signed(request, { typ: 'JWT' }), await keys())).toEqual(badSignature)
    const [, payload] = (await signed(request)).split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: paymentRequestType, kid: 'k1' })).toString('base64url')
    expect(await verify(`${none}.${payload}.AA`, await keys())).toEqual(badSignature)
  })

  test('is not shown when no pinned issuer vouches for the key of the shop', async () => {
    const answer = await verify(await signed(request), await keys({ certified: false }))
    expect(answer).toEqual({ ok: false, problem: { code: 'WALLET_KEY_UNCERTIFIED' } })
  })

  test('does not verify with one changed byte', async () => {
    const [header, , signature] = (await signed(request)).split('.')
    const cheaper = Buffer.from(JSON.stringify({ ...request, amountMinorUnits: '2400' })).toString('base64url')
    expect(await verify(`${header}.${cheaper}.${signature}`, await keys(), { ...payment, amountMinorUnits: '2400' })).toEqual(badSignature)
  })

  test('comes from the merchant that it names: id, origin and name belong together', async () => {
    const other = deriveMerchantId('http://127.0.0.1:9999', 'books')
    const stolen = { ...request, merchantId: other }
    expect(await verify(await signed(stolen), await keys({ merchantId: other }), { ...payment, merchantId: other })).toEqual(mismatch)
    expect(await verify(await signed(request), await keys({ merchantId: other }))).toEqual(badSignature)
  })

  test.each([
    ['amountMinorUnits', '1'],
    ['currency', 'USD'],
    ['orderId', 'order-2'],
    ['orderName', 'something else'],
    ['merchantId', '0b'.repeat(16)],
  ])('says the same as the operator’s payment: %s', async (member, other) => {
    expect(await verify(await signed(request), await keys(), { ...payment, [member]: other })).toEqual(mismatch)
  })

  test('expires, but the end of a payment can still be looked at', async () => {
    const compactJws = await signed(request)
    expect(await verify(compactJws, await keys(), payment, request.expiresAt)).toEqual({ ok: false, problem: { code: 'PAYMENT_EXPIRED' } })
    expect(await verify(compactJws, await keys(), { ...payment, state: 'captured' }, request.expiresAt)).toMatchObject({ ok: true })
  })

  test.each([
    ['a member too many', { ...request, discount: '1' }],
    ['a member too few', { ...request, orderName: undefined }],
    ['an amount with decimals', { ...request, amountMinorUnits: '1.5' }],
    ['a list', []],
  ])('with %s is refused', async (_name, claims) => {
    expect(await verify(await signed(claims), await keys())).toEqual(badSignature)
  })
})

describe('where the keys are', () => {
  test.each([
    ['https://shop.example', true],
    [origin, true],
    ['http://localhost:1', true],
    ['http://shop.example', false],
    ['http://127.0.0.1.example:80', false],
  ])('%s: %s', async (merchantOrigin, isGood) => {
    const found = findMerchantKeysUrl(await signed({ ...request, merchantOrigin }))
    expect(found).toEqual(isGood ? { ok: true, value: `${merchantOrigin}/.well-known/symbolon-merchants.json` } : badSignature)
  })
  test('nowhere for what is no request', () => expect(findMerchantKeysUrl('a.b.c')).toEqual(badSignature))
})
