import { Value } from 'typebox/value'
import type { Payment } from '@symbolon/contracts/merchant-api'
import { PaymentRequest } from '@symbolon/contracts/payment-request'
import { Checkout } from '@symbolon/contracts/wallet-api'
import { parseBase64url, parseUtf8 } from '@symbolon/formats/bytes'

export type ShownPayment = { readonly payment: Payment; readonly shop: { readonly name: string; readonly origin: string } | undefined }
export type CheckoutAnswer =
  | { readonly kind: 'found'; readonly shown: ShownPayment }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreachable' }

const timeoutMs = 8_000

/** Asks the operator how a payment stands. The signature of the shop is the device frame's to verify; here the name is only shown. */
export async function fetchCheckout(paymentId: string): Promise<CheckoutAnswer> {
  try {
    const answer = await fetch(`/v1/checkout/${paymentId}`, { signal: AbortSignal.timeout(timeoutMs), cache: 'no-store' })
    if (answer.status === 404 || answer.status === 400) return { kind: 'missing' }
    const body: unknown = await answer.json()
    if (!answer.ok || !Value.Check(Checkout, body)) return { kind: 'unreachable' }
    return { kind: 'found', shown: { payment: body.payment, shop: readShop(body.request) } }
  } catch {
    return { kind: 'unreachable' }
  }
}

/** The payment named by the page's address, so that a reload shows the same conversation. */
export function readPaymentId(search: string): string | undefined {
  const id = new URLSearchParams(search).get('pay')
  return id !== null && /^[0-9a-f]{32}$/u.test(id) ? id : undefined
}

function readShop(compactJws: string): ShownPayment['shop'] {
  const bytes = parseBase64url(compactJws.split('.')[1] ?? '')
  const text = bytes.ok ? parseUtf8(bytes.value) : bytes
  if (!text.ok) return undefined
  try {
    const request: unknown = JSON.parse(text.value)
    return Value.Check(PaymentRequest, request) ? { name: request.merchantName, origin: request.merchantOrigin } : undefined
  } catch {
    return undefined
  }
}
