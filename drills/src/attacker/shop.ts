import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { IssuerCertificate } from '@symbolon/contracts/directory'
import { deriveMerchantId, paymentRequestType, type MerchantKeys, type PaymentRequest } from '@symbolon/contracts/payment-request'

import type { Issuer } from './issuer.ts'

/** A merchant with a key of its own, for which an issuer vouches. */
export type Shop = {
  readonly origin: string
  readonly slug: string
  readonly merchantId: string
  keys(): MerchantKeys
  signRequest(changes?: Partial<PaymentRequest>): { readonly request: PaymentRequest; readonly compactJws: string }
}

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url')
const validForSeconds = 3_600

export type ShopSurroundings = { readonly nowSeconds: () => number; readonly certify: Issuer['certify'] }

export function createShop(origin: string, slug: string, { nowSeconds, certify }: ShopSurroundings): Shop {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const merchantId = deriveMerchantId(origin, slug)
  const key = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }).subarray(-32))
  const certificates: IssuerCertificate[] = [certify({ kind: 'merchant-key', subjectId: merchantId, key })]
  const keys = [{ kid: 'k1', kty: 'OKP', crv: 'Ed25519', x: base64url(key), certificates } as const]
  return {
    origin,
    slug,
    merchantId,
    keys: () => ({ merchants: [{ merchantId, merchantSlug: slug, keys: [...keys] }] }),
    signRequest: (changes = {}) => {
      const request: PaymentRequest = {
        version: 1,
        merchantId,
        merchantName: 'Tea',
        merchantOrigin: origin,
        merchantSlug: slug,
        orderId: randomBytes(16).toString('hex'),
        orderName: 'Two cups',
        amountMinorUnits: '12000',
        currency: 'KRW',
        instalmentMonthsAllowed: [0, 3],
        expiresAt: nowSeconds() + validForSeconds,
        ...changes,
      }
      const header = { alg: 'EdDSA', typ: paymentRequestType, kid: 'k1' }
      const input = [header, request].map((part) => base64url(JSON.stringify(part))).join('.')
      return { request, compactJws: `${input}.${base64url(sign(null, Buffer.from(input), privateKey))}` }
    },
  }
}
