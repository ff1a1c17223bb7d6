import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { problemCodes, type Problem, type ProblemCode } from '@symbolon/contracts/problems'
import { ProblemDocument } from '@symbolon/contracts/merchant-api'
import { fail, Fault, ok, type Result } from '@symbolon/formats/result'
import type { PeerAnswer } from '@symbolon/service/http-client'

/**
 * Reads what another plane answered: a value of the contract, or its problem, which travels on with its own code. A plane that
 * failed, or says something that is in no contract, is a Fault: nobody knows what it did.
 */
export function readAnswer<Schema extends TSchema>(schema: Schema, answer: PeerAnswer): Result<Static<Schema>, Problem> {
  if (answer.status >= 200 && answer.status < 300 && Value.Check(schema, answer.body)) return ok(answer.body)
  if (answer.status >= 400 && Value.Check(ProblemDocument, answer.body)) {
    const { code, triesLeft, retired, closingStatement, frozenReason } = answer.body
    if (isProblemCode(code) && !code.startsWith('SERVICE_')) {
      return fail({
        code,
        ...(triesLeft === undefined ? {} : { triesLeft }),
        ...(retired === undefined ? {} : { retired }),
        ...(closingStatement === undefined ? {} : { closingStatement }),
        ...(frozenReason === undefined ? {} : { frozenReason }),
      })
    }
  }
  throw new Fault('SERVICE_FAULT', { retry: 'later' })
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCodes, code)
}
