import { createHttpDoor } from '@symbolon/service/http'
import type { Log } from '@symbolon/service/log'
import { registerJournal } from '../journal-door.ts'
import { accountAddress, registerAccount } from './adapters/http-account.ts'
import { registerApproval } from './adapters/http-approval.ts'
import { registerEnrolments } from './adapters/http-enrolments.ts'
import { registerOffice } from './adapters/http-office.ts'
import { registerRebinds } from './adapters/http-rebinds.ts'
import { createRateLimiter } from './adapters/rate-limiter.ts'
import type { FrontConfig } from './config.ts'
import type { AccountDependencies } from './flows/change-own-token.ts'
import type { TokenStore } from './flows/change-token-state.ts'
import type { EnrolmentDependencies, RebindDependencies } from './flows/enrolment-dependencies.ts'
import type { BindingStore } from './flows/rebind-store.ts'

const defaultEnrolmentsPerMinute = 120
const useRate = { perMinute: 240, burst: 60 }

type DoorParts = {
  readonly config: FrontConfig
  readonly log: Log
  readonly enrolmentDeps: EnrolmentDependencies
  readonly rebindDeps: RebindDependencies
  readonly accountDeps: AccountDependencies
  readonly bindings: BindingStore
  readonly readJournal: Parameters<typeof registerJournal>[1]['read']
  readonly tokens: TokenStore
}

/** The front's HTTP door: devices, the issuer's own pages, its journals and its staff, each with what belongs to it alone. */
export function createFrontDoor({ config, log, readJournal, tokens, bindings, ...deps }: DoorParts): ReturnType<typeof createHttpDoor> {
  const nowMs = (): number => performance.now()
  const perMinute = config.enrolmentsPerMinute ?? defaultEnrolmentsPerMinute
  // An approval is a page and a press.
  const approvalRate = { perMinute: perMinute * 2, burst: perMinute * 2 }
  const app = createHttpDoor(log, { bodyBytes: 16_000 })
  app.get('/healthz', () => ({ ok: true }))
  const limiters = { open: createRateLimiter({ perMinute, burst: perMinute }, nowMs), use: createRateLimiter(useRate, nowMs) }
  const { deviceOrigins, journalKey, officeKey } = config
  registerEnrolments(app, { deps: deps.enrolmentDeps, deviceOrigins, limiters })
  registerRebinds(app, { deps: deps.rebindDeps, deviceOrigins, limiters })
  const pages = {
    origin: config.origin,
    name: config.name,
    brandColour: config.brandColour,
    operatorNames: new Map(config.operators.map((operator) => [operator.operatorId, operator.name])),
    limiter: createRateLimiter(approvalRate, nowMs),
  }
  registerApproval(app, {
    ...pages,
    deps: deps.enrolmentDeps,
    rebindDeps: deps.rebindDeps,
    accountAddress: (capability) => accountAddress(deps.accountDeps, capability),
  })
  registerAccount(app, { ...pages, deps: deps.accountDeps })
  registerJournal(app, { path: '/v1/journal', journalKey, read: readJournal })
  registerJournal(app, { path: '/v1/journal/tokens', journalKey, read: (after, limit) => bindings.events(after, limit) })
  if (officeKey !== undefined) registerOffice(app, { officeKey, tokens })
  return app
}
