import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Installation } from '@symbolon/contracts/installation'
import { Fault } from '@symbolon/formats/result'
import { makeSocketFolder } from '../postgres/index.ts'
import { findTakenPorts } from '../processes/free-port.ts'
import { takeOwnerLock } from '../processes/owner-lock.ts'
import type { ProcessChange } from '../processes/supervised.ts'
import type { Reporter } from '../output/reporter.ts'
import { decideOrigins, decidePorts, issuerLetters, listPorts } from '../sandbox/ports.ts'
import * as configs from '../setup/configs.ts'
import { prepareServer } from '../setup/databases.ts'
import { buildDirectory } from '../setup/directory.ts'
import { readLocalFrame } from '../setup/local-frame.ts'
import { publishKeys } from '../setup/publish-keys.ts'
import { pages, programs, type ProcessName } from '../setup/programs.ts'
import { migrateOperator, prepareOperatorRoles } from '../setup/operator-schema.ts'
import { issuerDatabases, listIssuerPasswords } from '../setup/roles.ts'
import { findCheckout, makeHome, type Home } from '../state/home.ts'
import { writePrivateJson } from '../state/private-file.ts'
import { openSecrets } from '../state/secrets.ts'
import { askVaultBackend, waitForIssuers } from './ask-planes.ts'
import { PortsTaken, ProcessFailed } from './failures.ts'
import { createFleet, type Fleet } from './fleet.ts'
import { openServer, type DatabaseServer } from './postgres-servers.ts'
import { processList, stopOrder } from './process-list.ts'
import { describeInstallation, removeRunFile, writeRunFile, type Servers } from './run-file.ts'

export type Running = { readonly kind: 'running'; readonly installation: Installation; stop(): Promise<void> }
export type AlreadyRunning = { readonly kind: 'already-running'; readonly pid: number }

/** What has been started so far, so that it can be stopped from any point. */
type Started = {
  readonly fleet: Fleet
  readonly servers: Map<'operator' | 'issuer', Promise<DatabaseServer>>
  readonly release: () => void
}

/**
 * Brings up a whole installation: databases, schemas, keys, configurations, then every process of every party. Whatever has been
 * started is stopped again when a step fails or `signal` aborts.
 */
