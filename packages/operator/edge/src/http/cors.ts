import type { FastifyInstance } from 'fastify'

/**
 * Opens the routes of one scope to the pages of exactly one origin. No credentials travel: what a device may do is proven inside
 * its messages, and a page of another origin cannot read an answer.
 */
export function allowOrigin(app: FastifyInstance, origin: string): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('vary', 'Origin')
    if (request.headers.origin === origin) void reply.header('access-control-allow-origin', origin)
  })
  for (const url of ['/v1/wallets', '/v1/wallets/*', '/v1/checkout/*']) {
    app.options(url, { schema: { hide: true } }, async (request, reply) => {
      if (request.headers.origin === origin) {
        void reply.headers({
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'content-type',
          'access-control-max-age': '600',
        })
      }
      return reply.code(204).send()
    })
  }
}
