import { problem, type Problem } from '@symbolon/contracts/problems'
import { Fault, fail, ok, type Result } from '@symbolon/formats/result'
import { findMerchantKeysUrl, verifyPaymentRequest } from '../rules/payment-request.ts'
import type { PaymentToConfirm } from '../wallet-types.ts'
import type { FlowDependencies } from './session.ts'

/** A payment with the exact bytes that its merchant signed. */
export type LoadedPayment = PaymentToConfirm & { readonly compactJws: string }

/** Fetches a payment from the operator and the key from the merchant's own origin, and believes only what verifies. */
export async function loadPayment(deps: FlowDependencies, paymentId: string): Promise<Result<LoadedPayment, Problem>> {
  if (!/^[0-9a-f]{32}$/u.test(paymentId)) return fail(problem('REQUEST_NOT_FOUND'))
  const checkout = await deps.operator.getCheckout(paymentId)
  if (!checkout.ok) return checkout
  const { payment, request: compactJws } = checkout.value
  if (payment.paymentId !== paymentId) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const keysUrl = findMerchantKeysUrl(compactJws)
  if (!keysUrl.ok) return keysUrl
  const merchantKeys = await fetchMerchantKeys(deps, keysUrl.value)
  if (!merchantKeys.ok) return merchantKeys
  const verified = await verifyPaymentRequest({
    compactJws,
    merchantKeys: merchantKeys.value,
    payment,
    directory: deps.directory,
    nowSeconds: deps.clock.nowSeconds(),
  })
  return verified.ok ? ok({ paymentId, request: verified.value, payment, compactJws }) : verified
}

async function fetchMerchantKeys(deps: FlowDependencies, url: string): Promise<Result<unknown, Problem>> {
  try {
    const { status, body } = await deps.transport({ method: 'GET', url })
    return status === 200 ? ok(body) : fail(problem('SERVICE_FAULT'))
  } catch (cause) {
    if (cause instanceof Fault) return fail(problem('SERVICE_FAULT'))
    throw cause
  }
}
