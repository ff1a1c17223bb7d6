import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompactSign, importJWK, type CryptoKey } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { deriveMerchantId, derivePaymentRequestHash, merchantKeysPath, paymentRequestType } from '@symbolon/contracts/payment-request'
import type { Payment } from '@symbolon/contracts/merchant-api'
import { createPostgresStores } from '@symbolon/operator-edge/stores'
import { createDatabase } from '@symbolon/service/database'
import { startOperatorSchema, type TestOperatorSchema } from './operator-schema.ts'

const program = fileURLToPath(new URL('../../packages/operator/edge/dist/main.js', import.meta.url))
const id = (): string => randomBytes(16).toString('hex')
const [walletId, tokenReferenceId, issuerId] = [id(), id(), id()]
const apiKey = `sk_test_${randomBytes(32).toString('base64url')}`
const operationsKey = randomBytes(32).toString('base64url')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

type Answer = { readonly status: number; readonly body: unknown }
/** A peer of edge as far as one test needs it: each path prefix has an answer, or never answers. */
type Peer = { answer: (method: string, path: string) => Answer | undefined; readonly server: Server; readonly paths: string[] }

let schema: TestOperatorSchema
let folder: string
let vault: Peer
let link: Peer
let shop: Peer
let shopKey: CryptoKey | Uint8Array
let shopOrigin: string
let edge: ChildProcess | undefined

beforeAll(async () => {
  schema = await startOperatorSchema()
  folder = mkdtempSync(join(tmpdir(), 'symbolon-edge-'))
  vault = await startPeer(join(folder, 'vault.sock'))
  link = await startPeer(join(folder, 'link.sock'))
  shop = await startPeer(0)
  const address = shop.server.address()
  shopOrigin = `http://127.0.0.1:${isTcp(address) ? address.port : 0}`
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  shopKey = await importJWK({ ...jwk }, 'EdDSA')
  const key = { kid: 'key-1', kty: 'OKP', crv: 'Ed25519', x: jwk.x }
  shop.answer = (_method, path) =>
    path === merchantKeysPath
      ? { status: 200, body: { merchants: [{ merchantId: merchantId(), merchantSlug: 'coffee', keys: [key] }] } }
      : { status: 404, body: {} }
  const database = createDatabase(schema.config('symbolon_edge'))
  const token = { walletId, tokenReferenceId, issuerId, network: 'visa', lastFour: '1111', state: 'active', createdAt: 1 } as const
  await createPostgresStores(database).tokens.register(token, 1)
  await database.close()
})
afterEach(() => kill('SIGKILL'))
afterAll(async () => {
  for (const peer of [vault, link, shop]) peer.server.close()
  await schema.stop()
  rmSync(folder, { recursive: true, force: true })
})

const merchantId = (): string => deriveMerchantId(shopOrigin, 'coffee')
const signed = { message: 'bQ', signature: 'cw', deviceKeyKind: 0, deviceSignature: 'ZA' }
const missing = { type: '/problems/REQUEST_NOT_FOUND', title: 'x', status: 404, code: 'REQUEST_NOT_FOUND', requestId: 'x', retry: 'never' }

