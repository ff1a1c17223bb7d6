import { createHash, randomBytes, randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { ConfigurationError } from '@symbolon/service/config'
import { createDatabase, loadMigrations, migrate, type Database } from '@symbolon/service/database'
import { listen } from '@symbolon/service/http'
import type { Running } from '@symbolon/service/lifecycle'
import type { Log } from '@symbolon/service/log'
import { createAttestationJudge } from './adapters/attestation.ts'
import { createAccountVault } from './adapters/account-vault.ts'
import { deriveExchangeId } from './adapters/exchange-id.ts'
import { createIsoHostLink } from './adapters/host-link.ts'
import { loadKeys } from './adapters/keys.ts'
import { listenForLink } from './adapters/link-server.ts'
import { createPostgresBindingStore } from './adapters/postgres-bindings.ts'
import { createPostgresRebindStore } from './adapters/postgres-rebinds.ts'
import { createPostgresAuthorizationStore } from './adapters/postgres-authorizations.ts'
import { createPostgresEnrolmentStore } from './adapters/postgres-enrolments.ts'
import { createPostgresTokenStore } from './adapters/postgres-tokens.ts'
import { createReversalWorker } from './adapters/reversal-worker.ts'
import { createSignatureVerifier } from './adapters/signatures.ts'
import { createFrontDoor } from './front-door.ts'
import { newBindingLimitsOf, type FrontConfig } from './config.ts'
import type { AuthorizationDependencies } from './flows/authorization-dependencies.ts'
import { createAuthorize } from './flows/authorize.ts'
import type { EnrolmentDependencies } from './flows/enrolment-dependencies.ts'
import type { EnrolmentStore } from './flows/enrolment-store.ts'
import { reverse } from './flows/reverse.ts'
import { suspendToken } from './flows/suspend-token.ts'
import { readKeyLimits } from './rules/key-limits.ts'
import { isTokenRangeSeparate } from './rules/token.ts'

const migrationsFolder = fileURLToPath(new URL('../../migrations/front', import.meta.url))
const forgetEveryMs = 60_000
const hostPatienceMs = 3_000

/** Starts an issuer's front: its own database is migrated and whatever a crash left behind is settled before it listens. */
export async function startFront(config: FrontConfig, log: Log): Promise<Running> {
  if (!isTokenRangeSeparate(config.tokenRange, config.accountRanges))
    throw new ConfigurationError('the token range must be in order and apart from the account ranges', '/tokenRange')
  const keys = await loadKeys(config.keysDirectory)
  const database = await openDatabase(config)
  const now = (): number => Math.floor(Date.now() / 1_000)
  const store = createPostgresAuthorizationStore(database)
  const enrolments = createPostgresEnrolmentStore(database)
  const bindings = createPostgresBindingStore(database)
  const vault = createAccountVault(keys)
  const keyPolicy = createKeyPolicy(config)
  const recovered = await store.recoverUnfinished()
  if (recovered > 0) log.warn('authorizations without an answer are being reversed at the host', { count: recovered })

  const host = createIsoHostLink(config.host, log)
  const worker = createReversalWorker({ store, host, vault }, { retryMs: config.host.reversalRetryMs ?? 2_000, log })
  const authorizationDeps: AuthorizationDependencies = {
    store,
    host,
    vault,
    ...keyPolicy,
    newBindingLimits: keyPolicy.newBindingLimits.perPurchaseByCurrency,
    now,
    deriveExchangeId,
    nextTraceNumber: createTraceNumbers(),
    wakeReversals: () => worker.wake(),
    report: (refusal) => log.info('an authorization was refused', { reason: refusal }),
  }
  const enrolmentDeps: EnrolmentDependencies = {
    keys,
    vault,
    ...keyPolicy,
    now,
    store: enrolments,
    bindings,
    ...describeIssuer(config),
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    sha256,
  }
  const forgetting = startForgetting(enrolments, now, log)
  const door = createFrontDoor({
    config,
    log,
    bindings,
    enrolmentDeps,
    rebindDeps: { ...enrolmentDeps, rebinds: createPostgresRebindStore(database) },
    accountDeps: { bindings, vault, now },
    readJournal: (after, limit) => store.journal(after, limit),
    tokens: createPostgresTokenStore(database, now),
  })
  const address = await listen(door, config.listen)
  // A front that is ready has its host, if there is one: nobody's first payment should meet a session that is about to open.
  await host.whenConnected(hostPatienceMs)
  const link = await listenForLink({
    config,
    log,
    authorize: createAuthorize(authorizationDeps),
    reverse: (request) => reverse(authorizationDeps, request),
    suspend: (word) => suspendToken({ bindings, now }, word),
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

async function openDatabase(config: FrontConfig): Promise<Database> {
  const database = createDatabase(config.database)
  await migrate(database, 'front', loadMigrations(migrationsFolder))
  return database
}

type Identity = Pick<EnrolmentDependencies, 'origin' | 'tokenRange' | 'issuerId' | 'operatorIds' | 'accountPolicy'>

function describeIssuer(config: FrontConfig): Identity {
  return {
    origin: config.origin,
    tokenRange: config.tokenRange,
    issuerId: hexToBytes(config.issuerId),
    operatorIds: config.operators.map((operator) => operator.operatorId),
    accountPolicy: { accountRanges: config.accountRanges, blockedCards: config.sandbox?.blockedCards ?? [] },
  }
}

type KeyPolicy = Pick<EnrolmentDependencies, 'signatures' | 'keyLimits' | 'newBindingLimits' | 'chatOriginsOf' | 'judgeRegistration'>

/** How this issuer judges device keys: whose pages, whose authenticators, how much. */
function createKeyPolicy(config: FrontConfig): KeyPolicy {
  const { deviceOrigins, operators, attestationRoots = [] } = config
  const chatOrigins = new Map(operators.map((operator) => [operator.operatorId, operator.chatOrigins ?? []]))
  return {
    signatures: createSignatureVerifier(deviceOrigins),
    keyLimits: readKeyLimits(config.keyLimits),
    newBindingLimits: newBindingLimitsOf(config),
    chatOriginsOf: (operatorId) => chatOrigins.get(bytesToHex(operatorId)) ?? [],
    judgeRegistration: createAttestationJudge(attestationRoots, deviceOrigins),
  }
}

function startForgetting(enrolments: EnrolmentStore, now: () => number, log: Log): NodeJS.Timeout {
  const forget = (): void =>
    void enrolments.forgetExpired(now()).catch((error: unknown) => log.error('expired enrolments could not be forgotten', error))
  return setInterval(forget, forgetEveryMs)
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
