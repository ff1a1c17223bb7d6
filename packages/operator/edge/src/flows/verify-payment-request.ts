import { compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import { Value } from 'typebox/value'
import { PaymentRequest, paymentRequestType } from '@symbolon/contracts/payment-request'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { parseUtf8 } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { Merchant } from '../rules/merchant.ts'
import type { MerchantKey, MerchantKeyStore } from './ports.ts'

/**
 * Verifies that this merchant signed the request: compact JWS, `alg` EdDSA and nothing else (RFC 8037), the documented `typ`, a key
 * that the merchant's own origin publishes. Only then the content is read.
 */
export async function verifyPaymentRequest(
  keys: MerchantKeyStore,
  merchant: Merchant,
  compactJws: string,
): Promise<Result<PaymentRequest, Problem>> {
  const kid = readKeyId(compactJws)
  if (kid === undefined) return unsigned
  const key = await keys.find(merchant, kid)
  if (key === undefined) return unsigned
  const payload = await verifySignature(compactJws, key)
  if (payload === undefined) return unsigned
  return parseRequest(payload)
}

const unsigned = fail(problem('PAYMENT_REQUEST_SIGNATURE_INVALID'))
const headerNames = ['alg', 'kid', 'typ']

// RFC 8725 §3: the header is not trusted to choose the algorithm, to bring a key, or to name an extension.
function readKeyId(compactJws: string): string | undefined {
  try {
    const header = decodeProtectedHeader(compactJws)
    const isPlain = Object.keys(header).every((name) => headerNames.includes(name))
    return isPlain && header.alg === 'EdDSA' && header.typ === paymentRequestType && typeof header.kid === 'string' ? header.kid : undefined
  } catch {
    return undefined
  }
}

async function verifySignature(compactJws: string, { kty, crv, x }: MerchantKey): Promise<Uint8Array | undefined> {
  try {
    const { payload } = await compactVerify(compactJws, await importJWK({ kty, crv, x }, 'EdDSA'), { algorithms: ['EdDSA'] })
    return payload
  } catch {
    return undefined
  }
}

function parseRequest(payload: Uint8Array): Result<PaymentRequest, Problem> {
  const text = parseUtf8(payload)
  if (!text.ok) return fail(problem('REQUEST_ENCODING_INVALID', { param: '/request' }))
  try {
    const parsed: unknown = JSON.parse(text.value)
    for (const error of Value.Errors(PaymentRequest, parsed)) {
      return fail(problem('REQUEST_INVALID', { param: `/request${error.instancePath}`.slice(0, 60) }))
    }
    return ok(Value.Parse(PaymentRequest, parsed))
  } catch {
    return fail(problem('REQUEST_ENCODING_INVALID', { param: '/request' }))
  }
}
