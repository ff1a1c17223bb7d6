import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { ProblemDocument } from '@symbolon/contracts/merchant-api'
import { deriveMerchantId, merchantKeysPath, type MerchantKeys } from '@symbolon/contracts/payment-request'
import { AmountMinorUnits, CurrencyCode, InstalmentMonths } from '@symbolon/contracts/limits'
import { chooseLanguage } from '@symbolon/service/html'
import { sendProblem } from '@symbolon/service/http'
import { findShop, shops } from './catalogue.ts'
import { findPayment, placeOrder, type OpenShop, type PlacedOrder, type PlaceOrderDependencies } from './flows/place-order.ts'
import { renderNotFound, renderOrder, renderShops } from './pages/pages.ts'
import { orderScript, stylesheet } from './pages/assets.ts'

const OrderCreate = Type.Object(
  {
    shop: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }),
    amountMinorUnits: AmountMinorUnits,
    currency: CurrencyCode,
    orderName: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    instalmentMonthsAllowed: Type.Optional(Type.Array(InstalmentMonths, { minItems: 1, maxItems: 12, uniqueItems: true })),
  },
  { additionalProperties: false },
)
const OrderForm = Type.Object({ shop: Type.String({ maxLength: 32 }), sku: Type.String({ maxLength: 32 }) })

export type MallDependencies = PlaceOrderDependencies & { readonly openShops: ReadonlyMap<string, OpenShop> }

export function registerRoutes(app: FastifyInstance, mall: MallDependencies): void {
  registerKeys(app, mall)
  registerApi(app, mall)
  registerPages(app, mall)
  app.get('/healthz', () => ({ ok: true }))
}

/** The shops' public keys, on the shops' own origin: whoever shows a payment takes them from here. */
function registerKeys(app: FastifyInstance, mall: MallDependencies): void {
  const keys: MerchantKeys = {
    merchants: [...mall.openShops.values()].map(({ shop, key, certificates }) => ({
      merchantId: deriveMerchantId(mall.origin, shop.slug),
      merchantSlug: shop.slug,
      keys: [{ ...key.publicJwk, certificates: [...certificates] }],
    })),
  }
  app.get(merchantKeysPath, (_request, reply) =>
    reply.header('access-control-allow-origin', '*').header('cache-control', 'max-age=60').send(keys),
  )
}

/** What a program needs to shop here: place an order, look it up. */
function registerApi(app: FastifyInstance, mall: MallDependencies): void {
  app.post('/api/orders', { schema: { body: OrderCreate } }, async (request, reply) => {
    const body = Value.Parse(OrderCreate, request.body)
    const open = mall.openShops.get(body.shop)
    if (open === undefined) return sendProblem(reply, { code: 'REQUEST_NOT_FOUND', param: 'shop' })
    const placed = await placeOrder(mall, open, {
      amountMinorUnits: body.amountMinorUnits,
      currency: body.currency,
      merchantName: open.shop.name.ko,
      orderName: body.orderName ?? open.shop.name.en,
      instalmentMonthsAllowed: body.instalmentMonthsAllowed ?? open.shop.instalmentMonthsAllowed,
    })
    return placed.ok ? reply.code(201).send(describe(placed.value)) : passOn(reply, placed.problem)
  })
  app.get<{ Params: { orderId: string } }>('/api/orders/:orderId', async (request, reply) => {
    const found = await loadOrder(mall, request.params.orderId)
    if (found === undefined) return sendProblem(reply, { code: 'REQUEST_NOT_FOUND' })
    return found.ok ? reply.send(describe(found.value)) : passOn(reply, found.problem)
  })
}

function registerPages(app: FastifyInstance, mall: MallDependencies): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  app.get('/', (request, reply) => sendPage(reply, renderShops(shops, chooseLanguage(request.query, request.headers['accept-language']))))
  app.get('/mall.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(stylesheet))
  app.get('/order.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(orderScript))
  app.post('/orders', async (request, reply) => {
    const language = chooseLanguage(request.query, request.headers['accept-language'])
    const form = Value.Check(OrderForm, request.body) ? request.body : undefined
    const item = findShop(form?.shop ?? '')?.items.find(({ sku }) => sku === form?.sku)
    const open = mall.openShops.get(form?.shop ?? '')
    if (item === undefined || open === undefined) return sendPage(reply.code(404), renderNotFound(language))
    const { instalmentMonthsAllowed, currency } = open.shop
    const placed = await placeOrder(mall, open, {
      amountMinorUnits: item.amountMinorUnits,
      currency,
      merchantName: open.shop.name[language],
      orderName: item.name[language],
      instalmentMonthsAllowed,
    })
    return placed.ok ? reply.redirect(`/orders/${placed.value.order.orderId}?lang=${language}`, 303) : passOn(reply, placed.problem)
  })
  app.get<{ Params: { orderId: string } }>('/orders/:orderId', async (request, reply) => {
    const language = chooseLanguage(request.query, request.headers['accept-language'])
    const found = await loadOrder(mall, request.params.orderId)
    if (found === undefined) return sendPage(reply.code(404), renderNotFound(language))
    return found.ok ? sendPage(reply, renderOrder(found.value, language)) : passOn(reply, found.problem)
  })
}

async function loadOrder(mall: MallDependencies, orderId: string): Promise<Awaited<ReturnType<typeof findPayment>> | undefined> {
  const order = mall.orders.find(orderId)
  const open = order === undefined ? undefined : mall.openShops.get(order.slug)
  return order === undefined || open === undefined ? undefined : findPayment(mall, open, order)
}

/** All that a shop learns of its customer: the state, the network, the last four digits. */
function describe({ order, payment }: PlacedOrder): Record<string, unknown> {
  const { paymentId, state, checkoutUrl, amountMinorUnits, currency, network, lastFour, approvalNumber } = payment
  return {
    orderId: order.orderId,
    shop: order.slug,
    paymentId,
    state,
    checkoutUrl,
    amountMinorUnits,
    currency,
    network,
    lastFour,
    approvalNumber,
  }
}

function passOn(reply: FastifyReply, problem: ProblemDocument): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').serializer(JSON.stringify).send(problem)
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .send(page)
}
