import { Type, type Static } from 'typebox'
import type { FastifyInstance } from 'fastify'
import { Enrolment, EnrolmentOpen, EnrolmentOpened, EnrolmentSubmit } from '@symbolon/contracts/issuer-api'
import { Id } from '@symbolon/contracts/limits'
import { sendProblem } from '@symbolon/service/http'
import type { EnrolmentDependencies } from '../flows/enrolment-dependencies.ts'
import { openEnrolment } from '../flows/open-enrolment.ts'
import { showEnrolment } from '../flows/show-enrolment.ts'
import { submitEnrolment } from '../flows/submit-enrolment.ts'
import { answer, registerCors, type Limiters } from './device-routes.ts'

const Params = Type.Object({ enrolmentId: Id }, { additionalProperties: false })
type Door = { readonly deps: EnrolmentDependencies; readonly deviceOrigins: readonly string[]; readonly limiters: Limiters }

/** /v1/enrolments: what a device calls directly, from its own origin alone (CORS), never through the operator. */
export function registerEnrolments(app: FastifyInstance, door: Door): void {
  const { deps, limiters } = door
  // One plugin, so that the CORS hooks reach these routes and no other.
  void app.register((routes, _options, done) => {
    registerCors(routes, door.deviceOrigins, ['/v1/enrolments', '/v1/enrolments/:enrolmentId'])
    routes.post<{ Body: Static<typeof EnrolmentOpen> }>(
      '/v1/enrolments',
      { schema: { body: EnrolmentOpen }, bodyLimit: 1_000 },
      async (request, reply) => {
        if (!limiters.open.isAllowed(request.ip)) return sendProblem(reply, { code: 'REQUEST_TOO_MANY' })
        return answer(reply, await openEnrolment(deps, request.body), { schema: EnrolmentOpened, status: 201 })
      },
    )
    routes.post<{ Params: Static<typeof Params>; Body: Static<typeof EnrolmentSubmit> }>(
      '/v1/enrolments/:enrolmentId',
      { schema: { params: Params, body: EnrolmentSubmit }, bodyLimit: 24_000 },
      async (request, reply) => {
        if (!limiters.use.isAllowed(request.params.enrolmentId)) return sendProblem(reply, { code: 'REQUEST_TOO_MANY' })
        return answer(reply, await submitEnrolment(deps, request.params.enrolmentId, request.body), { schema: Enrolment, status: 200 })
      },
    )
    routes.get<{ Params: Static<typeof Params> }>('/v1/enrolments/:enrolmentId', { schema: { params: Params } }, async (request, reply) => {
      if (!limiters.use.isAllowed(request.params.enrolmentId)) return sendProblem(reply, { code: 'REQUEST_TOO_MANY' })
      return answer(reply, await showEnrolment(deps, request.params.enrolmentId), { schema: Enrolment, status: 200 })
    })
    done()
  })
}
