import { compactVerify, importJWK, type JWK } from 'jose'
import { Value } from 'typebox/value'
import type { Directory } from '@symbolon/contracts/directory'
import type { Payment } from '@symbolon/contracts/merchant-api'
import { deriveMerchantId, merchantKeysPath, MerchantKeys, PaymentRequest, paymentRequestType } from '@symbolon/contracts/payment-request'
import { parseBase64url, parseUtf8 } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { isMerchantKeyCertified } from './trust.ts'

export type PaymentRequestProblem = {
  readonly code: 'PAYMENT_REQUEST_SIGNATURE_INVALID' | 'PAYMENT_REQUEST_MISMATCH' | 'PAYMENT_EXPIRED' | 'WALLET_KEY_UNCERTIFIED'
}

/** Where the keys that may sign this request are: on the merchant's own origin, over TLS unless it is this very machine. */
export function findMerchantKeysUrl(compactJws: string): Result<string, PaymentRequestProblem> {
  const request = parsePayload(compactJws.split('.')[1] ?? '')
  if (request === undefined) return fail({ code: 'PAYMENT_REQUEST_SIGNATURE_INVALID' })
  const isLoopback = /^http:\/\/(localhost|127\.0\.0\.1)(:[0-9]+)?$/u.test(request.merchantOrigin)
  if (!request.merchantOrigin.startsWith('https://') && !isLoopback) return fail({ code: 'PAYMENT_REQUEST_SIGNATURE_INVALID' })
  return ok(`${request.merchantOrigin}${merchantKeysPath}`)
}

export type PaymentRequestEvidence = {
  readonly compactJws: string
  /** The document at the address that `findMerchantKeysUrl` answered, as received. */
  readonly merchantKeys: unknown
  readonly payment: Payment
  /** Whose certificates are believed. */
  readonly directory: Directory
  readonly nowSeconds: number
}

/**
 * Verifies what a merchant signed (RFC 7515, RFC 8037): signature, that the merchant is its origin and name there, that a pinned
 * issuer certifies its key (docs/custody.md 10), and that the operator's view of the payment says the same. What comes out is what the
 * person is shown.
 */
export async function verifyPaymentRequest(evidence: PaymentRequestEvidence): Promise<Result<PaymentRequest, PaymentRequestProblem>> {
  const { compactJws, merchantKeys, payment, nowSeconds } = evidence
  const claimed = parsePayload(compactJws.split('.')[1] ?? '')
  if (claimed === undefined || !Value.Check(MerchantKeys, merchantKeys)) return fail({ code: 'PAYMENT_REQUEST_SIGNATURE_INVALID' })
  if (claimed.merchantId !== deriveMerchantId(claimed.merchantOrigin, claimed.merchantSlug))
    return fail({ code: 'PAYMENT_REQUEST_MISMATCH' })
  const signed = await verifySignature(compactJws, merchantKeys, claimed)
  if (signed === undefined) return fail({ code: 'PAYMENT_REQUEST_SIGNATURE_INVALID' })
  const { request, key } = signed
  const claim = { merchantId: claimed.merchantId, x: key.x, certificates: key.certificates ?? [] }
  if (!isMerchantKeyCertified(evidence.directory, claim, nowSeconds)) return fail({ code: 'WALLET_KEY_UNCERTIFIED' })
  const isSame =
    request.merchantId === payment.merchantId &&
    request.orderId === payment.orderId &&
    request.orderName === payment.orderName &&
    request.amountMinorUnits === payment.amountMinorUnits &&
    request.currency === payment.currency
  if (!isSame) return fail({ code: 'PAYMENT_REQUEST_MISMATCH' })
  return request.expiresAt > nowSeconds || payment.state !== 'requires_confirmation' ? ok(request) : fail({ code: 'PAYMENT_EXPIRED' })
}

type MerchantKey = MerchantKeys['merchants'][number]['keys'][number]
type Signed = { readonly request: PaymentRequest; readonly key: MerchantKey }

async function verifySignature(compactJws: string, keys: MerchantKeys, claimed: PaymentRequest): Promise<Signed | undefined> {
  const merchant = keys.merchants.find(
    ({ merchantId, merchantSlug }) => merchantId === claimed.merchantId && merchantSlug === claimed.merchantSlug,
  )
  for (const merchantKey of merchant?.keys ?? []) {
    const { kid, kty, crv, x } = merchantKey
    const jwk: JWK = { kty, crv, x }
    try {
      const key = await importJWK(jwk, 'EdDSA')
      const { payload, protectedHeader } = await compactVerify(compactJws, key, { algorithms: ['EdDSA'] })
      const request = parseRequest(payload)
      if (protectedHeader.kid === kid && protectedHeader.typ === paymentRequestType && request !== undefined)
        return { request, key: merchantKey }
    } catch {
      // Another key of the same merchant may have signed; jose tells a bad signature only by throwing.
    }
  }
  return undefined
}

function parsePayload(part: string): PaymentRequest | undefined {
  const bytes = parseBase64url(part)
  return bytes.ok ? parseRequest(bytes.value) : undefined
}

function parseRequest(bytes: Uint8Array): PaymentRequest | undefined {
  const text = parseUtf8(bytes)
  if (!text.ok) return undefined
  try {
    const value: unknown = JSON.parse(text.value)
    return Value.Check(PaymentRequest, value) ? value : undefined
  } catch {
    return undefined
  }
}
