import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AuthorizationAnswer, AuthorizationRequest } from '@symbolon/contracts/planes'
import { bytesToBase64url } from '@symbolon/formats/bytes'
import { createAnswer, type IsoMessage } from '@symbolon/formats/iso8583'
import { createPeerClient, type PeerClient } from '@symbolon/service/http-client'
import { listenIso, type IsoServer } from '@symbolon/service/iso8583-channel'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOperatorSchema, type TestOperatorSchema } from './operator-schema.ts'

const program = fileURLToPath(new URL('../../packages/operator/link/dist/main.js', import.meta.url))
const issuerId = 'a'.repeat(32)

let schema: TestOperatorSchema
let front: IsoServer
let folder: string
let configFile: string
let peer: PeerClient
let link: ChildProcess
const received: IsoMessage[] = []
/** Silent to payments; answers reversals only when it is told to. */
let acknowledges = false

beforeAll(async () => {
  schema = await startOperatorSchema()
  front = await listenIso({
    listen: { host: '127.0.0.1', port: 0 },
    dialect: 'ascii',
    handle: async (message) => {
      received.push(message)
      return acknowledges && message.messageType.startsWith('042') ? createAnswer(message, { responseCode: '00' }) : undefined
    },
  })
  folder = mkdtempSync(join(tmpdir(), 'link-'))
  configFile = join(folder, 'link.json')
  const issuer = {
    issuerId,
    address: front.address,
    dialect: 'ascii',
    acquiringInstitutionId: '9410001',
    terminalId: 'SYMB0001',
    answerTimeoutMs: 60_000,
    reversalTimeoutMs: 100,
    reversalRetryMs: 50,
    longestReversalRetryMs: 100,
  }
  const listen = { socketPath: join(folder, 'link.sock') }
  const config = { listen, database: schema.config('symbolon_link'), issuers: [issuer], answerWithinMs: 100 }
  writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 })
  peer = createPeerClient(listen, { timeoutMs: 10_000, maximumBytes: 10_000 })
})
afterAll(async () => {
  peer.close()
  await kill()
  await front.close()
  await schema.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<void> {
  link = spawn(process.execPath, [program, '--config', configFile], { stdio: ['ignore', 'pipe', 'ignore'] })
  const stdout = link.stdout
  if (stdout === null) throw new Error('the process has an output')
  await once(stdout, 'data')
  await until(async () => JSON.stringify((await peer.call('GET', '/healthz')).body).includes('connected'))
}

async function kill(): Promise<void> {
  if (link.exitCode !== null || link.signalCode !== null) return
  const exited = once(link, 'exit')
  link.kill('SIGKILL')
  await exited
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function request(number: number): AuthorizationRequest {
  const bytes = (size: number): string => bytesToBase64url(new Uint8Array(size).fill(number))
  return {
    paymentId: number.toString(16).padStart(32, '0'),
    issuerId,
    tokenReferenceId: 'b'.repeat(32),
    merchantId: 'c'.repeat(32),
    merchantName: 'Haneul Coffee',
    amountMinorUnits: '12000',
    currency: 'KRW',
    instalmentMonths: 0,
    channel: 1,
    signed: { message: bytes(187), signature: bytes(64), deviceKeyKind: 0, deviceSignature: bytes(64) },
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program's documented answer
const look = async (number: number) => (await peer.call('GET', `/authorizations/${request(number).paymentId}`)).body as AuthorizationAnswer
const referencesOf = (...types: readonly string[]): readonly (string | undefined)[] =>
  received.filter(({ messageType }) => types.includes(messageType)).map(({ fields }) => fields.retrievalReferenceNumber)

test('kill -9 in mid-authorization and again in mid-reversal: every payment is reversed, in order, and no number comes twice', async () => {
  await start()
  for (const number of [1, 2, 3]) expect((await peer.call('POST', '/authorizations', request(number))).body).toEqual({ outcome: 'pending' })
  await until(() => referencesOf('0200').length === 3)
  await kill()

  await start()
  for (const number of [1, 2, 3]) expect((await look(number)).outcome).toBe('unanswered')
  await until(() => referencesOf('0420').length === 1)
  await kill()
  const repeatsBefore = referencesOf('0421').length

  acknowledges = true
  await start()
  await until(async () => (await Promise.all([1, 2, 3].map(look))).every(({ outcome }) => outcome === 'reversed'))
  // The one that had been tried goes on with a repeat; the others begin with 0420.
  expect(referencesOf('0421').length).toBeGreaterThan(repeatsBefore)
  expect(new Set(referencesOf('0420')).size).toBe(3)
  expect(referencesOf('0420')).toHaveLength(3)

  expect((await peer.call('POST', '/authorizations', request(4))).body).toEqual({ outcome: 'pending' })
  await until(() => referencesOf('0200').length === 4)
  const payments = received.filter(({ messageType }) => messageType === '0200').map(({ fields }) => fields)
  expect(new Set(payments.map(({ retrievalReferenceNumber }) => retrievalReferenceNumber)).size).toBe(4)
  expect(new Set(payments.map(({ systemsTraceAuditNumber }) => systemsTraceAuditNumber)).size).toBe(4)
})
