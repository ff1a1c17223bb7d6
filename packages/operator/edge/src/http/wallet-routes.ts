import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '@symbolon/contracts/problems'
import type { Checkout, CustodyMessage, SignRequest, StopCode, TokenRegistration, WalletAccept } from '@symbolon/contracts/wallet-api'
import type { Result } from '@symbolon/formats/result'
import { sendProblem } from '@symbolon/service/http'
import { pay, type PayDependencies } from '../flows/pay.ts'
import { freezeIfFrozen } from '../flows/freeze-tokens.ts'
import { raiseAlarm } from '../flows/raise-alarm.ts'
import { readPayment } from '../flows/read-payment.ts'
import { stopWallet } from '../flows/stop-wallet.ts'
import { registerToken, type RegisterTokenDependencies } from '../flows/register-token.ts'
import { writePayment, type PaymentRecord } from '../rules/payment.ts'
import { limitRate, type RateLimiter } from './rate-limiter.ts'
import { answers, AttemptPath, PaymentPath, ref, WalletPath } from './schemas.ts'

export type WalletRouteDependencies = PayDependencies & RegisterTokenDependencies & { readonly limiter: RateLimiter }

type Wallet = { readonly walletId: string }
const base = { tags: ['Wallet API'] }

/** What a device calls. Custody messages pass through unopened; who may do what is decided by what they prove to the vault. */
export function registerWalletRoutes(app: FastifyInstance, deps: WalletRouteDependencies): void {
  const { vault } = deps
  const perWallet = limitRate(deps.limiter, 'wallet', (request: FastifyRequest) => walletOf(request.params) ?? request.ip)
  const onRequest = limitRate(deps.limiter, 'walletCreation', (request: FastifyRequest) => request.ip)

  app.post('/v1/wallets', { onRequest, schema: offerSchema }, async (_request, reply) => send(reply.code(201), await vault.createWallet()))

  app.post<{ Params: Wallet; Body: WalletAccept }>(
    '/v1/wallets/:walletId',
    { onRequest: perWallet, schema: acceptSchema },
    async (request, reply) => send(reply, await vault.acceptWallet(request.params.walletId, request.body)),
  )

  app.post<{ Params: Wallet; Body: CustodyMessage }>(
    '/v1/wallets/:walletId/open',
    { onRequest: perWallet, schema: openSchema },
    async (request, reply) =>
      send(reply, await freezeIfFrozen(deps, request.params.walletId, await vault.open(request.params.walletId, request.body))),
  )

  app.post<{ Params: Wallet; Body: SignRequest }>(
    '/v1/wallets/:walletId/pay',
    { onRequest: perWallet, schema: paySchema },
    async (request, reply) => send(reply, await pay(deps, request.params.walletId, request.body)),
  )

  app.post<{ Params: Wallet; Body: CustodyMessage }>(
    '/v1/wallets/:walletId/alarm',
    { onRequest: perWallet, schema: alarmSchema },
    async (request, reply) => {
      const raised = await raiseAlarm(deps, request.params.walletId, request.body)
      return raised.ok ? reply.code(204).send() : sendProblem(reply, raised.problem)
    },
  )

  app.post<{ Body: StopCode }>(
    '/v1/stops',
    { onRequest: limitRate(deps.limiter, 'stops', (request: FastifyRequest) => request.ip), schema: stopSchema },
    async (request, reply) => {
      const stopped = await stopWallet(deps, request.body.code)
      return stopped.ok ? reply.code(204).send() : sendProblem(reply, stopped.problem)
    },
  )

  app.post<{ Params: Wallet; Body: TokenRegistration }>(
    '/v1/wallets/:walletId/tokens',
    { onRequest: perWallet, schema: tokenSchema },
    async (request, reply) => {
      const registered = await registerToken(deps, request.params.walletId, request.body)
      return registered.ok ? reply.code(204).send() : sendProblem(reply, registered.problem)
    },
  )

  app.get<{ Params: Wallet & { paymentAttemptId: string } }>(
    '/v1/wallets/:walletId/attempts/:paymentAttemptId',
    { onRequest: perWallet, schema: attemptSchema },
    async (request, reply) => {
      const payment = await readPayment(deps, await deps.payments.findByAttempt(request.params))
      return send(
        reply,
        mapOk(payment, (found) => writePayment(found, deps.origin)),
      )
    },
  )
}

