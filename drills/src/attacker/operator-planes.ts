import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import type { Problem } from '@symbolon/contracts/problems'
import { base64urlToBytes, bytesToBase64url } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { operatorId, prepareVault, startOperatorSchema, type VaultPort, type VaultProcess } from '@symbolon/testing/vault'
import { textMembers } from './answers.ts'

/** What anybody on the internet may ask of the operator about a wallet. */
export type PublicApi = Pick<VaultPort, 'offer' | 'accept' | 'open' | 'alarm'> & {
  /** The answer that is sealed to the device. */
  pay(walletId: string, message: Uint8Array): Promise<Result<Uint8Array, Problem>>
}

/** PostgreSQL, the vault and edge as an installation runs them, and no issuer: what is not a payment needs none. */
export type OperatorPlanes = {
  readonly api: PublicApi
  readonly vaultPublicKey: Uint8Array
  /** kill -9 of the vault. */
  killVault(): Promise<void>
  /** Starts a vault again; false if it refuses to. */
  startVault(): Promise<boolean>
  /** Keeps a copy of every table of the vault, and puts it back later: a backup, restored. */
  backUp(): Promise<void>
  restore(): Promise<void>
  stop(): Promise<void>
}

const edgeProgram = fileURLToPath(new URL('../../../packages/operator/edge/dist/main.js', import.meta.url))

export async function startOperatorPlanes(folder: string): Promise<OperatorPlanes> {
  const schema = await startOperatorSchema()
  const place = prepareVault(schema.config('symbolon_vault'), { opensPerMinute: 10_000 })
  const client = new Client(schema.administrator)
  await client.connect()
  let vault: VaultProcess | undefined = await place.start()
  const edge = await startEdge({ folder, database: schema.config('symbolon_edge'), vaultSocket: join(place.folder, 'vault.sock') })
  const killVault = async (): Promise<void> => {
    vault?.kill('SIGKILL')
    await vault?.exited
  }
  return {
    api: apiOver(edge.origin),
    vaultPublicKey: place.vaultPublicKey,
    killVault,
    startVault: async () => {
      vault = await place.start().catch(() => undefined)
      return vault !== undefined
    },
    backUp: () =>
      run(client, tables, (table) => `DROP TABLE IF EXISTS public.${table}; CREATE TABLE public.${table} AS TABLE vault.${table}`),
    restore: () => run(client, tables, (table) => `TRUNCATE vault.${table}; INSERT INTO vault.${table} SELECT * FROM public.${table}`),
    stop: async () => {
      edge.child.kill('SIGKILL')
      await killVault()
      await place.stop()
      await client.end()
      await schema.stop()
    },
  }
}

// The lease is not restored: who owns the wallets is settled anew at every start.
const tables = ['wallets', 'signed_messages', 'records'] as const

async function run(client: Client, names: readonly string[], statement: (table: string) => string): Promise<void> {
  await client.query(`BEGIN; ${names.map(statement).join('; ')}; COMMIT`)
}

type EdgeParts = { readonly folder: string; readonly database: unknown; readonly vaultSocket: string }

async function startEdge({ folder, database, vaultSocket }: EdgeParts): Promise<{ readonly child: ChildProcess; readonly origin: string }> {
  const file = join(folder, 'edge.json')
  const config = {
    operatorId: Buffer.from(operatorId).toString('hex'),
    origin: 'http://127.0.0.1:8400',
    listen: { host: '127.0.0.1', port: 0 },
    deviceOrigin: 'http://localhost:8401',
    database,
    vault: { socketPath: vaultSocket },
    link: { socketPath: join(folder, 'no-link.sock') },
    issuers: [{ issuerId: '0b'.repeat(16), certificateKey: randomBytes(32).toString('base64url') }],
    merchants: [],
    operationsKeyHash: createHash('sha256').update(randomBytes(32)).digest('hex'),
  }
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  const child = spawn(process.execPath, [edgeProgram, '--config', file], { stdio: ['ignore', 'pipe', 'ignore'] })
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('edge ended before it was ready')))
    child.stdout.once('data', (chunk: Buffer) => resolve(/"address":"([^"]+)"/u.exec(chunk.toString())?.[1] ?? ''))
  })
  return { child, origin }
}

function apiOver(origin: string): PublicApi {
  const post = async (path: string, body: object): Promise<Result<Readonly<Record<string, string>>, Problem>> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${origin}/v1/wallets${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await answer.text()
    const value: unknown = text === '' ? {} : JSON.parse(text)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a problem document of the product; a drill reads its code alone
    return answer.ok ? ok(textMembers(value)) : fail(value as Problem)
  }
  const postMessage = async (path: string, message: Uint8Array, name: string): Promise<Result<Uint8Array, Problem>> => {
    const answer = await post(path, { message: bytesToBase64url(message) })
    return answer.ok ? ok(base64urlToBytes(answer.value[name] ?? '')) : answer
  }
  return {
    offer: async () => {
      const answer = await post('', {})
      return answer.ok ? ok({ walletId: answer.value['walletId'] ?? '', offer: base64urlToBytes(answer.value['offer'] ?? '') }) : answer
    },
    accept: (walletId, sealed) => post(`/${walletId}`, { sealed: bytesToBase64url(sealed) }),
    open: (walletId, message) => postMessage(`/${walletId}/open`, message, 'message'),
    pay: (walletId, message) => postMessage(`/${walletId}/pay`, message, 'done'),
    alarm: (walletId, message) => post(`/${walletId}/alarm`, { message: bytesToBase64url(message) }),
  }
}
