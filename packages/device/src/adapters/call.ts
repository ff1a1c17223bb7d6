import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { ProblemDocument } from '@symbolon/contracts/merchant-api'
import { problem, problemCodes, type Problem, type ProblemCode } from '@symbolon/contracts/problems'
import { Fault, fail, ok, type Result } from '@symbolon/formats/result'
import type { Transport, TransportRequest } from '../ports.ts'

/**
 * One call of a peer, parsed at the door: the value, or the problem that the peer names. No answer, an unknown code and an answer of
 * another form are all `SERVICE_FAULT`: the caller does not know what happened.
 */
export async function callPeer<Schema extends TSchema>(
  transport: Transport,
  schema: Schema,
  request: TransportRequest,
): Promise<Result<Static<Schema>, Problem>> {
  try {
    const { status, body } = await transport(request)
    if (status >= 200 && status < 300) return Value.Check(schema, body) ? ok(body) : fail(problem('SERVICE_FAULT'))
    return fail(parseProblem(body))
  } catch (cause) {
    if (cause instanceof Fault) return fail(problem('SERVICE_FAULT'))
    throw cause
  }
}

function parseProblem(body: unknown): Problem {
  if (!Value.Check(ProblemDocument, body) || !isProblemCode(body.code)) return problem('SERVICE_FAULT')
  return problem(body.code, {
    ...(body.param === undefined ? {} : { param: body.param }),
    ...(body.triesLeft === undefined ? {} : { triesLeft: body.triesLeft }),
    ...(body.retired === undefined ? {} : { retired: body.retired }),
    ...(body.closingStatement === undefined ? {} : { closingStatement: body.closingStatement }),
    ...(body.frozenReason === undefined ? {} : { frozenReason: body.frozenReason }),
  })
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCodes, code)
}
