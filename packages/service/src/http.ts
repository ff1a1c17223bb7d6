import { randomUUID } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { problemCodes, type Problem, type ProblemCode } from '@symbolon/contracts/problems'
import { Bug, Fault } from '@symbolon/formats/result'
import type { Log } from './log.ts'

export type ListenAddress = { readonly host: string; readonly port: number } | { readonly socketPath: string }

/** An HTTP door: strict validation, RFC 9457 problems, no value of a request in any error or log line. */
export function createHttpDoor(log: Log, limits: { readonly bodyBytes: number }): FastifyInstance {
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: 30_000,
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: false,
        allErrors: false,
        keywords: ['x-data-category', 'x-purpose', 'x-recipient'],
      },
    },
  })
  app.setErrorHandler((error, request, reply) => answerError(log, error, request, reply))
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, { code: 'REQUEST_NOT_FOUND' }))
  return app
}

/** Listens; a socket file that a killed process left behind is replaced, and only its owner may connect. */
export async function listen(app: FastifyInstance, address: ListenAddress): Promise<string> {
  if (!('socketPath' in address)) return app.listen({ host: address.host, port: address.port })
  rmSync(address.socketPath, { force: true })
  await app.listen({ path: address.socketPath })
  chmodSync(address.socketPath, 0o600)
  return address.socketPath
}

/** Answers with the problem document of a code. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { code, ...details } = problem
  const { status, title, retry } = problemCodes[code]
  if (status === 409 || status === 429 || status === 503) void reply.header('retry-after', '1')
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({ type: `/problems/${code}`, title, status, code, requestId: reply.request.id, retry, ...details })
}

function answerError(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Fault) {
    log.warn('a part of the service does not answer', { requestId: request.id, code: error.code })
    return sendProblem(reply, { code: isProblemCode(error.code) ? error.code : 'SERVICE_FAULT' })
  }
  const param = validationParam(error)
  if (param !== undefined) return sendProblem(reply, param === '' ? { code: 'REQUEST_INVALID' } : { code: 'REQUEST_INVALID', param })
  const status = statusOf(error)
  if (status === 413) return sendProblem(reply, { code: 'REQUEST_TOO_LARGE' })
  if (status !== undefined && status >= 400 && status < 500) return sendProblem(reply, { code: 'REQUEST_INVALID' })
  log.error(error instanceof Bug ? 'a promise of the code was broken' : 'unexpected failure', error, { requestId: request.id })
  return sendProblem(reply, { code: 'SERVICE_BUG' })
}

// Ajv names the member in instancePath, or in params for a missing or unknown one. Names are ours; values never travel.
function validationParam(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('validation' in error) || !Array.isArray(error.validation)) return undefined
  const first: unknown = error.validation[0]
  if (typeof first !== 'object' || first === null || !('instancePath' in first) || typeof first.instancePath !== 'string') return ''
  const missing =
    'params' in first && typeof first.params === 'object' && first.params !== null && 'missingProperty' in first.params
      ? `/${String(first.params.missingProperty)}`
      : ''
  return `${first.instancePath}${missing}`.slice(0, 60)
}

function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCodes, code)
}
