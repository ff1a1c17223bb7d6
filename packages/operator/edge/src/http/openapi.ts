import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'

const info = {
  title: 'Symbolon operator',
  version: '1.0.0',
  description:
    'Merchant API, wallet API, checkout and operations of edge. Money is integer minor units as strings; times are Unix seconds.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
}
const securitySchemes = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'A merchant key, sk_test_…' },
  apiKeyBasic: { type: 'http', scheme: 'basic', description: 'The same key as the user name, without a password' },
  operationsKey: { type: 'http', scheme: 'bearer', description: "The operator's own key" },
} as const

/** Writes down every route that is registered afterwards, as OpenAPI 3.1, and answers the document at /openapi.json. */
export async function registerOpenApi(app: FastifyInstance, origin: string): Promise<void> {
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info, servers: [{ url: origin }], components: { securitySchemes } },
    transform: ({ schema, url }) => ({ schema: requireKey(schema), url }),
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => (typeof json['$id'] === 'string' ? json['$id'] : `Schema${index}`),
    },
  })
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => reply.send(app.swagger()))
}

// Its absence has a problem code of its own, so validation lets it pass; the document says what callers have to know.
function requireKey(schema: FastifySchema | undefined): FastifySchema {
  const { headers } = schema ?? {}
  const hasKey = typeof headers === 'object' && headers !== null && 'properties' in headers
  return hasKey ? { ...schema, headers: { ...headers, required: ['idempotency-key'] } } : { ...schema }
}
