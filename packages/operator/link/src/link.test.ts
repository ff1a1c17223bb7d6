import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthorizationAnswer, AuthorizationRequest, TokenSuspension } from '@symbolon/contracts/planes'
import { bytesToBase64url, parseBase64 } from '@symbolon/formats/bytes'
import { createAnswer, encodeMessage, parseMessage, type IsoDialect, type IsoFields, type IsoMessage } from '@symbolon/formats/iso8583'
import { Fault } from '@symbolon/formats/result'
import { parseTlv } from '@symbolon/formats/tlv'
import { createPeerClient } from '@symbolon/service/http-client'
import type { Log } from '@symbolon/service/log'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemorySuspensionStore } from './adapters/memory-suspension-store.ts'
import type { SuspensionStore } from './flows/suspension-store.ts'
import { createMemoryAuthorizationStore } from './adapters/memory-authorization-store.ts'
import type { IssuerConfig } from './config.ts'
import type { AuthorizationStore } from './flows/authorization-store.ts'
import { startLink } from './link.ts'

const issuerId = 'a'.repeat(32)
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

type Received = { readonly message: IsoMessage; readonly socket: Socket; readonly dialect: IsoDialect }
/** What the scripted front does with a message that is not 0800. */
type Script = (received: Received, index: number) => void

/** A front that does as it is told: reads real frames over TCP, signs on, answers or misbehaves by script. */
async function startFront(script: Script, dialect: IsoDialect = 'bcd', port = 0) {
  const received: IsoMessage[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    let rest = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (segment) => {
      rest = Buffer.concat([rest, segment])
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const size = rest.readUInt16BE(0)
        const parsed = parseMessage(dialect, rest.subarray(2, 2 + size))
        rest = rest.subarray(2 + size)
        if (!parsed.ok) throw new Error('link sent a message that cannot be read')
        if (parsed.value.messageType === '0800') answer({ message: parsed.value, socket, dialect }, { responseCode: '00' })
        else {
          received.push(parsed.value)
          script({ message: parsed.value, socket, dialect }, received.length - 1)
        }
      }
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  closing.push(() => (server.listening ? close() : undefined))
  const address = server.address()
  return { received, close, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

function answer({ message, socket, dialect }: Received, fields: IsoFields): void {
  const response = createAnswer(message, fields)
  const encoded = response === undefined ? undefined : encodeMessage(dialect, response)
  if (encoded?.ok !== true) throw new Error('the scripted answer cannot be written')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(encoded.value.length)
  socket.write(Buffer.concat([length, encoded.value]))
}

const approve: Script = (received) => answer(received, { responseCode: '00', authorizationIdResponse: '012345' })
const acknowledgeReversals: Script = (received) => {
  if (received.message.messageType.startsWith('042')) answer(received, { responseCode: '00' })
}

function createTestLog() {
  const lines: string[] = []
  const write = (message: string, fields: object = {}): number => lines.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { info: write, warn: write, error: (message, error) => write(`ERROR ${message} ${String(error)}`) }
  return { lines, log }
}

type Options = {
  readonly dialect?: IsoDialect
  readonly store?: AuthorizationStore
  readonly suspensions?: SuspensionStore
  readonly issuer?: Partial<IssuerConfig>
  readonly answerWithinMs?: number
}

async function startTestLink(
  port: number,
  {
    dialect = 'bcd',
    store = createMemoryAuthorizationStore(),
    suspensions = createMemorySuspensionStore(),
    issuer = {},
    answerWithinMs = 5_000,
  }: Options = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'link-'))
  const { lines, log } = createTestLog()
  const config = {
    listen: { socketPath: join(folder, 'link.sock') },
    answerWithinMs,
    issuers: [
      {
        issuerId,
        address: { host: '127.0.0.1', port },
        dialect,
        acquiringInstitutionId: '9410001',
        terminalId: 'SYMB0001',
        answerTimeoutMs: 5_000,
        reversalTimeoutMs: 150,
        reversalRetryMs: 10,
        longestReversalRetryMs: 20,
        reconnectMs: 10,
        longestReconnectMs: 20,
        ...issuer,
      },
    ],
  }
  const link = await startLink({ config, store, suspensions, log })
  const client = createPeerClient({ socketPath: link.address }, { timeoutMs: 10_000, maximumBytes: 10_000 })
  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    client.close()
    await link.close()
    rmSync(folder, { recursive: true, force: true })
  }
  closing.push(close)
  const ask = async (request: AuthorizationRequest) => client.call('POST', '/authorizations', request)
  const look = async (paymentId: string) =>
    (await client.call('GET', `/authorizations/${paymentId}`)).body as AuthorizationAnswer | undefined
  const health = async () => (await client.call('GET', '/healthz')).body
  return { ask, look, health, client, lines, store, close, address: link.address }
}