describe('edge as a process, on a database of its own', () => {
  test('takes a payment, keeps it over a clean stop, and knows it again', async () => {
    const first = await start()
    const payment = await createPayment(first)
    expect(await (await fetch(`${first}/healthz`)).json()).toEqual({ ok: true })
    expect(await getPayment(first, payment.paymentId)).toEqual(payment)
    await kill('SIGTERM')
    const second = await start()
    expect(await getPayment(second, payment.paymentId)).toEqual(payment)
  })

  test('killed while the vault signs: the vault is asked, and what it signed is paid, once', async () => {
    const first = await start()
    const payment = await createPayment(first)
    prepareVault(payment, 'hangs')
    void confirm(first, payment).catch(() => undefined)
    await until(() => vault.paths.some((path) => path.endsWith('/sign')))
    await kill('SIGKILL')
    expect(link.paths).toEqual([])
    link.answer = approveAll()
    const second = await start()
    expect(await getPayment(second, payment.paymentId)).toMatchObject({ state: 'requires_confirmation' })
    await until(async () => (await getPayment(second, payment.paymentId)).state === 'captured')
    expect(link.paths.filter((path) => path === 'POST /authorizations').length).toBe(1)
    expect(await summary(second)).toMatchObject({ transfers: 1, captured: 1, balanced: true })
  })

  test('killed while the issuer answers: the link is asked, and the answer is written down, once', async () => {
    const first = await start()
    const payment = await createPayment(first)
    prepareVault(payment, 'signs')
    link.paths.length = 0
    link.answer = () => undefined
    void confirm(first, payment).catch(() => undefined)
    await until(() => link.paths.includes('POST /authorizations'))
    await kill('SIGKILL')
    link.answer = (_method, path) => (path === `/authorizations/${payment.paymentId}` ? approved : { status: 404, body: missing })
    const second = await start()
    await until(async () => (await getPayment(second, payment.paymentId)).state === 'captured')
    expect(link.paths.filter((path) => path.startsWith('POST')).length).toBe(1)
    expect(await summary(second)).toMatchObject({ transfers: 2, captured: 2, balanced: true })
  })

  test('says which member of its configuration is wrong, and ends with 3', async () => {
    const child = spawn(process.execPath, [program, '--config', writeConfig({ operationsKeyHash: 'short' })], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect([code, stderr.includes('/operationsKeyHash'), stderr.includes(apiKey)]).toEqual([3, true, false])
  })
})

const approved = { status: 200, body: { outcome: 'approved', retrievalReferenceNumber: '632900000001', authorizationIdResponse: 'OK0001' } }

function approveAll(): Peer['answer'] {
  let isKnown = false
  return (method) => {
    if (method === 'POST') isKnown = true
    return isKnown ? approved : { status: 404, body: missing }
  }
}

/** The vault opens the next message as the confirmation of this payment, and has signed it even if nobody hears so. */
function prepareVault(payment: Payment, behaviour: 'signs' | 'hangs'): void {
  const terms = {
    kind: 'pay',
    tokenReferenceId,
    paymentAttemptId: id(),
    merchantId: payment.merchantId,
    requestHash: Buffer.from(derivePaymentRequestHash(requests.get(payment.paymentId) ?? '')).toString('hex'),
    amountMinorUnits: payment.amountMinorUnits,
    currencyNumeric: '410',
    instalmentMonths: 0,
    expiresAt: Math.floor(Date.now() / 1_000) + 60,
    channel: 1,
    deviceKeyKind: 0,
  }
  vault.paths.length = 0
  vault.answer = (_method, path) => {
    if (path.endsWith('/check')) return { status: 200, body: { outcome: 'ready', handle: '0'.repeat(64), terms } }
    if (path.endsWith('/sign'))
      return behaviour === 'hangs' ? undefined : { status: 200, body: { outcome: 'signed', done: 'ZG9uZQ', signed } }
    if (path.endsWith(`/attempts/${terms.paymentAttemptId}`)) return { status: 200, body: { outcome: 'signed', signed } }
    return { status: 404, body: missing }
  }
}

const requests = new Map<string, string>()

async function createPayment(origin: string): Promise<Payment> {
  const request = {
    version: 1,
    merchantId: merchantId(),
    merchantName: '커피 가게',
    merchantOrigin: shopOrigin,
    merchantSlug: 'coffee',
    orderId: id(),
    orderName: '아메리카노',
    amountMinorUnits: '4500',
    currency: 'KRW',
    instalmentMonthsAllowed: [0],
    expiresAt: Math.floor(Date.now() / 1_000) + 600,
  }
  const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(request)))
    .setProtectedHeader({ alg: 'EdDSA', kid: 'key-1', typ: paymentRequestType })
    .sign(shopKey)
  const payment = await call<Payment>(`${origin}/v1/payments`, apiKey, { request: jws })
  requests.set(payment.paymentId, jws)
  return payment
}

const getPayment = (origin: string, paymentId: string): Promise<Payment> => call(`${origin}/v1/payments/${paymentId}`, apiKey)
const summary = (origin: string): Promise<unknown> => call(`${origin}/v1/ledger/summary`, operationsKey)
const confirm = (origin: string, { paymentId }: Payment): Promise<unknown> =>
  call(`${origin}/v1/wallets/${walletId}/pay`, undefined, { message: 'bQ', paymentId })

async function call<Body>(url: string, key: string | undefined, body?: object): Promise<Body> {
  const answer = await fetch(url, {
    headers: {
      'content-type': 'application/json',
      'idempotency-key': id(),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  // What edge answers is checked member by member by the tests.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await answer.json()) as Body
}

function writeConfig(changes: object = {}): string {
  const file = join(folder, 'edge.json')
  const config = {
    operatorId: id(),
    origin: 'http://127.0.0.1:8400',
    listen: { host: '127.0.0.1', port: 0 },
    deviceOrigin: 'http://localhost:8401',
    database: schema.config('symbolon_edge'),
    vault: { socketPath: join(folder, 'vault.sock') },
    link: { socketPath: join(folder, 'link.sock') },
    issuers: [{ issuerId, certificateKey: randomBytes(32).toString('base64url') }],
    merchants: [{ merchantId: merchantId(), name: '커피 가게', origin: shopOrigin, slug: 'coffee', apiKeyHash: sha256(apiKey) }],
    operationsKeyHash: sha256(operationsKey),
    ...changes,
  }
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

async function start(): Promise<string> {
  const child = spawn(process.execPath, [program, '--config', writeConfig()], { stdio: ['ignore', 'pipe', 'inherit'] })
  edge = child
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('edge ended before it was ready')))
    child.stdout.once('data', (chunk: Buffer) => {
      const address = /"address":"([^"]+)"/u.exec(chunk.toString())?.[1]
      if (address === undefined) reject(new Error('edge says where it listens'))
      else resolve(address)
    })
  })
}

async function kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const child = edge
  edge = undefined
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

async function startPeer(address: string | 0): Promise<Peer> {
  const paths: string[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request
    paths.push(`${method} ${url}`)
    request.resume().on('end', () => {
      const answer = peer.answer(method, url)
      if (answer !== undefined) response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
    })
  })
  const peer: Peer = { answer: () => ({ status: 404, body: missing }), server, paths }
  await new Promise<void>((resolve) => (address === 0 ? server.listen(0, '127.0.0.1', resolve) : server.listen(address, resolve)))
  return peer
}

function isTcp(address: ReturnType<Server['address']>): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await isDone())) {
    if (Date.now() > deadline) throw new Error('it did not come to pass in time')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
