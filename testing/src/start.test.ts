import type { ChildProcess } from 'node:child_process'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type DatabaseConfig } from '@symbolon/service/database'
import { readBusyTicks, readTicksOf } from './machine-load.ts'
import { findFreePortBase, isAlive, makeTestHome, runCli, startInstallation, until, type TestInstallation } from './installation.ts'

let running: TestInstallation
/** The promised times are those of a machine that has nothing else to do: by how much other work has stretched them. */
let stretch = 1
beforeAll(async () => {
  const busyBefore = readBusyTicks()
  running = await startInstallation()
  stretch = Math.max(1, (readBusyTicks() - busyBefore) / readTicksOf(listPids(running)))
})
afterAll(() => running.stop())

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

async function runToEnd(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr }
}

const listPids = (installation: TestInstallation): readonly number[] => [
  installation.pid,
  ...installation.machinery().processes.map(({ pid }) => pid),
]

test('it is ready within fifteen seconds, first-time setup included', () => {
  const seconds = running.events.find(({ event }) => event === 'ready')?.['seconds']
  expect(seconds).toBeTypeOf('number')
  expect(seconds).toBeLessThan(15 * stretch)
})

test('every printed address answers a GET', async () => {
  const addresses = running.events.find(({ event }) => event === 'ready')?.['addresses']
  expect(Object.keys(addresses ?? {})).toHaveLength(7)
  for (const address of Object.values(addresses ?? {})) {
    const answer = await fetch(String(address))
    expect([String(address), answer.status]).toEqual([String(address), 200])
  }
})

test('each process of each party is a process of its own', () => {
  const { processes } = running.machinery()
  expect(processes.map(({ name }) => name).toSorted()).toEqual(
    ['device-origin', 'edge', 'front-a', 'front-b', 'front-c', 'host-a', 'host-b', 'host-c', 'link', 'mall', 'vault']
      .concat(['postgres-issuer', 'postgres-operator'])
      .toSorted(),
  )
  expect(new Set(processes.map(({ pid }) => pid)).size).toBe(processes.length)
  for (const { pid } of processes) expect(isAlive(pid)).toBe(true)
})

test('the run file says what the vault computes with', () => {
  expect(running.installation().vaultBackend).toBe('sodium-native')
})

test('keys: status, rotation with proof, and why a generation is not destroyed', async () => {
  const keys = async (...args: readonly string[]) => {
    const { code, stdout } = await runToEnd(runCli(['keys', ...args, '--json'], running))
    return { code, answer: JSON.parse(stdout === '' ? '{}' : stdout) as unknown }
  }
  const stores = (generation: number) => [1, 2].map(() => ({ protection: 'file', generations: [generation], isReadable: true }))
  expect(await keys('status')).toMatchObject({ code: 0, answer: { newest: 1, signingKeyProtection: 'file', stores: stores(1) } })
  expect(await keys('rotate')).toMatchObject({ code: 0, answer: { state: 'finished', to: 2, destroyed: [1] } })
  expect(await keys('verify')).toMatchObject({ code: 0, answer: { isVerified: true, destroyedButPresent: [] } })
  expect(await keys('status')).toMatchObject({ answer: { newest: 2, stores: stores(2), destroyed: [1] } })
  expect(await keys('destroy', '2')).toMatchObject({ code: 1, answer: { outcome: 'newest' } })
  expect((await keys('destroy')).code).toBe(2)
  expect((await keys('forget')).code).toBe(2)
})

test('files that hold secrets are for their owner alone', () => {
  for (const file of ['run.json', 'secrets.json', 'postgres-operator.password', 'config/edge.json', 'config/front-a.json']) {
    expect([file, statSync(join(running.home, file)).mode & 0o777]).toEqual([file, 0o600])
  }
  for (const folder of ['config', 'keys', 'logs']) expect(statSync(join(running.home, folder)).mode & 0o777).toBe(0o700)
})

