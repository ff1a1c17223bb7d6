import { Type, type Static } from 'typebox'
import type { FastifyInstance } from 'fastify'
import { sendProblem } from '@symbolon/service/http'
import { isBearerKey } from './bearer-key.ts'

const Query = Type.Object(
  { after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })), limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })) },
  { additionalProperties: false },
)
type ReadJournal = (after: number, limit: number) => Promise<readonly { readonly sequence: number }[]>
const maximumEntries = 1_000

/** GET of a journal: what this party wrote down itself, page by page, for whoever holds its bearer key. */
export function registerJournal(
  app: FastifyInstance,
  door: { readonly path: string; readonly journalKey: string; readonly read: ReadJournal },
): void {
  app.get<{ Querystring: Static<typeof Query> }>(door.path, { schema: { querystring: Query } }, async (request, reply) => {
    if (!isBearerKey(request.headers.authorization, door.journalKey)) return sendProblem(reply, { code: 'IDENTITY_KEY_INVALID' })
    const after = Number(request.query.after ?? '0')
    const entries = await door.read(after, Math.min(Number(request.query.limit ?? '100'), maximumEntries))
    return reply.header('cache-control', 'no-store').send({ entries, next: entries.at(-1)?.sequence ?? after })
  })
}