export async function startInstallation(
  home: Home,
  reporter: Reporter,
  signal: AbortSignal,
  acceptRestore?: string,
): Promise<Running | AlreadyRunning> {
  makeHome(home)
  const lock = takeOwnerLock(home.lockFile)
  if (lock.kind === 'taken') return { kind: 'already-running', pid: lock.owner.pid }
  let refresh: () => void = () => undefined
  const fleet = createFleet(home, (name, change) => {
    tellChange(reporter, home, name, change)
    refresh()
  })
  const started: Started = { fleet, servers: new Map(), release: () => lock.release() }
  const stop = (): Promise<void> => stopEverything(home, started)
  try {
    const installation = await Promise.race([
      bringUp({ home, reporter, started, onRefresh: (run) => (refresh = run), signal, acceptRestore }),
      rejectOnAbort(signal),
    ])
    return { kind: 'running', installation: installation(), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type BringUp = {
  readonly home: Home
  readonly reporter: Reporter
  readonly started: Started
  readonly onRefresh: (refresh: () => void) => void
  readonly signal: AbortSignal
  readonly acceptRestore: string | undefined
}

async function bringUp({ home, reporter, started, onRefresh, signal, acceptRestore }: BringUp): Promise<() => Installation> {
  const facts = await reporter.step('the checkout is built, the ports are free', () => gatherFacts(home, acceptRestore))
  // A server that runs again has another process number, which the run file must tell.
  let refresh: () => void = () => undefined
  const open = (name: 'operator' | 'issuer', variable: 'DATABASE_URL' | 'ISSUER_DATABASE_URL'): Promise<DatabaseServer> => {
    const label = process.env[variable] === undefined ? `PostgreSQL of the ${name}` : `PostgreSQL of the ${name}, by ${variable}`
    const server = reporter.step(label, () =>
      openServer({
        name,
        variable,
        home,
        onRestart: (againInMs) => reporter.note('died', `PostgreSQL of the ${name} ended; it is started again in ${againInMs} ms`),
        onRunning: () => {
          reporter.note('running', `PostgreSQL of the ${name} runs again`)
          refresh()
        },
      }),
    )
    server.catch(() => undefined)
    started.servers.set(name, server)
    return server
  }
  const operatorServer = open('operator', 'DATABASE_URL')
  const issuerServer = open('issuer', 'ISSUER_DATABASE_URL')
  const keys = reporter.step('keys, each made by the party that holds them, and the issuers’ certificates', () =>
    publishKeys(facts, nowSeconds()),
  )
  const operatorReady = operatorServer.then((server) => prepareOperator(reporter, facts, server))
  const issuersReady = issuerServer.then((server) => prepareIssuers(reporter, facts, server))
  // Whichever of them fails first is told; the others then fail because everything is stopped.
  for (const work of [keys, operatorReady, issuersReady]) work.catch(() => undefined)
  const [operator, issuer, published] = await Promise.all([operatorServer, issuerServer, keys])
  signal.throwIfAborted()
  writeConfigs(facts, { operator, issuer }, published)
  let vaultBackend: string | undefined
  const describe = (): Installation =>
    describeInstallation(facts, published, { operator, issuer }, { processes: started.fleet.list(), vaultBackend })
  refresh = () => writeRunFile(home, describe())
  onRefresh(refresh)
  await startProcesses({ facts, reporter, fleet: started.fleet, signal, gate: { operator: operatorReady, issuer: issuersReady } })
  vaultBackend = await askVaultBackend(facts.socketFolder)
  await reporter.step('the link is signed on at the issuers', () => waitForIssuers(facts.socketFolder, signal))
  writeRunFile(home, describe())
  return describe
}

async function gatherFacts(home: Home, acceptRestore: string | undefined): Promise<configs.Facts> {
  const checkout = findCheckout()
  const needed = [
    ...Object.values(programs).filter((path) => path !== programs.demo && path !== programs.canaries),
    ...Object.values(pages),
  ]
  const missing = needed.find((path) => !existsSync(join(checkout, path)))
  if (missing !== undefined) throw new Fault('PROGRAM_NOT_BUILT', { retry: 'never', cause: missing })
  const ports = decidePorts(process.env)
  const taken = await findTakenPorts(listPorts(ports))
  if (taken.length > 0) throw new PortsTaken(taken)
  return {
    home,
    checkout,
    ports,
    origins: decideOrigins(ports),
    socketFolder: makeSocketFolder(home.folder, 's', undefined),
    secrets: openSecrets(home.secretsFile),
    frameBundleHash: readLocalFrame(join(checkout, pages.deviceFrame)).hash,
    ...(acceptRestore === undefined ? {} : { acceptRestore }),
  }
}

async function prepareOperator(reporter: Reporter, facts: configs.Facts, server: DatabaseServer): Promise<void> {
  await reporter.step('roles of the operator’s planes', () => prepareOperatorRoles(server, facts.secrets))
  await reporter.step('schemas of edge, vault and link', () => migrateOperator(facts.home, server.administrator, facts.secrets))
}

async function prepareIssuers(reporter: Reporter, facts: configs.Facts, server: DatabaseServer): Promise<void> {
  const passwordByRole = listIssuerPasswords(facts.secrets)
  const installationId = facts.secrets.id('installation')
  facts.secrets.save()
  await reporter.step('roles and databases of the issuers', () =>
    prepareServer({
      administrator: server.administrator,
      installationId,
      passwordByRole,
      databases: issuerDatabases,
      isOwn: server.own !== undefined,
    }),
  )
}

function writeConfigs(facts: configs.Facts, servers: Servers, published: configs.Published): void {
  const operator = servers.operator.administrator
  const issuer = servers.issuer.administrator
  const directory = buildDirectory(facts, published)
  const write = (name: ProcessName, value: unknown): void => writePrivateJson(join(facts.home.configFolder, `${name}.json`), value)
  write('vault', configs.buildVaultConfig(facts, operator))
  write('link', configs.buildLinkConfig(facts, operator))
  write('edge', configs.buildEdgeConfig(facts, operator, published))
  write('mall', configs.buildMallConfig(facts, published))
  write('device-origin', configs.buildDeviceOriginConfig(facts))
  for (const letter of issuerLetters) {
    write(`front-${letter}`, configs.buildFrontConfig(facts, issuer, letter))
    write(`host-${letter}`, configs.buildHostConfig(facts, issuer, letter))
  }
  facts.secrets.save()
  writePrivateJson(facts.home.directoryFile, directory)
}

type StartProcesses = {
  readonly facts: configs.Facts
  readonly reporter: Reporter
  readonly fleet: Fleet
  readonly signal: AbortSignal
  readonly gate: { readonly operator: Promise<void>; readonly issuer: Promise<void> }
}

async function startProcesses({ facts, reporter, fleet, signal, gate }: StartProcesses): Promise<void> {
  const readyByName = new Map<ProcessName, Promise<void>>()
  for (const entry of processList) {
    const databases = entry.party === 'operator' ? [gate.operator] : entry.party.startsWith('issuer-') ? [gate.issuer] : []
    const before = Promise.all([...databases, ...entry.after.map((name) => readyByName.get(name))])
    const ready = before.then(async () => {
      signal.throwIfAborted()
      await reporter.step(entry.name, async () => {
        await fleet.start(entry, join(facts.checkout, entry.program)).catch((cause: unknown) => {
          throw new ProcessFailed(entry.name, fleet.tail(entry.name, 12), cause)
        })
      })
    })
    ready.catch(() => undefined)
    readyByName.set(entry.name, ready)
  }
  await Promise.all(readyByName.values())
}

function tellChange(reporter: Reporter, home: Home, name: ProcessName, change: ProcessChange): void {
  if (change.kind === 'running') return
  const how = change.signal ?? `exit code ${String(change.code)}`
  reporter.note(
    'died',
    `${name} ended (${how}); it is started again in ${change.againInMs} ms. Its log: ${join(home.logFolder, `${name}.log`)}`,
    {
      process: name,
      againInMs: change.againInMs,
    },
  )
}

async function stopEverything(home: Home, { fleet, servers, release }: Started): Promise<void> {
  for (const stage of stopOrder.operator) await fleet.stop(stage)
  const operator = stopServer(servers.get('operator'))
  for (const stage of stopOrder.issuer) await fleet.stop(stage)
  await Promise.all([operator, stopServer(servers.get('issuer'))])
  removeRunFile(home)
  release()
}

async function stopServer(server: Promise<DatabaseServer> | undefined): Promise<void> {
  // A server that never came up has told its failure already.
  const opened = await server?.catch(() => undefined)
  await opened?.stop()
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000)
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