test('a second start says that one runs, and where', async () => {
  const second = await runToEnd(runCli(['start'], { home: running.home, portBase: running.portBase }))
  expect(second.code).toBe(0)
  expect(second.stderr).toContain(`running already (process ${running.pid})`)
  expect(second.stdout).toContain(running.installation().mallOrigin)
})

test('a taken port names the port, the process that wants it, and the way out', async () => {
  const portBase = await findFreePortBase()
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(portBase + 12, '127.0.0.1', resolve))
  const home = makeTestHome()
  const refused = await runToEnd(runCli(['start'], { home, portBase }))
  squatter.close()
  rmSync(home, { recursive: true })
  expect(refused.code).toBe(4)
  expect(refused.stderr).toContain(`Port ${portBase + 12} is taken by another program; the process front-b wants it.`)
  expect(refused.stderr).toContain('SYMBOLON_PORT_BASE=')
})

test('a process that dies is started again', async () => {
  const killed = running.kill('vault', 'SIGKILL')
  const pid = await running.untilRestarted('vault', killed)
  expect(isAlive(pid)).toBe(true)
  expect(running.events.some((one) => one.event === 'died' && one['process'] === 'vault')).toBe(true)
})

/** `open`, or the SQLSTATE of the refusal. */
async function connect(config: DatabaseConfig): Promise<string> {
  const database = createDatabase({ ...config, poolSize: 1 })
  try {
    await database.query('SELECT 1')
    return 'open'
  } catch (error) {
    const cause = error instanceof Error && 'code' in error && error.code === 'SERVICE_FAULT' ? error.cause : error
    return cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed'
  } finally {
    await database.close()
  }
}

/** The roles' own passwords, from their configuration files, as only root or the installing user can read them. */
function readRole(name: string): DatabaseConfig {
  const config = JSON.parse(readFileSync(join(running.home, 'config', `${name}.json`), 'utf8')) as { readonly database: DatabaseConfig }
  return config.database
}

test('no role opens a database that is not its own: neither server to server nor front to host', async () => {
  const operator = ['schema', 'edge', 'vault', 'link'].map(readRole)
  const issuer = ['a', 'b', 'c'].flatMap((letter) => [readRole(`front-${letter}`), readRole(`host-${letter}`)])
  for (const own of [...operator, ...issuer]) expect(await connect(own)).toBe('open')
  for (const role of operator) {
    // The servers do not know each other's roles: 28P01, invalid password, is also what an unknown role gets.
    for (const { host, port, database } of issuer) expect(await connect({ ...role, host, port, database })).toBe('28P01')
    expect(await connect({ ...role, database: 'postgres' })).toBe('42501')
  }
  for (const role of issuer) {
    for (const { host, port, database } of [...issuer, ...operator].filter((other) => other.database !== role.database)) {
      expect(await connect({ ...role, host, port, database })).toBe(host === role.host ? '42501' : '28P01')
    }
  }
})

test('Ctrl-C stops every process and both database servers within five seconds', async () => {
  const installation = await startInstallation()
  const pids = listPids(installation)
  const startedAt = performance.now()
  expect(await installation.end('SIGINT')).toBe(0)
  expect(performance.now() - startedAt).toBeLessThan(5_000 * stretch)
  expect(pids.filter(isAlive)).toEqual([])
  rmSync(installation.home, { recursive: true })
})

test('after kill -9 of the command line alone, nothing is left running', async () => {
  const installation = await startInstallation()
  const pids = listPids(installation)
  await installation.end('SIGKILL')
  await until(() => (pids.some(isAlive) ? undefined : true))
  await installation.stop()
})

test('after kill -9 of everything, a start on the same state just works', async () => {
  const killed = await startInstallation()
  const pids = listPids(killed)
  for (const pid of pids.toReversed()) process.kill(pid, 'SIGKILL')
  await until(() => (pids.some(isAlive) ? undefined : true))
  const again = await startInstallation({ home: killed.home, portBase: killed.portBase })
  expect(again.installation().directory).toEqual(killed.installation().directory)
  await again.stop()
})
