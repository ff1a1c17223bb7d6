import { sha256 } from '@noble/hashes/sha2.js'
import { Type, type Static } from 'typebox'
import { bytesToBase32, bytesToHex, utf8ToBytes } from '@symbolon/formats/bytes'
import { IssuerCertificate } from './directory.ts'
import { AmountMinorUnits, CurrencyCode, Id, InstalmentMonths, Origin, UnixSeconds } from './limits.ts'

const closed = { additionalProperties: false } as const

/** `typ` of the protected header; `alg` is EdDSA (RFC 8037), `kid` names a key of the merchant's own well-known document. */
export const paymentRequestType = 'symbolon-payment-request+jws'

/** What a merchant signs (compact JWS, RFC 7515) and the payer's device shows, byte for byte. */
export const PaymentRequest = Type.Object(
  {
    version: Type.Literal(1),
    merchantId: Id,
    merchantName: Type.String({ minLength: 1, maxLength: 40 }),
    merchantOrigin: Origin,
    merchantSlug: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }),
    orderId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
    orderName: Type.String({ minLength: 1, maxLength: 100 }),
    amountMinorUnits: AmountMinorUnits,
    currency: CurrencyCode,
    instalmentMonthsAllowed: Type.Array(InstalmentMonths, { minItems: 1, maxItems: 12, uniqueItems: true }),
    expiresAt: UnixSeconds,
  },
  { ...closed, $id: 'PaymentRequest' },
)
export type PaymentRequest = Static<typeof PaymentRequest>

/**
 * Served by the merchant's own origin at this path, so that the operator cannot exchange a shop's key. A key counts for a device only
 * with a certificate (`mkcert`) of an issuer that its directory pins, so that whoever takes over a shop's web server cannot either.
 */
export const merchantKeysPath = '/.well-known/symbolon-merchants.json'
export const MerchantKeys = Type.Object(
  {
    merchants: Type.Array(
      Type.Object(
        {
          merchantId: Id,
          merchantSlug: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }),
          keys: Type.Array(
            Type.Object(
              {
                kid: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
                kty: Type.Literal('OKP'),
                crv: Type.Literal('Ed25519'),
                x: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
                certificates: Type.Optional(Type.Array(IssuerCertificate, { maxItems: 10 })),
              },
              closed,
            ),
            { minItems: 1, maxItems: 4 },
          ),
        },
        closed,
      ),
      { maxItems: 100 },
    ),
  },
  closed,
)
export type MerchantKeys = Static<typeof MerchantKeys>

/** A merchant is its origin and its name there: the id follows from both, so no directory can point it elsewhere. */
export function deriveMerchantId(merchantOrigin: string, merchantSlug: string): string {
  return bytesToHex(sha256(utf8ToBytes(`symbolon/v1/merchant\n${merchantOrigin}\n${merchantSlug}\n`)).slice(0, 16))
}

/** ISO 8583 DE 42 (ans 15): the first fifteen base32 characters of the merchant id. */
export function deriveCardAcceptorId(merchantId: Uint8Array): string {
  return bytesToBase32(merchantId).slice(0, 15)
}

/** `req_hash` of the payment message: SHA-256 of the ASCII bytes of the compact JWS, as received. */
export function derivePaymentRequestHash(compactJws: string): Uint8Array {
  return sha256(utf8ToBytes(compactJws))
}
