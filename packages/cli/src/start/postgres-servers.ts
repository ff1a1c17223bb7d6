import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { DatabaseConfig } from '@symbolon/service/database'
import { preparePrograms, startCluster } from '../postgres/index.ts'
import { decideRestartDelay } from '../processes/backoff.ts'
import { openLogFile } from '../processes/log-file.ts'
import { parseDatabaseUrl } from '../setup/database-address.ts'
import type { Home } from '../state/home.ts'

/** A PostgreSQL server of the installation: our own, which is started again when it dies, or one that somebody else runs. */
export type DatabaseServer = {
  readonly administrator: DatabaseConfig
  readonly own: { readonly pid: () => number; readonly dataFolder: string; readonly logFile: string } | undefined
  stop(): Promise<void>
}

export type ServerWish = {
  readonly name: 'operator' | 'issuer'
  readonly variable: 'DATABASE_URL' | 'ISSUER_DATABASE_URL'
  readonly home: Home
  readonly onRestart: (againInMs: number) => void
  readonly onRunning: () => void
}

/** Part of the five seconds in which everything is stopped. */
const stopTimeoutMs = 1_200

export async function openServer(wish: ServerWish): Promise<DatabaseServer> {
  const address = process.env[wish.variable]
  if (address === undefined || address === '') return startOwnServer(wish)
  return { administrator: parseDatabaseUrl(wish.variable, address), own: undefined, stop: async () => undefined }
}

async function startOwnServer({ name, home, onRestart, onRunning }: ServerWish): Promise<DatabaseServer> {
  const log = openLogFile(join(home.logFolder, `postgres-${name}.log`))
  const options = {
    programs: preparePrograms(join(home.postgresFolder, 'programs')),
    folder: join(home.postgresFolder, name),
    passwordFile: join(home.folder, `postgres-${name}.password`),
    log: (text: string) => log.write(text),
    settings: { shared_buffers: '64MB', max_connections: '80' },
  }
  let cluster = await startCluster(options)
  let stopping = false
  const keepRunning = async (): Promise<void> => {
    let delayMs: number | undefined
    for (let startedAt = performance.now(); ; startedAt = performance.now()) {
      await cluster.exited
      if (stopping) return
      delayMs = decideRestartDelay(delayMs, performance.now() - startedAt)
      onRestart(delayMs)
      await wait(delayMs)
      if (stopping) return
      cluster = await startCluster(options)
      if (stopping) return cluster.stop(stopTimeoutMs)
      onRunning()
    }
  }
  const kept = keepRunning().catch((error: unknown) => log.write(`the server is given up: ${String(error)}\n`))
  return {
    administrator: cluster.adminConfig('postgres'),
    own: { pid: () => cluster.pid, dataFolder: cluster.dataFolder, logFile: log.path },
    stop: async () => {
      stopping = true
      await cluster.stop(stopTimeoutMs)
      await kept
    },
  }
}