/** What a payer's page needs before anybody has confirmed; the device verifies the merchant's signature itself. */
export function registerCheckoutRoute(app: FastifyInstance, deps: WalletRouteDependencies): void {
  const onRequest = limitRate(deps.limiter, 'checkout', (request: FastifyRequest) => request.ip)
  app.get<{ Params: { paymentId: string } }>('/v1/checkout/:paymentId', { onRequest, schema: checkoutSchema }, async (request, reply) => {
    const payment = await readPayment(deps, await deps.payments.findById(request.params.paymentId))
    return send(
      reply,
      mapOk(payment, (found: PaymentRecord): Checkout => ({ payment: writePayment(found, deps.origin), request: found.request })),
    )
  })
}

const offerSchema = {
  ...base,
  operationId: 'createWallet',
  summary: 'Ask the vault for an offer to make a wallet together',
  response: answers(201, 'WalletOffer', 'An offer signed by the vault'),
}
const acceptSchema = {
  ...base,
  operationId: 'acceptWallet',
  summary: 'Answer the offer',
  params: WalletPath,
  body: ref('WalletAccept'),
  response: answers(200, 'WalletCreated', 'The wallet exists'),
}
const openSchema = {
  ...base,
  operationId: 'openWallet',
  summary: 'Ask for a slot for one signature',
  params: WalletPath,
  body: ref('CustodyMessage'),
  response: answers(200, 'CustodyMessage', 'A slot signed by the vault'),
}
const paySchema = {
  ...base,
  operationId: 'pay',
  summary: 'Sign jointly: a payment, a binding, a record, a refresh, a change of PIN, or the end of the wallet',
  params: WalletPath,
  body: ref('SignRequest'),
  response: answers(200, 'SignAnswer', 'What the vault answered, sealed to the device, and the payment as it stands'),
}
const alarmSchema = {
  ...base,
  operationId: 'raiseAlarm',
  summary: 'Say that another copy of this wallet exists',
  params: WalletPath,
  body: ref('CustodyMessage'),
  response: answers(204, undefined, 'The wallet is frozen and none of its cards pays'),
}
const stopSchema = {
  ...base,
  operationId: 'stopWallet',
  summary: 'Freeze the wallet that has this stop code',
  body: ref('StopCode'),
  response: answers(204, undefined, 'If a wallet has this code, it is frozen and none of its cards pays'),
}
const tokenSchema = {
  ...base,
  operationId: 'registerToken',
  summary: 'Register a card that its issuer granted to this wallet',
  params: WalletPath,
  body: ref('TokenRegistration'),
  response: answers(204, undefined, 'The card pays'),
}
const attemptSchema = {
  ...base,
  operationId: 'getAttempt',
  summary: 'Get the payment of an attempt whose answer was lost',
  params: AttemptPath,
  response: answers(200, 'Payment', 'The payment as it stands now'),
}
const checkoutSchema = {
  tags: ['Checkout'],
  operationId: 'getCheckout',
  summary: 'Get what a payer is asked to confirm',
  params: PaymentPath,
  response: answers(200, 'Checkout', 'The payment, and the request as the merchant signed it'),
}

function send<Value>(reply: FastifyReply, answered: Result<Value, Problem>): FastifyReply {
  return answered.ok ? reply.send(answered.value) : sendProblem(reply, answered.problem)
}

function mapOk<Value, Mapped>(result: Result<Value, Problem>, map: (value: Value) => Mapped): Result<Mapped, Problem> {
  return result.ok ? { ok: true, value: map(result.value) } : result
}

function walletOf(params: unknown): string | undefined {
  return typeof params === 'object' && params !== null && 'walletId' in params && typeof params.walletId === 'string'
    ? params.walletId
    : undefined
}
