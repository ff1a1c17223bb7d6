import { createHash, randomBytes, randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { hexToBytes } from '@symbolon/formats/bytes'
import { ConfigurationError } from '@symbolon/service/config'
import { createDatabase, loadMigrations, migrate } from '@symbolon/service/database'
import { createHttpDoor, listen } from '@symbolon/service/http'
import type { Running } from '@symbolon/service/lifecycle'
import type { Log } from '@symbolon/service/log'
import { createAccountVault } from './adapters/account-vault.ts'
import { deriveExchangeId } from './adapters/exchange-id.ts'
import { createIsoHostLink } from './adapters/host-link.ts'
import { registerApproval } from './adapters/http-approval.ts'
import { registerEnrolments } from './adapters/http-enrolments.ts'
import { registerJournal } from '../journal-door.ts'
import { registerOffice } from './adapters/http-office.ts'
import type { TokenStore } from './flows/change-token-state.ts'
import { loadKeys } from './adapters/keys.ts'
import { listenForLink } from './adapters/link-server.ts'
import { createPostgresAuthorizationStore } from './adapters/postgres-authorizations.ts'
import { createPostgresEnrolmentStore } from './adapters/postgres-enrolments.ts'
import { createPostgresTokenStore } from './adapters/postgres-tokens.ts'
import { createRateLimiter } from './adapters/rate-limiter.ts'
import { createReversalWorker } from './adapters/reversal-worker.ts'
import { createSignatureVerifier } from './adapters/signatures.ts'
import type { FrontConfig } from './config.ts'
import type { AuthorizationDependencies } from './flows/authorization-dependencies.ts'
import { createAuthorize } from './flows/authorize.ts'
import type { EnrolmentDependencies } from './flows/enrolment-dependencies.ts'
import { reverse } from './flows/reverse.ts'
import { isTokenRangeSeparate } from './rules/token.ts'

const migrationsFolder = fileURLToPath(new URL('../../migrations/front', import.meta.url))
const defaultEnrolmentsPerMinute = 120
const useRate = { perMinute: 240, burst: 60 }
const forgetEveryMs = 60_000
const hostPatienceMs = 3_000

/** Starts an issuer's front: its own database is migrated and whatever a crash left behind is settled before it listens. */
export async function startFront(config: FrontConfig, log: Log): Promise<Running> {
  if (!isTokenRangeSeparate(config.tokenRange, config.accountRanges))
    throw new ConfigurationError('the token range must be in order and apart from the account ranges', '/tokenRange')
  const keys = await loadKeys(config.keysDirectory)
  const database = createDatabase(config.database)
  await migrate(database, 'front', loadMigrations(migrationsFolder))
  const now = (): number => Math.floor(Date.now() / 1_000)
  const store = createPostgresAuthorizationStore(database)
  const enrolments = createPostgresEnrolmentStore(database)
  const vault = createAccountVault(keys)
  const signatures = createSignatureVerifier()
  const recovered = await store.recoverUnfinished()
  if (recovered > 0) log.warn('authorizations without an answer are being reversed at the host', { count: recovered })

  const host = createIsoHostLink(config.host, log)
  const worker = createReversalWorker({ store, host, vault }, { retryMs: config.host.reversalRetryMs ?? 2_000, log })
  const authorizationDeps: AuthorizationDependencies = {
    store,
    host,
    vault,
    signatures,
    now,
    deriveExchangeId,
    nextTraceNumber: createTraceNumbers(),
    wakeReversals: () => worker.wake(),
    report: (refusal) => log.info('an authorization was refused', { reason: refusal }),
  }
  const enrolmentDeps: EnrolmentDependencies = {
    keys,
    vault,
    signatures,
    now,
    store: enrolments,
    origin: config.origin,
    tokenRange: config.tokenRange,
    issuerId: hexToBytes(config.issuerId),
    operatorIds: config.operators.map((operator) => operator.operatorId),
    accountPolicy: { accountRanges: config.accountRanges, blockedCards: config.sandbox?.blockedCards ?? [] },
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    sha256,
  }
  const forgetting = setInterval(() => {
    enrolments.forgetExpired(now()).catch((error: unknown) => log.error('expired enrolments could not be forgotten', error))
  }, forgetEveryMs)
  const door = createFrontDoor({
    config,
    log,
    enrolmentDeps,
    readJournal: (after, limit) => store.journal(after, limit),
    tokens: createPostgresTokenStore(database),
  })
  const address = await listen(door, config.listen)
  // A front that is ready has its host, if there is one: nobody's first payment should meet a session that is about to open.
  await host.whenConnected(hostPatienceMs)
  const link = await listenForLink({
    config,
    log,
    authorize: createAuthorize(authorizationDeps),
    reverse: (request) => reverse(authorizationDeps, request),
  })
  return {
    address,
    close: [
      () => clearInterval(forgetting),
      () => link.close(),
      () => door.close(),
      () => host.close(),
      () => worker.close(),
      () => database.close(),
    ],
  }
}

type DoorParts = {
  readonly config: FrontConfig
  readonly log: Log
  readonly enrolmentDeps: EnrolmentDependencies
  readonly readJournal: Parameters<typeof registerJournal>[1]['read']
  readonly tokens: TokenStore
}

function createFrontDoor({ config, log, enrolmentDeps, readJournal, tokens }: DoorParts): ReturnType<typeof createHttpDoor> {
  const nowMs = (): number => performance.now()
  const perMinute = config.enrolmentsPerMinute ?? defaultEnrolmentsPerMinute
  // An approval is a page and a press.
  const approvalRate = { perMinute: perMinute * 2, burst: perMinute * 2 }
  const app = createHttpDoor(log, { bodyBytes: 16_000 })
  app.get('/healthz', () => ({ ok: true }))
  registerEnrolments(app, {
    deps: enrolmentDeps,
    deviceOrigins: config.deviceOrigins,
    limiters: { open: createRateLimiter({ perMinute, burst: perMinute }, nowMs), use: createRateLimiter(useRate, nowMs) },
  })
  registerApproval(app, {
    deps: enrolmentDeps,
    name: config.name,
    brandColour: config.brandColour,
    operatorNames: new Map(config.operators.map((operator) => [operator.operatorId, operator.name])),
    limiter: createRateLimiter(approvalRate, nowMs),
  })
  registerJournal(app, { journalKey: config.journalKey, read: readJournal })
  if (config.officeKey !== undefined) registerOffice(app, { officeKey: config.officeKey, tokens })
  return app
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}

/** Six digits that come round after a million; the start is random, so that a restarted front does not repeat the last ones. */
function createTraceNumbers(): () => string {
  let next = randomInt(1_000_000)
  return () => {
    next = (next + 1) % 1_000_000
    return String(next).padStart(6, '0')
  }
}
