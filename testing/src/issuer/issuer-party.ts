import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Journal, JournalEntry } from '@symbolon/contracts/issuer-api'
import type { TokenEvent, TokenJournal } from '@symbolon/contracts/rebind-api'
import type { IsoDialect } from '@symbolon/formats/iso8583'
import type { DatabaseConfig } from '@symbolon/service/database'
import type { TestPostgres } from '../postgres.ts'

const programs = fileURLToPath(new URL('../../../packages/issuer/dist', import.meta.url))
export const issuerId = '1'.repeat(32)
export const operatorId = '2'.repeat(32)
const journalKey = 'journal-key-of-a-test-'.padEnd(40, 'x')
export const officeKey = 'office-key-of-a-test-'.padEnd(40, 'y')
export const accountRanges = [
  { low: '41000000', high: '42999999', panLengths: [16], network: 'visa' },
  { low: '37000000', high: '37999999', panLengths: [15], network: 'american-express' },
]
export type PublicKeys = {
  readonly sealingKeys: readonly [{ readonly keyId: string; readonly publicKey: string }]
  readonly certificateKey: string
}

/** A front and its host as real processes on one PostgreSQL, in one dialect on both hops. */
export type IssuerParty = {
  readonly dialect: IsoDialect
  readonly origin: string
  readonly linkPort: number
  /** Where the front looks for its host: any ISO 8583 host may listen there instead of ours. */
  readonly hostPort: number
  readonly keys: PublicKeys
  /** What front and host wrote to their logs so far. */
  log(): string
  startFront(): Promise<void>
  startHost(): Promise<void>
  killFront(): Promise<void>
  killHost(): Promise<void>
  frontJournal(): Promise<readonly JournalEntry[]>
  hostJournal(): Promise<readonly JournalEntry[]>
  tokenJournal(): Promise<readonly TokenEvent[]>
  frontDatabase: DatabaseConfig
  stop(): Promise<void>
}

/** `operator` is whom the front takes bindings from. */
export async function createIssuerParty(
  postgres: TestPostgres,
  folder: string,
  dialect: IsoDialect,
  { operator = operatorId, keyLimits }: { readonly operator?: string; readonly keyLimits?: unknown } = {},
): Promise<IssuerParty> {
  const frontDatabase = (await postgres.createRole(`front_${dialect}`))(`front_${dialect}`)
  const hostDatabase = (await postgres.createRole(`host_${dialect}`))(`host_${dialect}`)
  await postgres.createDatabase(`front_${dialect}`, `front_${dialect}`)
  await postgres.createDatabase(`host_${dialect}`, `host_${dialect}`)
  const [frontHttp, linkPort, hostHttp, hostLink] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const keysDirectory = join(folder, `keys-${dialect}`)
  const keys = createKeys(keysDirectory)
  const host = '127.0.0.1'
  const origin = `http://localhost:${frontHttp}`
  const frontConfig = {
    issuerId,
    origin,
    keysDirectory,
    accountRanges,
    journalKey,
    officeKey,
    database: frontDatabase,
    brandColour: '#1d4ed8',
    name: { ko: '시험 카드사', en: 'Test Issuer' },
    listen: { host, port: frontHttp },
    deviceOrigins: ['http://localhost:8401'],
    operators: [{ operatorId: operator, name: { ko: '시험 지갑', en: 'Test Wallet' } }],
    tokenRange: { low: '43000000', high: '43099999' },
    link: { listen: { host, port: linkPort }, dialect },
    host: { address: { host, port: hostLink }, dialect, answerTimeoutMs: 2_500, reversalRetryMs: 150 },
    ...(keyLimits === undefined ? {} : { keyLimits }),
    sandbox: {
      blockedCards: [{ primaryAccountNumber: '4000000000000002', status: 'stolen' }],
      silentAmountEndings: ['911'],
      lateAmountEndings: ['912'],
      lateByMs: 700,
      twiceAmountEndings: ['913'],
    },
  }
  const front = createProcess('front', writeConfig(folder, `front-${dialect}`, frontConfig))
  const authorizationHost = createProcess(
    'host',
    writeConfig(folder, `host-${dialect}`, hostConfigOf({ database: hostDatabase, http: hostHttp, link: hostLink, dialect })),
  )
  return {
    dialect,
    origin,
    linkPort,
    hostPort: hostLink,
    keys,
    frontDatabase,
    log: () => front.log() + authorizationHost.log(),
    startFront: front.start,
    startHost: authorizationHost.start,
    killFront: () => front.end('SIGKILL'),
    killHost: () => authorizationHost.end('SIGKILL'),
    frontJournal: () => readJournal(frontHttp),
    hostJournal: () => readJournal(hostHttp),
    tokenJournal: () => readTokenJournal(frontHttp),
    stop: async () => {
      await front.end('SIGTERM')
      await authorizationHost.end('SIGTERM')
    },
  }
}

function hostConfigOf(of: {
  readonly database: DatabaseConfig
  readonly http: number
  readonly link: number
  readonly dialect: IsoDialect
}): unknown {
  const host = '127.0.0.1'
  return {
    accountRanges,
    journalKey,
    database: of.database,
    scriptedOutcomes: true,
    listen: { host, port: of.http },
    link: { listen: { host, port: of.link }, dialect: of.dialect },
    limits: { perPurchase: { KRW: '5000000', USD: '500000' }, balance: { KRW: '900000000', USD: '900000000' } },
  }
}

function createKeys(keysDirectory: string): PublicKeys {
  const keygen = spawnSync(process.execPath, [join(programs, 'front/keygen.js'), '--keys', keysDirectory], { encoding: 'utf8' })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program's documented line
  return JSON.parse(keygen.stdout) as PublicKeys
}

function writeConfig(folder: string, name: string, config: unknown): string {
  const file = join(folder, `${name}-${randomBytes(4).toString('hex')}.json`)
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

type Process = { log(): string; readonly start: () => Promise<void>; end(signal: NodeJS.Signals): Promise<void> }

function createProcess(name: 'front' | 'host', configFile: string): Process {
  let child: ChildProcess | undefined
  let written = ''
  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const started = spawn(process.execPath, [join(programs, name, 'main.js'), '--config', configFile], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      started.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()))
      started.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('"ready"')) resolve()
      })
      started.on('exit', () => reject(new Error('the process ended before it was ready', { cause: written.slice(-4_000) })))
    })
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const exited = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill(signal)
    await exited
  }
  return { log: () => written, start, end }
}

async function readJournal(port: number): Promise<readonly JournalEntry[]> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/journal?after=0&limit=1000`, {
    headers: { authorization: `Bearer ${journalKey}` },
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program's documented answer
  return ((await response.json()) as Journal).entries
}

async function readTokenJournal(port: number): Promise<readonly TokenEvent[]> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/journal/tokens?after=0&limit=1000`, {
    headers: { authorization: `Bearer ${journalKey}` },
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program's documented answer
  return ((await response.json()) as TokenJournal).entries
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