async function startConnected(port: number, options: Options = {}) {
  const link = await startTestLink(port, options)
  await until(async () => JSON.stringify(await link.health()).includes('connected'))
  return link
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 5_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
}

function request(number = 1, change: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
  const bytes = (size: number): string => bytesToBase64url(new Uint8Array(size).fill(number))
  return {
    paymentId: number.toString(16).padStart(32, '0'),
    issuerId,
    tokenReferenceId: 'b'.repeat(32),
    merchantId: 'c'.repeat(32),
    merchantName: '하늘 커피',
    amountMinorUnits: '12000',
    currency: 'KRW',
    instalmentMonths: 3,
    channel: 1,
    signed: { message: bytes(187), signature: bytes(64), deviceKeyKind: 0, deviceSignature: bytes(64) },
    ...change,
  }
}

function isReversed(link: { look(paymentId: string): Promise<AuthorizationAnswer | undefined> }, number = 1): () => Promise<boolean> {
  return async () => (await link.look(request(number).paymentId))?.outcome === 'reversed'
}

const types = (messages: readonly IsoMessage[]): readonly string[] => messages.map(({ messageType }) => messageType)

describe('an authorization that is answered', () => {
  it.each(['ascii', 'bcd'] as const)('is approved in the %s dialect, and was pending in the store before it left', async (dialect) => {
    const store = createMemoryAuthorizationStore()
    const storedOnArrival: (string | undefined)[] = []
    const front = await startFront((received) => {
      void store.find(request().paymentId).then((found) => {
        storedOnArrival.push(found?.outcome.kind)
        approve(received, 0)
      })
    }, dialect)
    const link = await startConnected(front.port, { dialect, store })
    const { status, body } = await link.ask(request())
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { outcome: 'approved', responseCode: '00', authorizationIdResponse: '012345' },
    })
    expect(storedOnArrival).toEqual(['pending'])
    expect(await link.look(request().paymentId)).toEqual(body)

    const [message] = front.received
    expect(message).toMatchObject({
      messageType: '0200',
      fields: {
        systemsTraceAuditNumber: '000001',
        retrievalReferenceNumber: (body as AuthorizationAnswer).retrievalReferenceNumber,
        cardAcceptorNameLocation: 'haneul keopi'.padEnd(40, ' '),
        transactionAmount: '000000012000',
        transactionCurrencyCode: '410',
        posEntryMode: '810',
      },
    })
    for (const absent of ['primaryAccountNumber', 'expirationDate', 'track2Data'] as const) expect(message?.fields[absent]).toBeUndefined()
    const data = message?.fields.additionalData ?? new Uint8Array(0)
    const raw = dialect === 'bcd' ? { ok: true as const, value: data } : parseBase64(new TextDecoder().decode(data))
    const elements = raw.ok ? parseTlv(raw.value) : undefined
    expect(elements?.ok === true && elements.value.map(({ tag, value }) => [tag, value.length])).toEqual([
      ['C1', 16],
      ['C2', 187],
      ['C3', 64],
      ['C4', 1],
      ['C5', 64],
    ])
  })

  it.each([
    ['51', 'insufficient-funds'],
    ['91', 'issuer-unavailable'],
    ['N7', 'unknown-response-code'],
  ])('is declined with %s as %s', async (responseCode, reason) => {
    const front = await startFront((received) => answer(received, { responseCode }))
    const link = await startConnected(front.port)
    expect((await link.ask(request())).body).toMatchObject({ outcome: 'declined', responseCode, reason })
    expect(types(front.received)).toEqual(['0200'])
  })

  it('is asked once, however often edge asks', async () => {
    const front = await startFront(approve)
    const link = await startConnected(front.port)
    const answers = await Promise.all(Array.from({ length: 5 }, () => link.ask(request())))
    const outcomes = answers.map(({ body }) => (body as AuthorizationAnswer).outcome)
    expect(outcomes.filter((outcome) => outcome !== 'pending')).toContain('approved')
    expect((await link.ask(request())).body).toMatchObject({ outcome: 'approved' })
    expect(front.received).toHaveLength(1)
    expect(await link.ask(request(1, { amountMinorUnits: '12001' }))).toMatchObject({
      status: 422,
      body: { code: 'REQUEST_IDEMPOTENCY_CONFLICT' },
    })
    expect(front.received).toHaveLength(1)
  })

  it('many at once keep their own answers and numbers', async () => {
    const front = await startFront((received) =>
      setTimeout(
        () => answer(received, { responseCode: received.message.fields.transactionAmount?.endsWith('7') === true ? '51' : '00' }),
        1,
      ),
    )
    const link = await startConnected(front.port)
    const numbers = Array.from({ length: 200 }, (_unused, index) => index + 1)
    const answers = await Promise.all(numbers.map((number) => link.ask(request(number, { amountMinorUnits: String(number) }))))
    answers.forEach(({ body }, index) => expect(body).toMatchObject({ outcome: (index + 1) % 10 === 7 ? 'declined' : 'approved' }))
    const references = front.received.map(({ fields }) => fields.retrievalReferenceNumber)
    expect(new Set(references).size).toBe(200)
    expect(new Set(front.received.map(({ fields }) => fields.systemsTraceAuditNumber)).size).toBe(200)
  })

  it('twice counts once, and the second is dropped', async () => {
    const front = await startFront((received) => {
      approve(received, 0)
      answer(received, { responseCode: '05' })
    })
    const link = await startConnected(front.port)
    expect((await link.ask(request())).body).toMatchObject({ outcome: 'approved' })
    await until(() => link.lines.some((line) => line.includes('late or second answer')))
    expect(await link.look(request().paymentId)).toMatchObject({ outcome: 'approved' })
  })

  it('is stored although the database was away when the answer came', async () => {
    const memory = createMemoryAuthorizationStore()
    let failures = 2
    const store: AuthorizationStore = {
      ...memory,
      settle: async (...settled) => {
        if (failures > 0) {
          failures -= 1
          // Stored, but reported as failed: the repeat must change nothing.
          if (failures === 0) await memory.settle(...settled)
          throw new Fault('SERVICE_FAULT', { retry: 'later' })
        }
        return memory.settle(...settled)
      },
    }
    const front = await startFront(approve)
    const link = await startConnected(front.port, { store })
    expect((await link.ask(request())).body).toMatchObject({ outcome: 'approved' })
    expect(failures).toBe(0)
  })

  it('later than edge wants to wait is pending first', async () => {
    const front = await startFront((received) => setTimeout(() => approve(received, 0), 60))
    const link = await startConnected(front.port, { answerWithinMs: 10 })
    expect((await link.ask(request())).body).toEqual({ outcome: 'pending' })
    expect(await link.look(request().paymentId)).toMatchObject({ outcome: 'pending' })
    await until(async () => (await link.look(request().paymentId))?.outcome === 'approved')
  })
})

