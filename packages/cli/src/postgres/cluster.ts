import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { DatabaseConfig } from '@symbolon/service/database'
import { Fault } from '@symbolon/formats/result'
import { readCommandLine } from '../processes/identity.ts'
import { takeOwnerLock } from '../processes/owner-lock.ts'
import type { PostgresPrograms } from './programs.ts'
import { makeSocketFolder } from './socket-folder.ts'

export type ClusterOptions = {
  readonly programs: PostgresPrograms
  /** Holds the data folder; every folder above it must be open to the server's user. */
  readonly folder: string
  /** Where the administrator's generated password is kept (0600). */
  readonly passwordFile: string
  /** Takes what the server writes to its log, in pieces. */
  readonly log: (text: string) => void
  readonly settings?: Readonly<Record<string, string>>
  /** false only for a data folder that nobody will miss. */
  readonly durable?: boolean
}

/** A running server with one owner. `exited` resolves when the server has ended for whatever reason. */
export type PostgresCluster = {
  readonly pid: number
  readonly dataFolder: string
  readonly exited: Promise<void>
  adminConfig(database: string): DatabaseConfig
  /** Ends the sessions and writes a checkpoint; after the time given it stops at once, and recovers at the next start. */
  stop(timeoutMs?: number): Promise<void>
}

const adminUser = 'postgres'
const port = 5432
const readyTimeoutMs = 60_000
const stopTimeoutMs = 10_000
const leftoverTimeoutMs = 15_000

// The log may be read by more people than the tables: no statement, no parameter, no DETAIL line with a key's value goes there.
const quietLog = {
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

/**
 * Starts a PostgreSQL server on a private unix socket, making its data folder first where there is none. A data folder has one
 * owner; after a crash of owner or server the next start recovers without being asked.
 */
export async function startCluster(options: ClusterOptions): Promise<PostgresCluster> {
  mkdirSync(options.folder, { recursive: true, mode: 0o711 })
  chmodSync(options.folder, 0o711)
  const lock = takeOwnerLock(join(options.folder, 'owner.lock'))
  if (lock.kind === 'taken') throw new Fault('POSTGRES_OWNED', { retry: 'later' })
  try {
    const dataFolder = join(options.folder, 'data')
    await stopLeftover(dataFolder)
    if (!existsSync(join(dataFolder, 'PG_VERSION'))) await createDataFolder(options, dataFolder)
    return await startPatiently(() => startServer(options, dataFolder, () => lock.release()))
  } catch (error) {
    lock.release()
    throw error
  }
}

// The last sessions of a server that was killed notice it a moment later and hold its shared memory until then; and a killed server
// whose own parent was killed too keeps its process number until the system collects it, which PostgreSQL takes for a running one.
const passingComplaints = ['pre-existing shared memory block', 'lock file "postmaster.pid" already exists']
async function startPatiently(start: () => Promise<PostgresCluster>): Promise<PostgresCluster> {
  for (const deadline = performance.now() + leftoverTimeoutMs; ; await wait(100)) {
    try {
      return await start()
    } catch (error) {
      const complaint = error instanceof Fault && typeof error.cause === 'string' ? error.cause : ''
      if (!passingComplaints.some((one) => complaint.includes(one)) || performance.now() > deadline) throw error
    }
  }
}

async function createDataFolder(options: ClusterOptions, dataFolder: string): Promise<void> {
  const { programs } = options
  const unfinished = `${dataFolder}.${randomUUID()}`
  const passwordFile = `${unfinished}.password`
  const password = randomBytes(24).toString('base64url')
  writeFileSync(options.passwordFile, password, { mode: 0o600 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  mkdirSync(unfinished, { mode: 0o700 })
  if (programs.user !== undefined) for (const path of [unfinished, passwordFile]) chownSync(path, programs.user.uid, programs.user.gid)
  try {
    const safe = options.durable === false ? ['--no-sync'] : []
    const authentication = ['--auth-local=scram-sha-256', '--auth-host=scram-sha-256', `--pwfile=${passwordFile}`]
    const child = spawn(
      programs.initdb,
      ['-D', unfinished, '-U', adminUser, ...authentication, '--no-instructions', '-E', 'UTF8', '--locale=C', ...safe],
      { cwd: '/', env: programs.environment, stdio: ['ignore', 'pipe', 'pipe'], ...programs.user },
    )
    await finish(child, options.log)
    rmSync(dataFolder, { recursive: true, force: true })
    renameSync(unfinished, dataFolder)
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(unfinished, { recursive: true, force: true })
  }
}

async function finish(child: ChildProcess, log: (text: string) => void): Promise<void> {
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8')
  })
  child.stdout?.resume()
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => reject(new Fault('POSTGRES_NOT_RUNNABLE', { retry: 'never', cause })))
    child.on('close', resolve)
  })
  if (complaint !== '') log(complaint)
  if (code !== 0) throw new Fault('POSTGRES_INITDB_FAILED', { retry: 'never', cause: complaint })
}

