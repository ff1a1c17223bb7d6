import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { Id } from '@symbolon/contracts/limits'
import { AuthorizationRequest, TokenSuspension, type AuthorizationAnswer } from '@symbolon/contracts/planes'
import type { Problem } from '@symbolon/contracts/problems'
import type { Result } from '@symbolon/formats/result'
import { createHttpDoor, sendProblem } from '@symbolon/service/http'
import { authorize } from '../flows/authorize.ts'
import type { LinkDependencies } from '../flows/dependencies.ts'
import { suspend } from '../flows/suspend.ts'
import { toAnswer } from '../rules/authorization.ts'

type Answer = Result<AuthorizationAnswer, Problem>

const bodyBytes = 16_384
const pathSchema = { params: Type.Object({ paymentId: Id }, { additionalProperties: false }) }

/**
 * Edge's door: POST /authorizations, GET /authorizations/{paymentId}, POST /suspensions, GET /healthz. An issuer that takes longer than
 * `answerWithinMs` is answered for with 'pending'; the exchange goes on and GET tells its end. `running` holds what goes on.
 */
export function createLinkDoor(
  deps: LinkDependencies,
  options: { readonly answerWithinMs: number; readonly running: Set<Promise<unknown>> },
): FastifyInstance {
  const app = createHttpDoor(deps.log, { bodyBytes })

  app.get('/healthz', async () => ({
    ok: true,
    issuers: Object.fromEntries([...deps.issuersById].map(([issuerId, { session }]) => [issuerId, session.state()])),
  }))

  app.post<{ Body: AuthorizationRequest }>('/authorizations', { schema: { body: AuthorizationRequest } }, async ({ body }, reply) => {
    const asking = authorize(deps, body)
    options.running.add(asking)
    void asking
      .catch((error: unknown) => deps.log.error('an authorization ended in a fault', error, { paymentId: body.paymentId }))
      .finally(() => options.running.delete(asking))
    const answer = await within(asking, options.answerWithinMs)
    return answer.ok ? answer.value : sendProblem(reply, answer.problem)
  })

  app.post<{ Body: TokenSuspension }>('/suspensions', { schema: { body: TokenSuspension } }, async ({ body }, reply) => {
    const queued = await suspend(deps, body)
    return queued.ok ? queued.value : sendProblem(reply, queued.problem)
  })
  app.get<{ Params: { paymentId: string } }>('/authorizations/:paymentId', { schema: pathSchema }, async ({ params }, reply) => {
    const stored = await deps.store.find(params.paymentId)
    return stored === undefined ? sendProblem(reply, { code: 'REQUEST_NOT_FOUND' }) : toAnswer(stored)
  })
  return app
}

async function within(asking: Promise<Answer>, answerWithinMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const pending = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve({ ok: true, value: { outcome: 'pending' } }), answerWithinMs)
  })
  try {
    return await Promise.race([asking, pending])
  } finally {
    clearTimeout(timer)
  }
}
