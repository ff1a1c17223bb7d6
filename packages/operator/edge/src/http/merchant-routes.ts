import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { PaymentCreate } from '@symbolon/contracts/merchant-api'
import type { Problem } from '@symbolon/contracts/problems'
import type { Result } from '@symbolon/formats/result'
import { sendProblem } from '@symbolon/service/http'
import { cancelPayment } from '../flows/cancel-payment.ts'
import { createPayment, type CreatePaymentDependencies } from '../flows/create-payment.ts'
import { readPayment } from '../flows/read-payment.ts'
import type { OnceAnswer } from '../rules/idempotency.ts'
import { writePayment, type PaymentRecord } from '../rules/payment.ts'
import type { MerchantGate } from './authenticate.ts'
import { readOnceCall } from './idempotency-key.ts'
import { answers, PaymentPath, ref } from './schemas.ts'

export type MerchantRouteDependencies = CreatePaymentDependencies & { readonly gate: MerchantGate }

const OrderQuery = Type.Object({ orderId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) }, { additionalProperties: false })
const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ maxLength: 255, description: 'visible ASCII; kept for at least 30 days' })),
})
const base = { tags: ['Merchant API'], security: [{ apiKey: [] }, { apiKeyBasic: [] }] }

/** What a merchant's server calls. A payment of somebody else and one that does not exist are the same answer. */
export function registerMerchantRoutes(app: FastifyInstance, deps: MerchantRouteDependencies): void {
  const { gate, payments, origin } = deps
  const onRequest = gate.hook
  const send = (reply: FastifyReply, found: Result<PaymentRecord, Problem>): FastifyReply =>
    found.ok ? reply.send(writePayment(found.value, origin)) : sendProblem(reply, found.problem)

  app.post<{ Body: PaymentCreate }>('/v1/payments', { onRequest, schema: createSchema }, async (request, reply) => {
    const merchant = gate.merchantOf(request)
    const call = readOnceCall(request, merchant.merchantId)
    if (!call.ok) return sendProblem(reply, call.problem)
    return sendOnce(reply, await createPayment(deps, { merchant, body: request.body, call: call.value }))
  })

  app.get<{ Params: { paymentId: string } }>('/v1/payments/:paymentId', { onRequest, schema: getSchema }, async (request, reply) => {
    const { merchantId } = gate.merchantOf(request)
    return send(reply, await readPayment(deps, await payments.find({ merchantId, paymentId: request.params.paymentId })))
  })

  app.get<{ Querystring: { orderId: string } }>('/v1/payments', { onRequest, schema: findSchema }, async (request, reply) => {
    const { merchantId } = gate.merchantOf(request)
    return send(reply, await readPayment(deps, await payments.findByOrderId({ merchantId, orderId: request.query.orderId })))
  })

  app.post<{ Params: { paymentId: string } }>(
    '/v1/payments/:paymentId/cancel',
    { onRequest, schema: cancelSchema },
    async (request, reply) => {
      const call = readOnceCall(request, gate.merchantOf(request).merchantId)
      if (!call.ok) return sendProblem(reply, call.problem)
      return sendOnce(reply, await cancelPayment(deps, { paymentId: request.params.paymentId, call: call.value }))
    },
  )
}

const createSchema = {
  ...base,
  operationId: 'createPayment',
  summary: 'Create a payment from a request that the merchant signed',
  headers: IdempotencyHeader,
  body: ref('PaymentCreate'),
  response: answers(201, 'Payment', 'The payment, waiting for the payer'),
}
const getSchema = {
  ...base,
  operationId: 'getPayment',
  summary: 'Get a payment',
  params: PaymentPath,
  response: answers(200, 'Payment', 'The payment as it stands now'),
}
const findSchema = {
  ...base,
  operationId: 'findPaymentByOrderId',
  summary: 'Find the payment of an order',
  querystring: OrderQuery,
  response: answers(200, 'Payment', 'The payment as it stands now'),
}
const cancelSchema = {
  ...base,
  operationId: 'cancelPayment',
  summary: 'Cancel a payment that nobody has confirmed',
  params: PaymentPath,
  headers: IdempotencyHeader,
  response: answers(200, 'Payment', 'The canceled payment'),
}

// The first answer and every repetition are the same stored bytes.
function sendOnce(reply: FastifyReply, answered: Result<OnceAnswer, Problem>): FastifyReply {
  if (!answered.ok) return sendProblem(reply, answered.problem)
  const { status, body, isReplay } = answered.value
  if (isReplay) void reply.header('idempotent-replayed', 'true')
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer((text: string) => text)
    .send(body)
}
