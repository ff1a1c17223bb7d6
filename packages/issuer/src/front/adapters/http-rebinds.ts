import { Type, type Static } from 'typebox'
import type { FastifyInstance } from 'fastify'
import { Rebind, RebindOpen, RebindOpened, RebindSubmit } from '@symbolon/contracts/rebind-api'
import { Id } from '@symbolon/contracts/limits'
import { sendProblem } from '@symbolon/service/http'
import type { RebindDependencies } from '../flows/enrolment-dependencies.ts'
import { openRebind } from '../flows/open-rebind.ts'
import { showRebind } from '../flows/show-rebind.ts'
import { submitRebind } from '../flows/submit-rebind.ts'
import { answer, registerCors, type Limiters } from './device-routes.ts'

const Params = Type.Object({ rebindId: Id }, { additionalProperties: false })
type Door = { readonly deps: RebindDependencies; readonly deviceOrigins: readonly string[]; readonly limiters: Limiters }

/** /v1/rebinds: what a device calls directly, from its own origin alone (CORS), never through the operator. */
export function registerRebinds(app: FastifyInstance, door: Door): void {
  const { deps, limiters } = door
  // One plugin, so that the CORS hooks reach these routes and no other.
  void app.register((routes, _options, done) => {
    registerCors(routes, door.deviceOrigins, ['/v1/rebinds', '/v1/rebinds/:rebindId'])
    routes.post<{ Body: Static<typeof RebindOpen> }>(
      '/v1/rebinds',
      { schema: { body: RebindOpen }, bodyLimit: 1_000 },
      async (request, reply) => {
        if (!limiters.open.isAllowed(request.ip)) return sendProblem(reply, { code: 'REQUEST_TOO_MANY' })
        return answer(reply, await openRebind(deps, request.body), { schema: RebindOpened, status: 201 })
      },
    )
    routes.post<{ Params: Static<typeof Params>; Body: Static<typeof RebindSubmit> }>(
      '/v1/rebinds/:rebindId',
      { schema: { params: Params, body: RebindSubmit }, bodyLimit: 6_000 },
      async (request, reply) => {
        if (!limiters.use.isAllowed(request.params.rebindId)) return sendProblem(reply, { code: 'REQUEST_TOO_MANY' })
        return answer(reply, await submitRebind(deps, request.params.rebindId, request.body), { schema: Rebind, status: 200 })
      },
    )
    routes.get<{ Params: Static<typeof Params> }>('/v1/rebinds/:rebindId', { schema: { params: Params } }, async (request, reply) => {
      if (!limiters.use.isAllowed(request.params.rebindId)) return sendProblem(reply, { code: 'REQUEST_TOO_MANY' })
      return answer(reply, await showRebind(deps, request.params.rebindId), { schema: Rebind, status: 200 })
    })
    done()
  })
}
