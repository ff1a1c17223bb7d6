import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import type { Directory } from '@symbolon/contracts/directory'
import type { Payment } from '@symbolon/contracts/merchant-api'
import { deriveMerchantId, merchantKeysPath, paymentRequestType, type PaymentRequest } from '@symbolon/contracts/payment-request'
import { createSealingKey, encodeGrant, importSealingKey } from '@symbolon/custody/issuer'
import type { TransportAnswer, TransportRequest } from '@symbolon/device'
import { bytesToBase64url, hexToBytes } from '@symbolon/formats/bytes'

const issuerOrigin = 'http://localhost:2'
const shopOrigin = 'http://127.0.0.1:3'
const operatorOrigin = 'http://127.0.0.1:1'
const issuerId = '0b'.repeat(16)
/** A published test number; nobody's card. */
export const testCard = {
  primaryAccountNumber: '4111111111111111',
  expiry: '9912',
  securityCode: '737',
  holderName: 'KIM SAMPLE',
  phoneNumber: '010-1234-5678',
  postalAddress: 'Seoul',
}

export type Purchase = { payment: Payment; readonly request: string; attemptId?: string }

/** The parties that a drill does not attack, as far as a wallet needs them: an issuer that approves every card, and one shop. */
export type IssuerAndShop = {
  readonly directory: Directory
  readonly purchases: ReadonlyMap<string, Purchase>
  order(): string
  /** Undefined for an address that is neither's. */
  answer(request: TransportRequest): TransportAnswer | undefined
}

export async function startIssuerAndShop(operator: {
  readonly vaultPublicKey: Uint8Array
  readonly operatorId: Uint8Array
  readonly nowSeconds: () => number
}): Promise<IssuerAndShop> {
  const [certificate, shop] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')]
  const purchases = new Map<string, Purchase>()
  const walletByEnrolment = new Map<string, string>()
  return {
    directory: await describeDirectory(operator, rawPublicKey(certificate.publicKey)),
    purchases,
    order: () => {
      const paymentId = newId()
      purchases.set(paymentId, orderAtShop(shop.privateKey, paymentId, operator.nowSeconds()))
      return paymentId
    },
    answer: ({ method, url, body }) => {
      const { origin, pathname } = new URL(url)
      if (origin === shopOrigin && pathname === merchantKeysPath) return { status: 200, body: shopKeys(rawPublicKey(shop.publicKey)) }
      if (origin !== issuerOrigin) return undefined
      const enrolmentId = pathname.split('/')[3] ?? newId()
      const walletId = typeof body === 'object' && body !== null && 'walletId' in body ? String(body.walletId) : undefined
      if (walletId !== undefined) walletByEnrolment.set(enrolmentId, walletId)
      return { status: 200, body: answerEnrolment(certificate.privateKey, { method, enrolmentId, walletId, walletByEnrolment }) }
    },
  }
}

async function describeDirectory(
  operator: { readonly vaultPublicKey: Uint8Array; readonly operatorId: Uint8Array },
  certificateKey: Uint8Array,
): Promise<Directory> {
  const { seed, publicKey } = await createSealingKey((size) => new Uint8Array(randomBytes(size)))
  const { keyId } = await importSealingKey(seed)
  const name = { ko: '훈련', en: 'Drill' }
  const vaultPublicKey = bytesToBase64url(operator.vaultPublicKey)
  const operatorId = Buffer.from(operator.operatorId).toString('hex')
  const range = { low: '41111111', high: '41111111', panLengths: [16], network: 'visa' as const }
  return {
    version: 1,
    operator: { operatorId, name, origin: operatorOrigin, vaultPublicKey },
    issuers: [
      {
        issuerId,
        name,
        origin: issuerOrigin,
        accountRanges: [range],
        sealingKey: { keyId, publicKey: bytesToBase64url(publicKey) },
        certificateKey: bytesToBase64url(certificateKey),
      },
    ],
  }
}

function orderAtShop(key: KeyObject, paymentId: string, now: number): Purchase {
  const request: PaymentRequest = {
    version: 1,
    merchantId: deriveMerchantId(shopOrigin, 'tea'),
    merchantName: 'Tea',
    merchantOrigin: shopOrigin,
    merchantSlug: 'tea',
    orderId: newId(),
    orderName: 'Two cups',
    amountMinorUnits: '12000',
    currency: 'KRW',
    instalmentMonthsAllowed: [0],
    expiresAt: now + 3_600,
  }
  const header = { alg: 'EdDSA', typ: paymentRequestType, kid: 'k1' }
  const signed = [header, request].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const { merchantId, orderId, orderName, amountMinorUnits, currency, expiresAt } = request
  const shared = { merchantId, orderId, orderName, amountMinorUnits, currency, expiresAt }
  return {
    payment: { paymentId, version: 1, state: 'requires_confirmation', ...shared, createdAt: now, checkoutUrl: operatorOrigin },
    request: `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`,
  }
}

function shopKeys(publicKey: Uint8Array): unknown {
  const keys = [{ kid: 'k1', kty: 'OKP', crv: 'Ed25519', x: bytesToBase64url(publicKey) }]
  return { merchants: [{ merchantId: deriveMerchantId(shopOrigin, 'tea'), merchantSlug: 'tea', keys }] }
}

type EnrolmentCall = {
  readonly method: string
  readonly enrolmentId: string
  readonly walletId: string | undefined
  readonly walletByEnrolment: ReadonlyMap<string, string>
}

function answerEnrolment(key: KeyObject, { method, enrolmentId, walletId, walletByEnrolment }: EnrolmentCall): unknown {
  if (walletId !== undefined) return { enrolmentId, nonce: newId(), expiresAt: 4_000_000_000 }
  const approvalUrl = `${issuerOrigin}/approve/${enrolmentId}`
  if (method === 'POST') return { enrolmentId, state: 'awaiting_approval', approvalUrl }
  const tokenReferenceId = newId()
  const grant = encodeGrant({
    issuerId: hexToBytes(issuerId),
    walletId: hexToBytes(walletByEnrolment.get(enrolmentId) ?? ''),
    tokenReferenceId: hexToBytes(tokenReferenceId),
    network: 'visa',
    lastFour: testCard.primaryAccountNumber.slice(-4),
    grantNumber: 1,
  })
  const signature = bytesToBase64url(new Uint8Array(sign(null, grant, key)))
  return { enrolmentId, state: 'active', approvalUrl, tokenReferenceId, grant: bytesToBase64url(grant), signature }
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }).subarray(-32))
}

function newId(): string {
  return randomBytes(16).toString('hex')
}
