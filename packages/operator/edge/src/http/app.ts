import type { FastifyInstance } from 'fastify'
import { createHttpDoor } from '@symbolon/service/http'
import type { Log } from '@symbolon/service/log'
import type { Stores } from '../flows/stores.ts'
import { createMerchantGate, createOperationsGate } from './authenticate.ts'
import { registerChatPage, type ChatPageOptions } from './chat-page.ts'
import { allowOrigin } from './cors.ts'
import { registerMerchantRoutes, type MerchantRouteDependencies } from './merchant-routes.ts'
import { registerOpenApi } from './openapi.ts'
import { registerOperationsRoutes } from './operations-routes.ts'
import { registerProblemPages } from './problem-pages.ts'
import { registerSchemas } from './schemas.ts'
import { registerCheckoutRoute, registerWalletRoutes, type WalletRouteDependencies } from './wallet-routes.ts'

export type AppDependencies = Omit<MerchantRouteDependencies, 'gate'> &
  WalletRouteDependencies & {
    readonly log: Log
    readonly stores: Stores
    readonly deviceOrigin: string
    readonly operationsKeyHash: Uint8Array
    readonly chatPage?: ChatPageOptions
  }

/** Everything that edge answers, on one door. */
export async function createApp(deps: AppDependencies): Promise<FastifyInstance> {
  const app = createHttpDoor(deps.log, { bodyBytes: 32_768 })
  registerSchemas(app)
  await registerOpenApi(app, deps.origin)
  app.get('/healthz', { schema: { hide: true } }, async () => ({ ok: true }))
  registerProblemPages(app)
  registerMerchantRoutes(app, { ...deps, gate: createMerchantGate(deps.stores.merchants, deps.limiter) })
  registerOperationsRoutes(app, {
    ledger: deps.stores.ledger,
    gate: createOperationsGate(deps.operationsKeyHash, deps.limiter),
  })
  await app.register(async (scope) => {
    allowOrigin(scope, deps.deviceOrigin)
    registerWalletRoutes(scope, deps)
    registerCheckoutRoute(scope, deps)
  })
  if (deps.chatPage !== undefined) registerChatPage(app, deps.chatPage)
  return app
}
