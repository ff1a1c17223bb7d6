import { Type, type Static } from 'typebox'
import type { FastifyInstance } from 'fastify'
import { Id } from '@symbolon/contracts/limits'
import { hexToBytes } from '@symbolon/formats/bytes'
import { sendProblem } from '@symbolon/service/http'
import { isBearerKey } from '../../bearer-key.ts'
import { changeTokenState, type TokenStore } from '../flows/change-token-state.ts'

const closed = { additionalProperties: false } as const
const Params = Type.Object({ tokenReferenceId: Id }, closed)
const Body = Type.Object({ state: Type.Enum(['active', 'suspended', 'deleted']) }, closed)

/** POST /v1/office/tokens/{tokenReferenceId}: for the issuer's own staff and machines, with a key of its own. */
export function registerOffice(app: FastifyInstance, door: { readonly officeKey: string; readonly tokens: TokenStore }): void {
  app.post<{ Params: Static<typeof Params>; Body: Static<typeof Body> }>(
    '/v1/office/tokens/:tokenReferenceId',
    { schema: { params: Params, body: Body }, bodyLimit: 1_000 },
    async (request, reply) => {
      if (!isBearerKey(request.headers.authorization, door.officeKey)) return sendProblem(reply, { code: 'IDENTITY_KEY_INVALID' })
      const changed = await changeTokenState(door.tokens, hexToBytes(request.params.tokenReferenceId), request.body.state)
      return changed.ok ? reply.send(changed.value) : sendProblem(reply, changed.problem)
    },
  )
}
