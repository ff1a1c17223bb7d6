import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Installation, InstalledDatabase, InstalledMachinery } from '@symbolon/contracts/installation'
import { createFilesPlace } from './files.ts'
import { plantInFile, plantInProcess, plantInServer, plantInTables, type Address } from './markers.ts'
import type { Place } from './place.ts'
import { createMemoryPlace } from './process-memory.ts'
import { createTablesPlace } from './tables.ts'

export const operatorPlanes = ['edge', 'vault', 'link'] as const
export type OperatorPlane = (typeof operatorPlanes)[number]

export async function connectTo(database: InstalledDatabase): Promise<pg.Client> {
  const { host, port, user, password } = database
  const client = new pg.Client({ host, port, user, password, database: database.database })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** Memory of every process of the operator: the planes, the database server and each of its back ends. */
export function listMemoryPlaces(installation: Installation, machinery: InstalledMachinery): readonly Place[] {
  const planes = operatorPlanes.map((name) =>
    createMemoryPlace(`memory of ${name}`, pidOf(machinery, name), plantInProcess(addressOf(installation, machinery, name))),
  )
  return [...planes, ...listServerPlaces(machinery)]
}

// Back ends come and go; the place is the server with whatever processes it has while it is read.
function listServerPlaces(machinery: InstalledMachinery): readonly Place[] {
  const server = machinery.processes.find(({ name }) => name === 'postgres-operator')
  if (server === undefined) return []
  const processPlace = (pid: number): Place => createMemoryPlace('', pid, () => Promise.reject(new Error('unused')))
  return [
    {
      name: 'memory of PostgreSQL, all its processes',
      plantMarker: plantInServer(() => connectTo(machinery.operatorDatabase)),
      read: async (sink) => {
        await processPlace(server.pid).read(sink)
        for (const pid of listChildren(server.pid))
          await processPlace(pid)
            .read(sink)
            .catch((error: unknown) => ignoreIfGone(pid, error))
      },
    },
  ]
}

function ignoreIfGone(pid: number, error: unknown): void {
  if (existsSync(`/proc/${String(pid)}`)) throw error
}

/** What lies on disk: tables as a dump has them, the server's files, its write-ahead log, the planes' logs. */
export function listDiskPlaces(machinery: InstalledMachinery, client: pg.Client): readonly Place[] {
  const { dataFolder } = machinery.operatorDatabase
  const isLog = (path: string): boolean => path.startsWith('/pg_wal/')
  const plantMarker = plantInTables(client)
  return [
    createTablesPlace('COPY of every table', client, plantMarker),
    ...(dataFolder === undefined
      ? []
      : [
          createFilesPlace({ name: 'database files', folder: dataFolder, includes: (path) => !isLog(path), plantMarker }),
          createFilesPlace({ name: 'write-ahead log', folder: dataFolder, includes: isLog, plantMarker }),
        ]),
    ...machinery.processes.flatMap(({ name, party, logFile }) =>
      party === 'operator' && logFile !== undefined ? [createLogPlace(name, logFile)] : [],
    ),
  ]
}

function createLogPlace(name: string, path: string): Place {
  const folder = join(path, '..')
  const file = path.slice(folder.length)
  return createFilesPlace({
    name: `log of ${name}`,
    folder,
    includes: (candidate) => candidate.startsWith(file),
    plantMarker: plantInFile(path),
  })
}

export function addressOf(installation: Installation, machinery: InstalledMachinery, name: OperatorPlane): Address {
  if (name === 'edge') return tcpAddressOf(installation.edgeOrigin)
  const config: unknown = JSON.parse(readFileSync(configFileOf(machinery, name), 'utf8'))
  if (typeof config === 'object' && config !== null && 'listen' in config) {
    const { listen } = config
    if (typeof listen === 'object' && listen !== null && 'socketPath' in listen && typeof listen.socketPath === 'string')
      return { socketPath: listen.socketPath }
  }
  throw new Error('the configuration of a plane names no private socket')
}

export function tcpAddressOf(origin: string): { readonly host: string; readonly port: number } {
  const url = new URL(origin)
  return { host: url.hostname, port: Number(url.port) }
}

export function configFileOf(machinery: InstalledMachinery, name: string): string {
  const file = machinery.processes.find((process) => process.name === name)?.configFile
  if (file === undefined) throw new Error('a process names no configuration file')
  return file
}

export function pidOf(machinery: InstalledMachinery, name: string): number {
  const pid = machinery.processes.find((process) => process.name === name)?.pid
  if (pid === undefined) throw new Error('a process of the installation does not run')
  return pid
}

export function listChildren(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(/^\d+ \(.*\) \S (\d+)/su.exec(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'))?.[1]) === parent
      } catch {
        return false
      }
    })
}
