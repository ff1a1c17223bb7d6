import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { merchantKeysPath } from '@symbolon/contracts/payment-request'
import { ids } from '../testing/samples.ts'
import { createMerchantKeyStore, type MerchantKeyOptions } from './merchant-keys.ts'

const options: MerchantKeyOptions = { timeoutMs: 300, maximumBytes: 4_096, keptMs: 60_000, askAgainMs: 5_000 }
const servers: Server[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

type Origin = { readonly origin: string; readonly paths: string[] }

async function serve(answer: RequestListener): Promise<Origin> {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    answer(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of this kind.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, paths }
}

const x = 'A'.repeat(43)
const documentWith = (...kids: readonly string[]): string =>
  JSON.stringify({
    merchants: [{ merchantId: ids.merchant, merchantSlug: 'coffee', keys: kids.map((kid) => ({ kid, kty: 'OKP', crv: 'Ed25519', x })) }],
  })
const merchantAt = (
  origin: string,
  slug = 'coffee',
): { merchantId: string; name: string; origin: string; slug: string; apiKeyHash: Uint8Array } => ({
  merchantId: ids.merchant,
  name: '가게',
  origin,
  slug,
  apiKeyHash: new Uint8Array(32),
})

describe('keys of a merchant', () => {
  test('come from its own well-known document, which is asked once as long as it is fresh', async () => {
    const { origin, paths } = await serve((_request, response) => response.end(documentWith('key-1')))
    let nowMs = 0
    const store = createMerchantKeyStore(options, () => nowMs)
    expect(await store.find(merchantAt(origin), 'key-1')).toEqual({ kid: 'key-1', kty: 'OKP', crv: 'Ed25519', x })
    nowMs = 59_999
    await store.find(merchantAt(origin), 'key-1')
    expect(paths).toEqual([merchantKeysPath])
    nowMs = 60_000
    await store.find(merchantAt(origin), 'key-1')
    expect(paths.length).toBe(2)
  })

  test('a key that is new is found by asking again, and not more often than every few seconds', async () => {
    let kids = ['key-1']
    const { origin, paths } = await serve((_request, response) => response.end(documentWith(...kids)))
    let nowMs = 0
    const store = createMerchantKeyStore(options, () => nowMs)
    await store.find(merchantAt(origin), 'key-1')
    kids = ['key-1', 'key-2']
    nowMs = 4_999
    expect(await store.find(merchantAt(origin), 'key-2')).toBeUndefined()
    expect(paths.length).toBe(1)
    nowMs = 5_000
    expect(await store.find(merchantAt(origin), 'key-2')).toMatchObject({ kid: 'key-2' })
    expect(paths.length).toBe(2)
  })

  test('another shop of the same origin has its own', async () => {
    const { origin } = await serve((_request, response) => response.end(documentWith('key-1')))
    const store = createMerchantKeyStore(options, () => 0)
    expect(await store.find(merchantAt(origin, 'books'), 'key-1')).toBeUndefined()
  })

  const faults: readonly (readonly [string, RequestListener])[] = [
    ['a redirect', (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['an error', (_request, response) => response.writeHead(500).end('{}')],
    ['another form', (_request, response) => response.end('{"merchants":[{"merchantId":"x"}]}')],
    ['no JSON', (_request, response) => response.end('<html>')],
    ['too much', (_request, response) => response.end(documentWith('key-1') + ' '.repeat(5_000))],
    ['silence', () => undefined],
    ['bytes that are no text', (_request, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d]))],
  ]
  test.each(faults)('%s is a fault, which is not kept', async (_name, answer) => {
    let current = answer
    const { origin } = await serve((request, response) => current(request, response))
    const store = createMerchantKeyStore(options, () => 0)
    await expect(store.find(merchantAt(origin), 'key-1')).rejects.toMatchObject({ name: 'Fault', code: 'SERVICE_FAULT' })
    current = (_request, response) => response.end(documentWith('key-1'))
    expect(await store.find(merchantAt(origin), 'key-1')).toMatchObject({ kid: 'key-1' })
  })

  test('a redirect is not followed', async () => {
    const target = await serve((_request, response) => response.end(documentWith('key-1')))
    const { origin } = await serve((_request, response) => response.writeHead(307, { location: target.origin + merchantKeysPath }).end())
    await expect(createMerchantKeyStore(options, () => 0).find(merchantAt(origin), 'key-1')).rejects.toMatchObject({ name: 'Fault' })
    expect(target.paths).toEqual([])
  })
})
