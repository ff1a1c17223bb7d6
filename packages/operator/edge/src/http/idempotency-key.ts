import type { FastifyRequest } from 'fastify'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { sha256 } from '../adapters/system.ts'
import type { OnceCall } from '../flows/do-once.ts'
import { writeCanonicalJson } from '../rules/idempotency.ts'

const keyForm = /^[\x21-\x7e]{1,255}$/u

/** Reads the Idempotency-Key header and what it stands for: this operation with this content. */
export function readOnceCall(request: FastifyRequest, merchantId: string): Result<OnceCall, Problem> {
  const key = request.headers['idempotency-key']
  if (key === undefined || key === '') return fail(problem('REQUEST_IDEMPOTENCY_KEY_MISSING'))
  if (typeof key !== 'string' || !keyForm.test(key)) return fail(problem('REQUEST_INVALID', { param: 'idempotency-key' }))
  const content = `${request.method} ${request.url}\n${writeCanonicalJson(request.body ?? {})}`
  return ok({ merchantId, keyHash: sha256(key), contentHash: sha256(content) })
}
