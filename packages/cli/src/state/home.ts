import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigurationError } from '@symbolon/service/config'
import { isReachableByOthers } from '../postgres/programs.ts'

/** Where an installation keeps what it must not forget. Every path is absolute. */
export type Home = {
  readonly folder: string
  readonly lockFile: string
  readonly secretsFile: string
  readonly runFile: string
  readonly directoryFile: string
  /** What issuers have certified; public, kept so that each is issued once. */
  readonly certificatesFile: string
  readonly configFolder: string
  readonly keysFolder: string
  readonly logFolder: string
  /** Apart from `folder` only when the user that runs PostgreSQL could not reach it there. */
  readonly postgresFolder: string
}

export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly isRoot: boolean
  readonly checkout: string
  readonly isReachable: (path: string) => boolean
}

/** SYMBOLON_HOME, else a system data folder for root (a checkout under root's home is closed to others), else the checkout's own. */
export function decideHome({ environment, isRoot, checkout, isReachable }: Surroundings): Home {
  const wanted = environment['SYMBOLON_HOME']
  const own = isRoot ? join('/var/lib/symbolon', shortHash(checkout)) : join(checkout, '.symbolon')
  const folder = wanted === undefined || wanted === '' ? own : resolve(wanted)
  const postgresHome = isRoot && !isReachable(folder) ? join('/var/lib/symbolon', shortHash(folder)) : folder
  return {
    folder,
    lockFile: join(folder, 'owner.lock'),
    secretsFile: join(folder, 'secrets.json'),
    runFile: join(folder, 'run.json'),
    directoryFile: join(folder, 'directory.json'),
    certificatesFile: join(folder, 'certificates.json'),
    configFolder: join(folder, 'config'),
    keysFolder: join(folder, 'keys'),
    logFolder: join(folder, 'logs'),
    postgresFolder: join(postgresHome, 'postgres'),
  }
}

export function findHome(): Home {
  return decideHome({
    environment: process.env,
    isRoot: process.getuid?.() === 0,
    checkout: findCheckout(),
    isReachable: isReachableByOthers,
  })
}

/** Makes the folders. The home itself may be passed through (PostgreSQL runs as another user below it); what is inside is private. */
export function makeHome(home: Home): void {
  try {
    mkdirSync(dirname(home.postgresFolder), { recursive: true, mode: 0o711 })
    mkdirSync(home.folder, { recursive: true, mode: 0o711 })
    chmodSync(home.folder, 0o711)
    mkdirSync(home.postgresFolder, { recursive: true, mode: 0o711 })
    for (const folder of [home.configFolder, home.keysFolder, home.logFolder]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new ConfigurationError(`the state folder cannot be made; name another one with SYMBOLON_HOME (${describe(cause)})`, home.folder)
  }
}

/** The root of the checkout: the nearest folder above this file whose manifest has the product's name. */
export function findCheckout(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && /^\s*"name": "symbolon",$/mu.test(readFileSync(manifest, 'utf8'))) return folder
  }
  throw new ConfigurationError('the checkout that this program belongs to was not found', '')
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

function describe(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
}
