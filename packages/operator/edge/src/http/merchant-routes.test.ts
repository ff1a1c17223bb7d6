import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { Value } from 'typebox/value'
import { Payment, ProblemDocument } from '@symbolon/contracts/merchant-api'
import { paymentRequestType, type PaymentRequest } from '@symbolon/contracts/payment-request'
import { createId } from '../adapters/system.ts'
import type { MerchantKeyStore } from '../flows/ports.ts'
import { hold, now } from '../testing/samples.ts'
import { rateLimits } from './rate-limiter.ts'
import { createTestEdge, type TestEdge, type TestShop } from '../testing/test-edge.ts'

let edge: TestEdge
let shop: TestShop
beforeAll(renew)

/** Building an edge compiles every schema, so tests share one; those that count or move time take one of their own. */
async function renew(): Promise<void> {
  edge = await createTestEdge()
  shop = edge.shop
}

type Sent = { readonly shop?: TestShop; readonly key?: string | undefined; readonly request?: string; readonly body?: object }
type Answer = Awaited<ReturnType<TestEdge['app']['inject']>>

async function create({ shop: sender = shop, key = createId(), request, body }: Sent = {}): Promise<Answer> {
  return edge.app.inject({
    method: 'POST',
    url: '/v1/payments',
    headers: { authorization: `Bearer ${sender.apiKey}`, ...(key === '' ? {} : { 'idempotency-key': key }) },
    payload: body ?? { request: request ?? (await sender.sign(sender.request())) },
  })
}
const get = (url: string, sender: TestShop = shop): Promise<Answer> =>
  edge.app.inject({ url, headers: { authorization: `Bearer ${sender.apiKey}` } })
const cancel = (paymentId: string, key: string = createId(), sender: TestShop = shop): Promise<Answer> =>
  edge.app.inject({
    method: 'POST',
    url: `/v1/payments/${paymentId}/cancel`,
    headers: { authorization: `Bearer ${sender.apiKey}`, 'idempotency-key': key },
    payload: {},
  })

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.headers['content-type']).toMatch('application/problem+json')
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code])
  expect(Value.Check(ProblemDocument, answer.json())).toBe(true)
}

describe('a payment is created', () => {
  test('from a signed request, and reads back the same by id and by order', async () => {
    const answer = await create()
    expect(answer.statusCode).toBe(201)
    const payment = answer.json<Payment>()
    expect(Value.Check(Payment, payment)).toBe(true)
    expect(payment).toMatchObject({ state: 'requires_confirmation', version: 1, amountMinorUnits: '9000', currency: 'KRW' })
    expect(payment.checkoutUrl).toBe(`http://127.0.0.1:8400/?pay=${payment.paymentId}`)
    expect((await get(`/v1/payments/${payment.paymentId}`)).json()).toEqual(payment)
    expect((await get(`/v1/payments?orderId=${payment.orderId}`)).json()).toEqual(payment)
  })

  test('with the key as the user name of Basic', async () => {
    const answer = await edge.app.inject({
      method: 'POST',
      url: '/v1/payments',
      headers: { authorization: `Basic ${Buffer.from(`${shop.apiKey}:`).toString('base64')}`, 'idempotency-key': 'k' },
      payload: { request: await shop.sign(shop.request()) },
    })
    expect(answer.statusCode).toBe(201)
  })

  test.each([
    ['no key', undefined],
    ['another key of the right form', `Bearer sk_test_${'A'.repeat(43)}`],
    ['a key of another form', 'Bearer sk_live_x'],
    ['another scheme', 'Digest x'],
    ['a broken Basic', 'Basic !!!'],
  ])('but not with %s', async (_name, authorization) => {
    const headers = { 'idempotency-key': 'k', ...(authorization === undefined ? {} : { authorization }) }
    const answer = await edge.app.inject({ method: 'POST', url: '/v1/payments', headers, payload: { nothing: 'valid' } })
    expectProblem(answer, 401, 'IDENTITY_KEY_INVALID')
    expect(answer.headers['www-authenticate']).toBe('Bearer, Basic realm="symbolon"')
  })

  test('one order is one payment', async () => {
    const request = shop.request()
    expect((await create({ request: await shop.sign(request) })).statusCode).toBe(201)
    expectProblem(await create({ request: await shop.sign(request) }), 409, 'PAYMENT_ORDER_EXISTS')
  })

  const rules: readonly (readonly [string, Partial<PaymentRequest>, number, string, string | undefined])[] = [
    ['an amount over the limit', { amountMinorUnits: '100000001' }, 400, 'REQUEST_INVALID', '/request/amountMinorUnits'],
    ['two days ahead', { expiresAt: now + 172_800 }, 400, 'REQUEST_INVALID', '/request/expiresAt'],
    ['a card number', { orderName: '４１１１-1111 1111 1111' }, 400, 'REQUEST_CARD_NUMBER_REFUSED', '/request/orderName'],
    ['the past', { expiresAt: now }, 410, 'PAYMENT_EXPIRED', undefined],
    ['a member with another form', { amountMinorUnits: '1.5' }, 400, 'REQUEST_INVALID', '/request/amountMinorUnits'],
    ['an order id with other characters', { orderId: 'a b' }, 400, 'REQUEST_INVALID', '/request/orderId'],
  ]
  test.each(rules)('not with %s', async (_name, changes, ...[status, code, param]) => {
    const answer = await create({ request: await shop.sign(shop.request(changes)) })
    expectProblem(answer, status, code)
    expect(answer.json<{ param?: string }>().param).toBe(param)
  })

  test('not for another merchant than the one whose key it is', async () => {
    const request = await edge.otherShop.sign(edge.otherShop.request())
    expectProblem(await create({ request }), 422, 'PAYMENT_REQUEST_SIGNATURE_INVALID')
    expectProblem(await create({ request: await shop.sign(edge.otherShop.request()) }), 422, 'PAYMENT_REQUEST_MISMATCH')
  })

  test.each([
    ['an unknown member', { extra: 1 }, '/request'],
    ['no request', {}, '/request'],
    ['a request that is no JWS', { request: 'x' }, '/request'],
  ])('not with %s in the body', async (_name, body, param) => {
    const answer = await create({ body })
    expectProblem(answer, 400, 'REQUEST_INVALID')
    expect(answer.json()).toMatchObject({ param })
  })

  test('not with a body that is larger than any payment', async () => {
    expectProblem(await create({ body: { request: `a.${'b'.repeat(40_000)}.c` } }), 413, 'REQUEST_TOO_LARGE')
  })
})

