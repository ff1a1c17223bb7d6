import type { IssuerCertificate } from '@symbolon/contracts/directory'
import { deriveMerchantId, type PaymentRequest } from '@symbolon/contracts/payment-request'
import type { Payment, ProblemDocument } from '@symbolon/contracts/merchant-api'
import type { Currency } from '@symbolon/formats/money'
import { ok, type Result } from '@symbolon/formats/result'
import type { PaymentsClient } from '../../payments-client.ts'
import { signPaymentRequest, type SigningKey } from '../../signing.ts'
import type { Order, OrderJournal } from '../adapters/order-journal.ts'
import type { Shop } from '../catalogue.ts'

/** How long a customer has to confirm. */
const orderLifetimeSeconds = 900

export type OpenShop = {
  readonly shop: Shop
  readonly key: SigningKey
  /** Without one of an issuer that its directory pins no customer’s device believes the key. */
  readonly certificates: readonly IssuerCertificate[]
  readonly payments: PaymentsClient
}
export type PlaceOrderDependencies = {
  readonly orders: OrderJournal
  readonly origin: string
  readonly nowSeconds: () => number
  readonly createOrderId: () => string
}
export type OrderWish = {
  /** The shop's name as this customer reads it: it is signed, and shown as it is. */
  readonly merchantName: string
  readonly amountMinorUnits: string
  readonly currency: Currency
  readonly orderName: string
  readonly instalmentMonthsAllowed: readonly number[]
}
export type PlacedOrder = { readonly order: Order; readonly payment: Payment }

/** Signs the order, writes it down, and only then asks for the payment: a repeat after a crash finds the same order. */
export async function placeOrder(
  dependencies: PlaceOrderDependencies,
  open: OpenShop,
  wish: OrderWish,
): Promise<Result<PlacedOrder, ProblemDocument>> {
  const orderId = dependencies.createOrderId()
  const request: PaymentRequest = {
    version: 1,
    merchantId: deriveMerchantId(dependencies.origin, open.shop.slug),
    merchantName: wish.merchantName,
    merchantOrigin: dependencies.origin,
    merchantSlug: open.shop.slug,
    orderId,
    orderName: wish.orderName,
    amountMinorUnits: wish.amountMinorUnits,
    currency: wish.currency,
    instalmentMonthsAllowed: [...wish.instalmentMonthsAllowed],
    expiresAt: dependencies.nowSeconds() + orderLifetimeSeconds,
  }
  const order: Order = { orderId, slug: open.shop.slug, compactJws: await signPaymentRequest(open.key, request), request }
  dependencies.orders.save(order)
  const created = await open.payments.create(order.compactJws, orderId)
  if (!created.ok) return created
  const placed = { ...order, paymentId: created.value.paymentId }
  dependencies.orders.save(placed)
  return ok({ order: placed, payment: created.value })
}

/** The payment of an order as the operator has it; asks for it again, with the same key, where a crash came between. */
export async function findPayment(
  dependencies: PlaceOrderDependencies,
  open: OpenShop,
  order: Order,
): Promise<Result<PlacedOrder, ProblemDocument>> {
  const answer =
    order.paymentId === undefined ? await open.payments.create(order.compactJws, order.orderId) : await open.payments.get(order.paymentId)
  if (!answer.ok) return answer
  const placed = { ...order, paymentId: answer.value.paymentId }
  if (order.paymentId === undefined) dependencies.orders.save(placed)
  return ok({ order: placed, payment: answer.value })
}
