import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { CompactSign, importJWK } from 'jose'
import type { Payment } from '@symbolon/contracts/merchant-api'
import { deriveMerchantId, paymentRequestType, type PaymentRequest } from '@symbolon/contracts/payment-request'
import type { Log } from '@symbolon/service/log'
import { createMemoryStores } from '../adapters/memory-stores.ts'
import { createId, sha256 } from '../adapters/system.ts'
import { createApp, type AppDependencies } from '../http/app.ts'
import { createRateLimiter } from '../http/rate-limiter.ts'
import { defaultAmountLimits } from '../rules/payment-request.ts'
import { now, token } from './samples.ts'
import { createTestClock, type TestClock } from './test-clock.ts'
import { createTestLink, type TestLink } from './test-link.ts'
import { createTestVault, type TestVault } from './test-vault.ts'

export const deviceOrigin = 'http://localhost:8401'
export const operationsKey = 'ops-key-for-tests'
const origin = 'http://127.0.0.1:8402'

export type TestShop = {
  readonly merchantId: string
  readonly apiKey: string
  request(changes?: Partial<PaymentRequest>): PaymentRequest
  sign(request: PaymentRequest, header?: Record<string, string>): Promise<string>
}

/** Edge with its real doors, flows and rules, in front of stores in memory, a vault and a link that can be told what to do. */
export type TestEdge = {
  readonly app: FastifyInstance
  readonly deps: AppDependencies
  readonly clock: TestClock
  readonly vault: TestVault
  readonly link: TestLink
  readonly shop: TestShop
  readonly otherShop: TestShop
  readonly failures: unknown[]
  /** A payment that waits, made over the merchant's door. */
  createPayment(changes?: Partial<PaymentRequest>): Promise<Payment>
}

export type TestEdgeOverrides = Partial<Pick<AppDependencies, 'merchantKeys' | 'certificateKeyByIssuer'>>

export async function createTestEdge(overrides: TestEdgeOverrides = {}): Promise<TestEdge> {
  const [shop, otherShop] = await Promise.all([createShop('coffee'), createShop('books')])
  const keyByMerchant = new Map([shop, otherShop].map(({ merchantId, publicJwk }) => [merchantId, publicJwk]))
  const stores = createMemoryStores()
  await stores.merchants.replaceAll(
    [shop, otherShop].map(({ merchantId, slug, apiKey }) => ({ merchantId, name: slug, origin, slug, apiKeyHash: sha256(apiKey) })),
  )
  await stores.tokens.register(token(), 1)
  const [clock, vault, link, failures] = [createTestClock(), createTestVault(), createTestLink(), [] as unknown[]]
  const deps: AppDependencies = {
    log: silentLog,
    stores,
    payments: stores.payments,
    tokens: stores.tokens,
    vault,
    link,
    clock,
    createId,
    merchantKeys: {
      find: async ({ merchantId }, kid) => [keyByMerchant.get(merchantId)].find((key) => key?.kid === kid),
    },
    running: new Set(),
    limiter: createRateLimiter(() => clock.nowMs()),
    limits: defaultAmountLimits,
    origin: 'http://127.0.0.1:8400',
    deviceOrigin,
    certificateKeyByIssuer: new Map(),
    operationsKeyHash: sha256(operationsKey),
    inBackground: (work) => void work.catch((error: unknown) => failures.push(error)),
    ...overrides,
  }
  const app = await createApp(deps)
  await app.ready()
  const createPayment = async (changes: Partial<PaymentRequest> = {}): Promise<Payment> => {
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/payments',
      headers: { authorization: `Bearer ${shop.apiKey}`, 'idempotency-key': createId() },
      payload: { request: await shop.sign(shop.request(changes)) },
    })
    if (answer.statusCode !== 201) throw new Error(answer.body)
    return answer.json<Payment>()
  }
  return { app, deps, clock, vault, link, shop, otherShop, failures, createPayment }
}

type MadeShop = TestShop & { readonly slug: string; readonly publicJwk: { kid: string; kty: 'OKP'; crv: 'Ed25519'; x: string } }

async function createShop(slug: string): Promise<MadeShop> {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const { x, d } = jwk
  if (x === undefined || d === undefined) throw new Error('a key has both parts')
  const publicJwk = { kid: 'key-1', kty: 'OKP', crv: 'Ed25519', x } as const
  const key = await importJWK({ ...publicJwk, d }, 'EdDSA')
  const merchantId = deriveMerchantId(origin, slug)
  return {
    merchantId,
    slug,
    publicJwk,
    apiKey: `sk_test_${randomBytes(32).toString('base64url')}`,
    request: (changes = {}) => ({
      version: 1,
      merchantId,
      merchantName: '커피 가게',
      merchantOrigin: origin,
      merchantSlug: slug,
      orderId: createId(),
      orderName: '아메리카노 두 잔',
      amountMinorUnits: '9000',
      currency: 'KRW',
      instalmentMonthsAllowed: [0, 3],
      expiresAt: now + 600,
      ...changes,
    }),
    sign: (request, header = {}) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(request)))
        .setProtectedHeader({ alg: 'EdDSA', kid: 'key-1', typ: paymentRequestType, ...header })
        .sign(key),
  }
}

const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
