import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { TestInstallation } from '@symbolon/testing/installation'
import { plantInProcess } from '../places/markers.ts'
import { addressOf, configFileOf, tcpAddressOf } from '../places/of-operator.ts'
import type { Place } from '../places/place.ts'
import { createRecording } from '../places/recorded.ts'
import { openTap, type Tap } from '../places/tap.ts'

export type Wires = {
  readonly places: readonly Place[]
  /** Where a device reaches edge through the tap. */
  readonly edgeOrigin: string
  close(): Promise<void>
}

type Json = Readonly<Record<string, unknown>>

/**
 * Puts a tap into every wire of the operator: device to edge, edge to vault and link, the planes to PostgreSQL, link to each front.
 * The planes learn of it from their configuration alone, as if they had been moved, and are started again.
 */
export async function openTaps(running: TestInstallation): Promise<Wires> {
  const installation = running.installation()
  const machinery = running.machinery()
  // A unix socket's path is limited to 107 bytes, so the folder is short.
  const folder = mkdtempSync('/tmp/symbolon-tap-')
  const taps: Tap[] = []
  const places: Place[] = []
  const tapSocket = async (name: string, file: string, targetPath: string, plant?: Place['plantMarker']): Promise<string> => {
    const socketPath = join(folder, file)
    const recording = createRecording(name, plant ?? plantInProcess({ socketPath }))
    taps.push(await openTap({ socketPath }, { socketPath: targetPath }, recording.record))
    places.push(recording.place)
    return socketPath
  }
  const tapPort = async (name: string, target: { readonly host: string; readonly port: number }): Promise<number> => {
    const port = await findFreePort()
    const recording = createRecording(name, plantInProcess({ host: '127.0.0.1', port }))
    taps.push(await openTap({ host: '127.0.0.1', port }, target, recording.record))
    places.push(recording.place)
    return port
  }

  const edgePort = await tapPort('wire from devices to edge', tcpAddressOf(installation.edgeOrigin))
  const sockets = { vault: addressOf(installation, machinery, 'vault'), link: addressOf(installation, machinery, 'link') }
  const vault = await tapSocket('wire from edge to vault', 'vault.sock', socketOf(sockets.vault))
  const link = await tapSocket('wire from edge to link', 'link.sock', socketOf(sockets.link))
  const { host, port } = machinery.operatorDatabase
  const databaseSocket = `.s.PGSQL.${String(port)}`
  await tapSocket('wire from the planes to PostgreSQL', databaseSocket, join(host, databaseSocket))

  const moveDatabase = (config: Json): Json => ({ ...config, database: { ...asJson(config['database']), host: folder } })
  await moveConfig(running, 'vault', moveDatabase)
  const issuers = asList(readConfig(running, 'link')['issuers'])
  const moved: Json[] = []
  for (const [index, issuer] of issuers.entries()) {
    const { host: frontHost, port: frontPort } = asJson(issuer['address'])
    const tapped = await tapPort(`wire from link to front ${String(index + 1)}`, { host: String(frontHost), port: Number(frontPort) })
    moved.push({ ...issuer, address: { host: '127.0.0.1', port: tapped } })
  }
  await moveConfig(running, 'link', (config) => ({ ...moveDatabase(config), issuers: moved }))
  await moveConfig(running, 'edge', (config) => ({ ...moveDatabase(config), vault: { socketPath: vault }, link: { socketPath: link } }))
  return {
    places,
    edgeOrigin: `http://127.0.0.1:${String(edgePort)}`,
    close: async () => void (await Promise.all(taps.map((tap) => tap.close()))),
  }
}

async function moveConfig(running: TestInstallation, name: string, change: (config: Json) => Json): Promise<void> {
  writeFileSync(configFileOf(running.machinery(), name), JSON.stringify(change(readConfig(running, name))), { mode: 0o600 })
  await running.untilRestarted(name, running.kill(name, 'SIGKILL'))
}

function readConfig(running: TestInstallation, name: string): Json {
  return asJson(JSON.parse(readFileSync(configFileOf(running.machinery(), name), 'utf8')))
}

function asJson(value: unknown): Json {
  if (typeof value !== 'object' || value === null) throw new Error('a configuration does not have the expected form')
  return Object.fromEntries(Object.entries(value))
}

function asList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(asJson) : []
}

function socketOf(address: ReturnType<typeof addressOf>): string {
  if (!('socketPath' in address)) throw new Error('a private plane listens on a socket')
  return address.socketPath
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })
}