const impatient: Options = { issuer: { answerTimeoutMs: 60 } }

describe('an authorization that is not answered', () => {
  it('is unanswered, then reversed: 0420 once, 0421 until the issuer has heard', async () => {
    const front = await startFront((received, index) => {
      if (index === 3) acknowledgeReversals(received, index)
    })
    const link = await startConnected(front.port, impatient)
    expect((await link.ask(request())).body).toMatchObject({ outcome: 'unanswered' })
    await until(isReversed(link))
    expect(types(front.received)).toEqual(['0200', '0420', '0421', '0421'])
    const [original, first, second] = front.received
    expect(first?.fields.retrievalReferenceNumber).toBe(original?.fields.retrievalReferenceNumber)
    expect(first?.fields.systemsTraceAuditNumber).not.toBe(original?.fields.systemsTraceAuditNumber)
    expect(first?.fields.originalDataElements).toBe(
      `0200${original?.fields.systemsTraceAuditNumber}${original?.fields.transmissionDateTime}0000941000100000000000`,
    )
    expect(second).toEqual({ ...first, messageType: '0421' })
  })

  it('a late approval does not bring it back', async () => {
    let late: Received | undefined
    const front = await startFront((received, index) => {
      if (received.message.messageType === '0200') late = received
      else if (late !== undefined) {
        approve(late, index)
        acknowledgeReversals(received, index)
      }
    })
    const link = await startConnected(front.port, impatient)
    expect((await link.ask(request())).body).toMatchObject({ outcome: 'unanswered' })
    await until(isReversed(link))
    expect(link.lines.some((line) => line.includes('late or second answer') && line.includes('0210 00'))).toBe(true)
  })

  it('an acknowledgement slower than its timer ends the reversal all the same', async () => {
    const front = await startFront((received, index) => {
      if (index === 1) setTimeout(() => acknowledgeReversals(received, index), 60)
    })
    const link = await startConnected(front.port, {
      issuer: { answerTimeoutMs: 60, reversalTimeoutMs: 15, reversalRetryMs: 400, longestReversalRetryMs: 400 },
    })
    await link.ask(request())
    await until(isReversed(link))
    expect(types(front.received)).toEqual(['0200', '0420'])
  })

  it('a stranger’s acknowledgement does not', async () => {
    const front = await startFront((received, index) => {
      if (index === 1) answer(received, { responseCode: '00', systemsTraceAuditNumber: '999999' })
      if (index === 2)
        answer(received, { responseCode: '00', retrievalReferenceNumber: '000000000000', cardAcceptorTerminalId: 'SYMB0002' })
      if (index === 3) acknowledgeReversals(received, index)
    })
    const link = await startConnected(front.port, impatient)
    await link.ask(request())
    await until(isReversed(link))
    expect(types(front.received)).toEqual(['0200', '0420', '0421', '0421'])
  })

  it('a connection that dies after the message is silence too; the reversal goes over the next one', async () => {
    const front = await startFront((received, index) => {
      if (index === 0) received.socket.destroy()
      else acknowledgeReversals(received, index)
    })
    const link = await startConnected(front.port)
    expect((await link.ask(request())).body).toMatchObject({ outcome: 'unanswered' })
    await until(isReversed(link))
    expect(types(front.received)).toEqual(['0200', '0420'])
  })

  it.each<[string, Script]>([
    ['garbage in a good frame', ({ socket }) => socket.write(Buffer.from('0007garbage'.replace('0007', '\u0000\u0007'), 'latin1'))],
    ['a stream that cannot be framed', ({ socket }) => socket.write(Buffer.of(0xff, 0xff))],
    ['an approval of another amount', (received) => answer(received, { responseCode: '00', transactionAmount: '000000000001' })],
    ['an answer without DE 39', (received) => answer(received, {})],
    ['an answer to somebody else', (received) => answer(received, { responseCode: '00', systemsTraceAuditNumber: '999999' })],
  ])('%s approves nothing and is reversed', async (_name, misbehave) => {
    const front = await startFront((received, index) => (index === 0 ? misbehave(received, index) : acknowledgeReversals(received, index)))
    const link = await startConnected(front.port, impatient)
    expect((await link.ask(request())).body).toMatchObject({ outcome: 'unanswered' })
    await until(isReversed(link))
  })

  it('several are reversed in order, one in flight', async () => {
    let inFlight = 0
    const front = await startFront((received, index) => {
      if (!received.message.messageType.startsWith('042')) return
      inFlight += 1
      expect(inFlight).toBe(1)
      setTimeout(() => {
        inFlight -= 1
        acknowledgeReversals(received, index)
      }, 5)
    })
    const link = await startConnected(front.port, { issuer: { answerTimeoutMs: 60, reversalTimeoutMs: 2_000 } })
    for (const number of [1, 2, 3]) await link.ask(request(number))
    await until(async () => (await Promise.all([1, 2, 3].map((number) => isReversed(link, number)()))).every(Boolean))
    const references = (type: string) =>
      front.received.filter(({ messageType }) => messageType === type).map(({ fields }) => fields.retrievalReferenceNumber)
    expect(references('0420')).toEqual(references('0200'))
  })
})