async function startServer(options: ClusterOptions, dataFolder: string, release: () => void): Promise<PostgresCluster> {
  const { programs } = options
  const socketFolder = makeSocketFolder(options.folder, 's', programs.user)
  const settings = { listen_addresses: '', unix_socket_permissions: '0700', fsync: 'on', ...quietLog, ...options.settings }
  const child = spawn(
    programs.postgres,
    [
      '-D',
      dataFolder,
      '-p',
      String(port),
      '-k',
      socketFolder,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    // A session of its own: Ctrl-C in the terminal reaches the owner, which stops its clients first.
    { cwd: '/', env: programs.environment, detached: true, stdio: ['ignore', 'ignore', 'pipe'], ...programs.user },
  )
  const exited = new Promise<void>((resolve) => {
    child.on('exit', () => resolve())
    child.on('error', () => resolve())
  })
  await untilReady(child, exited, options.log)
  const pid = child.pid ?? 0
  const dismissGuard = startGuard(pid, programs)
  void exited.then(() => {
    dismissGuard()
    release()
  })
  const password = readFileSync(options.passwordFile, 'utf8')
  return {
    pid,
    dataFolder,
    exited,
    adminConfig: (database) => ({ host: socketFolder, port, database, user: adminUser, password, poolSize: 2 }),
    stop: async (timeoutMs = stopTimeoutMs) => {
      // SIGINT is PostgreSQL's fast shutdown: sessions end, a checkpoint is written.
      child.kill('SIGINT')
      await Promise.race([exited, wait(timeoutMs, undefined, { ref: false }).then(() => child.kill('SIGQUIT'))])
      await exited
    },
  }
}

async function untilReady(child: ChildProcess, exited: Promise<void>, log: (text: string) => void): Promise<void> {
  let text = ''
  const ready = new Promise<'ready'>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log(chunk.toString('utf8'))
      if (text.length > 100_000) return
      text += chunk.toString('utf8')
      if (text.includes('ready to accept connections')) resolve('ready')
    })
  })
  const ended = exited.then(() => 'exited' as const)
  const outcome = await Promise.race([ready, ended, wait(readyTimeoutMs, 'late' as const, { ref: false })])
  if (outcome === 'ready') return
  if (outcome === 'late') child.kill('SIGQUIT')
  throw new Fault(outcome === 'late' ? 'POSTGRES_NOT_READY' : 'POSTGRES_NOT_STARTED', { retry: 'later', cause: text })
}

// A shell that waits on a pipe of ours and stops the server when the pipe closes, so that no server outlives a killed owner.
function startGuard(serverPid: number, programs: PostgresPrograms): () => void {
  const guard = spawn('/bin/sh', ['-c', 'read -r line || kill -INT "$1"', 'symbolon-postgres-guard', String(serverPid)], {
    cwd: '/',
    env: programs.environment,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...programs.user,
  })
  guard.on('error', () => undefined)
  guard.stdin?.on('error', () => undefined)
  guard.unref()
  return () => guard.stdin?.end('dismissed\n')
}

/** Stops a server that its killed owner left behind on this data folder. Only the holder of the lock calls this. */
async function stopLeftover(dataFolder: string): Promise<void> {
  const pidFile = join(dataFolder, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  const isOurs = (): boolean => pid > 1 && readCommandLine(pid).includes(dataFolder)
  if (!isOurs()) return
  process.kill(pid, 'SIGINT')
  for (let waitedMs = 0; isOurs(); waitedMs += 20) {
    if (waitedMs === stopTimeoutMs) process.kill(pid, 'SIGQUIT')
    if (waitedMs > 2 * stopTimeoutMs) throw new Fault('POSTGRES_LEFTOVER', { retry: 'later' })
    await wait(20)
  }
}