describe('the signature is the merchant’s', () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = { alg: 'EdDSA', kid: 'key-1', typ: paymentRequestType }
  const signed = async (header: object): Promise<string> => {
    const [, payload, signature] = (await shop.sign(shop.request())).split('.')
    return `${encode(header)}.${payload}.${signature}`
  }
  test.each([
    ['no algorithm', { ...head, alg: 'none' }],
    ['a shared-secret algorithm', { ...head, alg: 'HS256' }],
    ['another type', { ...head, typ: 'JWT' }],
    ['a key id that the origin does not publish', { ...head, kid: 'key-2' }],
    ['a key of its own', { ...head, jwk: {} }],
    ['an extension', { ...head, crit: ['b64'], b64: false }],
    ['the right header over another signature', { ...head, kid: 'key-1', typ: `${paymentRequestType}` }],
  ])('%s is refused', async (name, header) => {
    const request = await signed(header)
    const [first, payload, signature] = request.split('.')
    const changed = name.startsWith('the right header') ? `${first}.${payload}x.${signature}` : request
    expectProblem(await create({ request: changed }), 422, 'PAYMENT_REQUEST_SIGNATURE_INVALID')
  })

  test('a request signed with the public key as a shared secret is refused', async () => {
    const payload = encode(shop.request())
    const header = encode({ ...head, alg: 'HS256' })
    const mac = createHmac('sha256', 'key-1').update(`${header}.${payload}`).digest('base64url')
    expectProblem(await create({ request: `${header}.${payload}.${mac}` }), 422, 'PAYMENT_REQUEST_SIGNATURE_INVALID')
  })
})

describe('an idempotency key', () => {
  test('is required, and bounded', async () => {
    expectProblem(await create({ key: '' }), 400, 'REQUEST_IDEMPOTENCY_KEY_MISSING')
    expectProblem(await create({ key: 'x'.repeat(256) }), 400, 'REQUEST_INVALID')
  })

  test('gives the same answer to the same content, byte for byte, even when the payment has moved on', async () => {
    await renew()
    const request = await shop.sign(shop.request())
    const first = await create({ key: 'one', request })
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    await cancel(first.json<Payment>().paymentId)
    const second = await create({ key: 'one', request })
    expect([second.statusCode, second.body, second.headers['idempotent-replayed']]).toEqual([201, first.body, 'true'])
    expect((await edge.deps.stores.ledger.listPayments({ after: undefined, limit: 10 })).length).toBe(1)
  })

  test('refuses other content', async () => {
    await create({ key: 'two' })
    expectProblem(await create({ key: 'two' }), 422, 'REQUEST_IDEMPOTENCY_CONFLICT')
    const { paymentId } = await edge.createPayment()
    expectProblem(await cancel(paymentId, 'two'), 422, 'REQUEST_IDEMPOTENCY_CONFLICT')
  })

  test('of one merchant is not that of another', async () => {
    expect((await create({ key: 'three' })).statusCode).toBe(201)
    expect((await create({ key: 'three', shop: edge.otherShop })).statusCode).toBe(201)
  })

  test('says so while its first request runs, and when to come again', async () => {
    let release: () => void = () => undefined
    const waiting = new Promise<void>((resolve) => (release = resolve))
    const keys: MerchantKeyStore = { find: (merchant, kid) => waiting.then(() => edge.deps.merchantKeys.find(merchant, kid)) }
    const slow = await createTestEdge({ merchantKeys: keys })
    const request = await slow.shop.sign(slow.shop.request())
    const send = (): Promise<Answer> =>
      slow.app.inject({
        method: 'POST',
        url: '/v1/payments',
        headers: { authorization: `Bearer ${slow.shop.apiKey}`, 'idempotency-key': 'one' },
        payload: { request },
      })
    const first = send()
    await new Promise((resolve) => setImmediate(resolve))
    const second = await send()
    expectProblem(second, 409, 'REQUEST_IDEMPOTENCY_RUNNING')
    expect(second.headers['retry-after']).toBe('1')
    release()
    await first
  })

  test('whose request was refused may be used again', async () => {
    const request = await edge.otherShop.sign(shop.request())
    expectProblem(await create({ key: 'four', request }), 422, 'PAYMENT_REQUEST_SIGNATURE_INVALID')
    expect((await create({ key: 'four' })).statusCode).toBe(201)
  })
})

