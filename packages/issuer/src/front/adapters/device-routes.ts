import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '@symbolon/contracts/problems'
import type { Result } from '@symbolon/formats/result'
import { sendProblem } from '@symbolon/service/http'
import type { RateLimiter } from './rate-limiter.ts'

export type Limiters = { readonly open: RateLimiter; readonly use: RateLimiter }

/** Lets pages of the device's own origin call these paths, and no other page. */
export function registerCors(routes: FastifyInstance, deviceOrigins: readonly string[], paths: readonly string[]): void {
  routes.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    const { origin } = request.headers
    void reply.header('vary', 'origin').header('cache-control', 'no-store')
    if (origin !== undefined && deviceOrigins.includes(origin)) void reply.header('access-control-allow-origin', origin)
    done()
  })
  for (const path of paths)
    routes.options(path, (_request, reply) =>
      reply
        .header('access-control-allow-methods', 'GET, POST')
        .header('access-control-allow-headers', 'content-type')
        .header('access-control-max-age', '600')
        .code(204)
        .send(),
    )
}

export function answer<Value>(
  reply: FastifyReply,
  result: Result<Value, Problem>,
  success: { readonly schema: unknown; readonly status: number },
): FastifyReply {
  return result.ok ? reply.code(success.status).send(result.value) : sendProblem(reply, result.problem)
}