describe('a session that is not there', () => {
  it('nothing is sent, nothing has to be reversed, and the answer stays the same', async () => {
    const closedPort = await startFront(approve)
    await closedPort.close()
    const link = await startTestLink(closedPort.port)
    expect((await link.ask(request())).body).toEqual({ outcome: 'unsent', reason: 'issuer-unavailable' })
    expect(await link.health()).toEqual({ ok: true, issuers: { [issuerId]: 'down' } })
    const front = await startFront(approve, 'bcd', closedPort.port)
    await until(async () => JSON.stringify(await link.health()).includes('connected'))
    expect((await link.ask(request())).body).toEqual({ outcome: 'unsent', reason: 'issuer-unavailable' })
    expect(front.received).toEqual([])
    expect((await link.ask(request(2))).body).toMatchObject({ outcome: 'approved' })
  })
})

describe('a restart', () => {
  it('reverses what the last process left pending, and goes on with repeats where it stopped', async () => {
    const store = createMemoryAuthorizationStore()
    const silent = await startFront(() => undefined)
    const first = await startConnected(silent.port, { store, ...impatient })
    expect((await first.ask(request(1))).body).toMatchObject({ outcome: 'unanswered' })
    await until(() => types(silent.received).includes('0420'))
    // As after kill -9 between sending and the answer: a second row is still pending.
    const stored = await store.find(request(1).paymentId)
    if (stored === undefined) throw new Error('the first authorization is stored')
    await store.insert({ ...stored, paymentId: request(2).paymentId, outcome: { kind: 'pending' } }, 1)
    await first.close()
    await silent.close()

    const front = await startFront(acknowledgeReversals)
    const second = await startConnected(front.port, { store })
    await until(isReversed(second, 1))
    await until(isReversed(second, 2))
    expect(types(front.received)).toEqual(['0421', '0420'])
    expect(second.lines.some((line) => line.includes('earlier process') && line.includes('"count":1'))).toBe(true)
  })

  it('a stop in mid-exchange leaves a reversal behind, not a guess', async () => {
    const store = createMemoryAuthorizationStore()
    const silent = await startFront(() => undefined)
    const link = await startConnected(silent.port, { store, issuer: { answerTimeoutMs: 60_000 }, answerWithinMs: 5 })
    expect((await link.ask(request())).body).toEqual({ outcome: 'pending' })
    await link.close()
    expect((await store.find(request().paymentId))?.outcome).toEqual({ kind: 'unanswered' })
    expect((await store.findOwedReversal(issuerId))?.attempts).toBe(0)
  })
})

