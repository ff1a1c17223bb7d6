import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import type { DatabaseConfig } from '@symbolon/service/database'
import { createPeerClient, type PeerClient } from '@symbolon/service/http-client'
import { portOverSocket, type VaultPort } from './vault-port.ts'

const program = (name: string): string => fileURLToPath(new URL(`../../../packages/operator/vault/dist/${name}.js`, import.meta.url))
export const operatorIdHex = '07'.repeat(16)

/** The vault as an installation runs it: its own process, keys made by keygen.js, a private socket. */
export type VaultProcess = {
  readonly pid: number
  readonly client: PeerClient
  readonly port: VaultPort
  readonly exited: Promise<number | null>
  kill(signal: NodeJS.Signals): void
}
/** A folder with keys, and vault processes on one database. */
export type VaultPlace = {
  readonly vaultPublicKey: Uint8Array
  readonly folder: string
  /** Where a vault listens that is started without a name of its own. */
  readonly socketPath: string
  start(socketName?: string, settings?: Readonly<Record<string, unknown>>): Promise<VaultProcess>
  stop(): Promise<void>
}

export function prepareVault(
  database: DatabaseConfig,
  limits: Readonly<Record<string, number>> = {},
  settings: Readonly<Record<string, unknown>> = {},
): VaultPlace {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-vault-'))
  const keysFolder = join(folder, 'keys')
  const made = spawnSync(process.execPath, [program('keygen'), '--keys', keysFolder], { encoding: 'utf8' })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a program of ours prints
  const { vaultPublicKey } = JSON.parse(made.stdout) as { vaultPublicKey: string }
  const running: VaultProcess[] = []
  return {
    vaultPublicKey: base64urlToBytes(vaultPublicKey),
    folder,
    socketPath: join(folder, 'vault.sock'),
    async start(socketName = 'vault.sock', more = {}) {
      const socketPath = join(folder, socketName)
      const file = join(folder, `${socketName}.json`)
      writeFileSync(
        file,
        JSON.stringify({ listen: { socketPath }, database, keysFolder, operatorId: operatorIdHex, limits, ...settings, ...more }),
        {
          mode: 0o600,
        },
      )
      const child = spawn(process.execPath, [program('main'), '--config', file], { stdio: ['ignore', 'pipe', 'pipe'] })
      const vault = await waitUntilReady(child, socketPath)
      running.push(vault)
      return vault
    },
    async stop() {
      for (const vault of running) {
        vault.client.close()
        vault.kill('SIGKILL')
        await vault.exited
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function waitUntilReady(child: ChildProcess, socketPath: string): Promise<VaultProcess> {
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')))
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => {
      const client = createPeerClient({ socketPath }, { timeoutMs: 10_000, maximumBytes: 100_000 })
      resolve({ pid: child.pid ?? 0, client, port: portOverSocket(client), exited, kill: (signal) => child.kill(signal) })
    })
    exited.then(() => reject(new Error('the vault did not start', { cause: errors }))).catch(reject)
  })
}

/** CPU time that a process has used, in seconds (proc(5): utime and stime, in ticks of 1/100 s). */
export function readCpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /u, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
