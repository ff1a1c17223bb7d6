import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { createDatabase, loadMigrations, migrate } from '@symbolon/service/database'
import { createHttpDoor, listen } from '@symbolon/service/http'
import type { Running } from '@symbolon/service/lifecycle'
import type { Log } from '@symbolon/service/log'
import { registerJournal } from '../journal-door.ts'
import { listenForFront } from './adapters/front-server.ts'
import { createPostgresHostStore } from './adapters/postgres-host.ts'
import type { HostConfig } from './config.ts'
import type { HostDependencies } from './flows/answer-authorization.ts'

const migrationsFolder = fileURLToPath(new URL('../../migrations/host', import.meta.url))

/** Starts a sandbox authorization host: its own database, its ISO 8583 door, and its journal over HTTP. */
export async function startHost(config: HostConfig, log: Log): Promise<Running> {
  const database = createDatabase(config.database)
  await migrate(database, 'host', loadMigrations(migrationsFolder))
  const store = createPostgresHostStore(database)
  const deps: HostDependencies = {
    store,
    policy: {
      accountRanges: config.accountRanges,
      limits: config.limits,
      responseCodeByPan: new Map((config.cards ?? []).map((card) => [card.primaryAccountNumber, card.responseCode])),
      hasScripts: config.scriptedOutcomes ?? false,
    },
    now: () => Math.floor(Date.now() / 1_000),
    createAuthorizationId: () => String(randomInt(1_000_000)).padStart(6, '0'),
  }
  const app = createHttpDoor(log, { bodyBytes: 1_000 })
  app.get('/healthz', () => ({ ok: true }))
  registerJournal(app, {
    path: '/v1/journal',
    journalKey: config.journalKey,
    read: (after, limit) => store.journal(after, limit),
  })
  const address = await listen(app, config.listen)
  const front = await listenForFront({ config, log, deps })
  return { address, close: [() => front.close(), () => app.close(), () => database.close()] }
}