describe('the door', () => {
  it.each<[string, object, number, string, string | undefined]>([
    ['an issuer nobody knows', request(1, { issuerId: 'd'.repeat(32) }), 422, 'ISSUER_UNKNOWN', undefined],
    ['a channel without an entry mode', request(1, { channel: 200 }), 400, 'REQUEST_INVALID', '/channel'],
    ['an amount of zero', request(1, { amountMinorUnits: '0' }), 400, 'REQUEST_INVALID', '/amountMinorUnits'],
    ['a member that is not in the contract', { ...request(), pan: '4111111111111111' }, 400, 'REQUEST_INVALID', undefined],
    [
      'a signature cut short',
      request(1, { signed: { ...request().signed, signature: 'AAAA' } }),
      400,
      'REQUEST_INVALID',
      '/signed/signature',
    ],
  ])('refuses %s', async (...[, body, status, code, param]) => {
    const front = await startFront(approve)
    const link = await startConnected(front.port)
    const answered = await link.client.call('POST', '/authorizations', body)
    expect(answered).toMatchObject({ status, body: { code, ...(param === undefined ? {} : { param }) } })
    expect(JSON.stringify(answered.body)).not.toContain('4111')
    expect(front.received).toEqual([])
  })

  it('does not know a payment that was never asked for', async () => {
    const link = await startTestLink(1)
    expect(await link.client.call('GET', `/authorizations/${'e'.repeat(32)}`)).toMatchObject({
      status: 404,
      body: { code: 'REQUEST_NOT_FOUND' },
    })
    expect((await link.client.call('GET', '/authorizations/nonsense')).status).toBe(400)
  })

  it('tells the state of every session, on a socket that only its owner may open', async () => {
    const front = await startFront(approve)
    const link = await startConnected(front.port)
    expect(await link.health()).toEqual({ ok: true, issuers: { [issuerId]: 'connected' } })
    expect(statSync(link.address).mode & 0o077).toBe(0)
    await front.close()
    await until(async () => JSON.stringify(await link.health()).includes('down'))
  })
})