describe('what is not there', () => {
  test('and what belongs to somebody else are the same answer', async () => {
    const { paymentId, orderId } = await edge.createPayment()
    const pairs: readonly (readonly [Answer, Answer])[] = [
      [await get(`/v1/payments/${paymentId}`, edge.otherShop), await get(`/v1/payments/${createId()}`, edge.otherShop)],
      [await get(`/v1/payments?orderId=${orderId}`, edge.otherShop), await get('/v1/payments?orderId=missing', edge.otherShop)],
      [await cancel(paymentId, createId(), edge.otherShop), await cancel(createId(), createId(), edge.otherShop)],
    ]
    for (const [strange, missing] of pairs) {
      expectProblem(strange, 404, 'REQUEST_NOT_FOUND')
      const { requestId: _strange, ...left } = strange.json<Record<string, unknown>>()
      const { requestId: _missing, ...right } = missing.json<Record<string, unknown>>()
      expect(left).toEqual(right)
      expect(Object.keys(strange.headers).toSorted()).toEqual(Object.keys(missing.headers).toSorted())
    }
    expect((await get(`/v1/payments/${paymentId}`)).json()).toMatchObject({ state: 'requires_confirmation' })
  })

  test('is a problem document on every path', async () => expectProblem(await get('/v1/nothing'), 404, 'REQUEST_NOT_FOUND'))
  test('an id of another form is refused before anything is asked', async () =>
    expectProblem(await get('/v1/payments/x'), 400, 'REQUEST_INVALID'))
})

describe('a payment is cancelled', () => {
  test('before anybody confirms it, once', async () => {
    const { paymentId } = await edge.createPayment()
    const first = await cancel(paymentId, 'five')
    expect([first.statusCode, first.json<Payment>().state, first.json<Payment>().version]).toEqual([200, 'canceled', 2])
    const again = await cancel(paymentId, 'five')
    expect([again.body, again.headers['idempotent-replayed']]).toEqual([first.body, 'true'])
    expectProblem(await cancel(paymentId), 409, 'PAYMENT_STATE_CONFLICT')
  })

  test('but not while it is being confirmed', async () => {
    const { paymentId } = await edge.createPayment()
    const key = { merchantId: shop.merchantId, paymentId }
    await edge.deps.payments.change(key, () => ({ ok: true, value: { placeHold: hold(key) } }))
    expectProblem(await cancel(paymentId), 409, 'PAYMENT_CONFIRMATION_RUNNING')
  })

  test('not once its time is over, which every reader hears at its second', async () => {
    await renew()
    const { paymentId } = await edge.createPayment()
    await edge.clock.advance(600_000)
    expect((await get(`/v1/payments/${paymentId}`)).json()).toMatchObject({ state: 'expired', version: 2 })
    expectProblem(await cancel(paymentId), 409, 'PAYMENT_STATE_CONFLICT')
  })
})

describe('a merchant who asks too often', () => {
  test('hears it, and may go on a second later; others never notice', async () => {
    await renew()
    const url = `/v1/payments/${createId()}`
    for (let count = 0; count < rateLimits.merchant.burst; count += 1) expect((await get(url)).statusCode).toBe(404)
    expectProblem(await get(url), 429, 'REQUEST_TOO_MANY')
    expect((await get(url, edge.otherShop)).statusCode).toBe(404)
    await edge.clock.advance(1_000)
    expect((await get(url)).statusCode).toBe(404)
  })
})
