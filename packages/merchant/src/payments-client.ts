import { Value } from 'typebox/value'
import { Payment, ProblemDocument } from '@symbolon/contracts/merchant-api'
import { fail, Fault, ok, type Result } from '@symbolon/formats/result'

export type PaymentsClientOptions = { readonly operatorOrigin: string; readonly apiKey: string; readonly timeoutMs?: number }

/** The operator's merchant API as a merchant's server calls it. Refusals are answers; silence is a Fault, safe to repeat with the same key. */
export type PaymentsClient = {
  create(request: string, idempotencyKey: string): Promise<Result<Payment, ProblemDocument>>
  get(paymentId: string): Promise<Result<Payment, ProblemDocument>>
  cancel(paymentId: string, idempotencyKey: string): Promise<Result<Payment, ProblemDocument>>
}

export function createPaymentsClient(options: PaymentsClientOptions): PaymentsClient {
  return {
    create: (request, idempotencyKey) => call(options, { method: 'POST', path: '/v1/payments', body: { request }, idempotencyKey }),
    get: (paymentId) => call(options, { method: 'GET', path: `/v1/payments/${paymentId}` }),
    cancel: (paymentId, idempotencyKey) =>
      call(options, { method: 'POST', path: `/v1/payments/${paymentId}/cancel`, body: {}, idempotencyKey }),
  }
}

type Call = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown; readonly idempotencyKey?: string }

async function call(
  options: PaymentsClientOptions,
  { method, path, body, idempotencyKey }: Call,
): Promise<Result<Payment, ProblemDocument>> {
  const answer = await fetch(new URL(path, options.operatorOrigin), {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
    headers: {
      authorization: `Bearer ${options.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
    .then(async (response) => ({ isOk: response.ok, json: await response.json() }))
    .catch((cause: unknown) => {
      throw new Fault('SERVICE_FAULT', { retry: 'later', cause })
    })
  if (answer.isOk && Value.Check(Payment, answer.json)) return ok(answer.json)
  if (!answer.isOk && Value.Check(ProblemDocument, answer.json)) return fail(answer.json)
  throw new Fault('SERVICE_FAULT', { retry: 'later' })
}