describe('a wallet that froze', () => {
  const suspension: TokenSuspension = {
    walletId: 'c'.repeat(32),
    tokenReferenceId: 'd'.repeat(32),
    issuerId,
    cause: 'alarm',
  }
  const tell = async (link: Awaited<ReturnType<typeof startConnected>>, change: Partial<TokenSuspension> = {}) =>
    link.client.call('POST', '/suspensions', { ...suspension, ...change })
  const isTold = (link: Awaited<ReturnType<typeof startConnected>>) => async (): Promise<boolean> => {
    const answer = await tell(link)
    return JSON.stringify(answer.body) === '{"state":"acknowledged"}'
  }

  it.each(['bcd', 'ascii'] as const)(
    'is told in %s as 0300, repeated as 0301, until the issuer says that it has understood',
    async (dialect) => {
      const codes = [undefined, '96', undefined, '00']
      const front = await startFront((received, index) => {
        const responseCode = codes[index]
        if (responseCode !== undefined) answer(received, { responseCode })
      }, dialect)
      const link = await startConnected(front.port, { ...impatient, dialect })
      expect((await tell(link)).body).toEqual({ state: 'queued' })
      await until(isTold(link))
      expect(types(front.received)).toEqual(['0300', '0301', '0301', '0301'])
      const [first, second] = front.received
      expect(second).toEqual({ ...first, messageType: '0301' })
      expect(first?.fields).toMatchObject({ fileUpdateCode: '2', fileName: 'TOKEN-STATE', acquiringInstitutionId: '9410001' })
      const data = first?.fields.additionalData ?? new Uint8Array()
      const bytes = dialect === 'bcd' ? data : Buffer.from(Buffer.from(data).toString(), 'base64')
      expect(Buffer.from(bytes).toString('hex')).toBe(`c110${'d'.repeat(32)}c610${'c'.repeat(32)}c70101`)
    },
  )

  it.each(['12', '25', '30'])('needs no second word after %s', async (responseCode) => {
    const front = await startFront((received) => answer(received, { responseCode }))
    const link = await startConnected(front.port)
    await tell(link)
    await until(isTold(link))
    expect(types(front.received)).toEqual(['0300'])
    expect(link.lines.join()).toContain('acknowledged with another code')
  })

  it('is told after a restart and when the session comes up, each token once', async () => {
    const suspensions = createMemorySuspensionStore()
    const silent = await startFront(() => undefined)
    const before = await startConnected(silent.port, { ...impatient, suspensions })
    await tell(before)
    await tell(before, { tokenReferenceId: 'e'.repeat(32), cause: 'stop-code' })
    await before.close()
    const front = await startFront((received) => answer(received, { responseCode: '00' }))
    const link = await startConnected(front.port, { ...impatient, suspensions })
    await until(isTold(link))
    await until(async () => (await suspensions.findOwed(issuerId)) === undefined)
    const told = front.received.map(({ fields }) =>
      Buffer.from(fields.additionalData ?? [])
        .toString('hex')
        .slice(-2),
    )
    expect(told).toEqual(['01', '02'])
  })

  it('is refused for an issuer that is not connected, and in another form', async () => {
    const front = await startFront(() => undefined)
    const link = await startConnected(front.port)
    expect((await tell(link, { issuerId: 'f'.repeat(32) })).status).toBe(422)
    expect((await link.client.call('POST', '/suspensions', { ...suspension, cause: 'boredom' })).status).toBe(400)
  })
})
