import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { sendProblem } from '@symbolon/service/http'
import type { LedgerStore } from '../flows/stores.ts'
import { answers } from './schemas.ts'

export type OperationsRouteDependencies = {
  readonly ledger: LedgerStore
  readonly gate: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>
}

const largestPage = 1_000
const PageQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,12}-[0-9a-f]{32}$', description: '`next` of the page before' })),
    // A query is text; it is read as a number here and nowhere else.
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$', description: 'at most 1000; 100 if absent' })),
  },
  { additionalProperties: false },
)
const base = { tags: ['Operations'], security: [{ operationsKey: [] }] }

/** What the operator's own tools read to compare its books with those of the issuers. */
export function registerOperationsRoutes(app: FastifyInstance, { ledger, gate: onRequest }: OperationsRouteDependencies): void {
  app.get('/v1/ledger/summary', { onRequest, schema: summarySchema }, async (_request, reply) => reply.send(await ledger.loadSummary()))

  app.get<{ Querystring: { after?: string; limit?: string } }>(
    '/v1/ops/payments',
    { onRequest, schema: listSchema },
    async (request, reply) => {
      const limit = Number(request.query.limit ?? '100')
      if (limit > largestPage) return sendProblem(reply, { code: 'REQUEST_INVALID', param: '/limit' })
      const payments = await ledger.listPayments({ after: parseCursor(request.query.after), limit })
      const last = payments.length === limit ? payments.at(-1) : undefined
      return reply.send({ payments, ...(last === undefined ? {} : { next: `${last.createdAt}-${last.paymentId}` }) })
    },
  )
}

const summarySchema = {
  ...base,
  operationId: 'getLedgerSummary',
  summary: 'Totals of the ledger, and whether it agrees with the payments',
  response: answers(200, 'LedgerSummary', 'Totals by currency'),
}
const listSchema = {
  ...base,
  operationId: 'listPayments',
  summary: 'List payments, oldest first, to compare them with the journals of issuers',
  querystring: PageQuery,
  response: answers(200, 'OperationsPayments', 'One page'),
}

function parseCursor(text: string | undefined): { readonly createdAt: number; readonly paymentId: string } | undefined {
  const [createdAt, paymentId] = text?.split('-') ?? []
  return createdAt === undefined || paymentId === undefined ? undefined : { createdAt: Number(createdAt), paymentId }
}
