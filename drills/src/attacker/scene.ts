import { randomBytes } from 'node:crypto'
import type { CardData } from '@symbolon/contracts/issuer-api'
import type { Directory, IssuerEntry } from '@symbolon/contracts/directory'
import { merchantKeysPath, type PaymentRequest } from '@symbolon/contracts/payment-request'
import type { Clock, Transport } from '@symbolon/device'
import { createFetchTransport } from '@symbolon/device/memory'
import { bytesToHex } from '@symbolon/formats/bytes'
import { operatorId, startTestVault, type TestVault } from '@symbolon/testing/vault'
import { createDevice, type Device, type DeviceParts } from './device.ts'
import { createIssuer, type Issuer } from './issuer.ts'
import { createRelay, type Relay } from './operator.ts'
import { createShop, type Shop } from './shop.ts'
import { createWire, type Wire } from './wire.ts'

export const operatorOrigin = 'http://127.0.0.1:1'
export const issuerOrigin = 'http://localhost:2'
export const shopOrigin = 'http://127.0.0.1:3'

/** Operator, issuer and shop in one process: the vault's real flows, and a line that an attacker holds. */
export type Scene = {
  readonly directory: Directory
  readonly relay: Relay
  readonly issuer: Issuer
  readonly shop: Shop
  readonly wire: Wire
  readonly clock: Clock
  /** The vault that runs now. */
  vault(): TestVault
  /** kill -9 and start again: the same database and keys, an empty memory. */
  restartVault(): void
  createDevice(parts?: Partial<DeviceParts>): Promise<Device>
  /** A merchant's order that the operator has on its page; answers the payment id. */
  order(changes?: Partial<PaymentRequest>): string
}

const unusedRange: IssuerEntry['accountRanges'][number] = { low: '99990000', high: '99999999', panLengths: [16], network: 'visa' }

export const card: CardData = {
  primaryAccountNumber: '4111111111111111',
  expiry: '9912',
  securityCode: '737',
  holderName: 'KIM HANEUL',
  phoneNumber: '010-1234-5678',
  postalAddress: 'Seoul',
}

/** `realIssuer` stands for itself: what a device sends to its origin goes there over HTTP. */
export async function startScene(options: Parameters<typeof startTestVault>[0] = {}, realIssuer?: IssuerEntry): Promise<Scene> {
  let vault = await startTestVault(options)
  const issuer = await createIssuer(issuerOrigin)
  const relay = createRelay(() => vault.port)
  const nowSeconds = (): number => vault.nowSeconds()
  const shop = createShop(shopOrigin, 'tea', { nowSeconds, certify: issuer.certify })
  const wire = createWire(createRouter({ relay, issuer, shop }, realIssuer))
  const clock: Clock = {
    nowSeconds,
    monotonicMs: () => vault.time.nowMs,
    // Waiting moves the vault's time too, so that nothing waits for real.
    wait: async (milliseconds) => void (vault.time.nowMs += milliseconds),
  }
  const directory: Directory = {
    version: 1,
    operator: {
      operatorId: bytesToHex(operatorId),
      name: { ko: '시험', en: 'Test' },
      origin: operatorOrigin,
      vaultKeyCertificates: [issuer.certify({ kind: 'vault-key', subjectId: bytesToHex(operatorId), key: vault.vaultPublicKey })],
    },
    // The stand-in stays as the one that certifies keys; cards are the real one's.
    issuers: realIssuer === undefined ? [issuer.entry] : [realIssuer, { ...issuer.entry, accountRanges: [unusedRange] }],
  }
  return {
    directory,
    relay,
    issuer,
    shop,
    wire,
    clock,
    vault: () => vault,
    restartVault: () => void (vault = vault.restart()),
    createDevice: (parts = {}) => createDevice({ directory, transport: wire.transport, clock, ...parts }),
    order: (changes) => {
      const { request, compactJws } = shop.signRequest(changes)
      const { merchantId, orderId, orderName, amountMinorUnits, currency, expiresAt } = request
      const paymentId = randomBytes(16).toString('hex')
      const terms = { merchantId, orderId, orderName, amountMinorUnits, currency, expiresAt, createdAt: nowSeconds() }
      const payment = { paymentId, version: 1, state: 'requires_confirmation', ...terms, checkoutUrl: operatorOrigin } as const
      relay.orders.set(paymentId, { payment, request: compactJws })
      return paymentId
    },
  }
}

function createRouter({ relay, issuer, shop }: Pick<Scene, 'relay' | 'issuer' | 'shop'>, realIssuer: IssuerEntry | undefined): Transport {
  const overHttp = createFetchTransport({ timeoutMs: 20_000 })
  return async (request) => {
    const { origin, pathname } = new URL(request.url)
    if (origin === shopOrigin && pathname === merchantKeysPath) return { status: 200, body: shop.keys() }
    if (origin === realIssuer?.origin) return await overHttp(request)
    if (origin === issuerOrigin) return await issuer.answer(request.method, pathname.split('/').slice(2), request.body)
    return await relay.answer(request)
  }
}
