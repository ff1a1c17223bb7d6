import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { createAnswer, encodeMessage, parseMessage, type IsoMessage } from '@symbolon/formats/iso8583'
import { afterEach, describe, expect, it } from 'vitest'
import { createFrameReader, frame } from './framing.ts'
import { createIsoClient, listenIso, type IsoClient, type IsoClientOptions, type IsoReport, type IsoServerOptions } from './index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const loopback = { host: '127.0.0.1', port: 0 }

async function startServer(handle: IsoServerOptions['handle'], more: Partial<IsoServerOptions> = {}) {
  const reports: IsoReport[] = []
  const server = await listenIso({ listen: loopback, dialect: 'bcd', handle, onReport: (report) => reports.push(report), ...more })
  closing.push(() => server.close())
  return { server, reports, address: server.address }
}

function startClient(port: number, more: Partial<IsoClientOptions> = {}) {
  const reports: IsoReport[] = []
  const states: string[] = []
  const client = createIsoClient({
    address: { host: '127.0.0.1', port },
    dialect: 'bcd',
    reconnectMs: 10,
    longestReconnectMs: 20,
    onReport: (report) => reports.push(report),
    onState: (state) => states.push(state),
    ...more,
  })
  closing.push(() => client.close())
  return { client, reports, states }
}

function payment(trace: number): IsoMessage {
  return {
    messageType: '0200',
    fields: {
      processingCode: '000000',
      transactionAmount: String(trace).padStart(12, '0'),
      systemsTraceAuditNumber: String(trace).padStart(6, '0'),
      cardAcceptorTerminalId: 'TERM0001',
    },
  }
}

const approve = (message: IsoMessage) => Promise.resolve(createAnswer(message, { responseCode: '00' }))

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

describe('client and server', () => {
  it('answers thousands in flight on one connection, in another order', async () => {
    const held: (() => void)[] = []
    const count = 4_000
    const { address } = await startServer(
      (message) =>
        new Promise((resolve) => {
          held.push(() => resolve(createAnswer(message, { responseCode: '00' })))
          if (held.length === count) for (const release of held.toReversed()) release()
        }),
    )
    const { client } = startClient(address.port)
    expect(await client.whenConnected(5_000)).toBe(true)
    const exchanges = await Promise.all(Array.from({ length: count }, (_unused, index) => client.send(payment(index + 1))))
    exchanges.forEach((exchange, index) => {
      expect(exchange.kind === 'answered' && exchange.answer.messageType).toBe('0210')
      expect(exchange.kind === 'answered' && exchange.answer.fields.transactionAmount).toBe(String(index + 1).padStart(12, '0'))
    })
  })

  it('pauses reading above the limit and loses nothing', async () => {
    let running = 0
    let most = 0
    const { address } = await startServer(
      async (message) => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        return createAnswer(message, { responseCode: '00' })
      },
      { maximumInFlight: 10 },
    )
    const { client } = startClient(address.port)
    await client.whenConnected(5_000)
    const exchanges = await Promise.all(Array.from({ length: 3_000 }, (_unused, index) => client.send(payment(index + 1))))
    expect(exchanges.every(({ kind }) => kind === 'answered')).toBe(true)
    expect(most).toBeGreaterThan(1)
  })

  it('sends nothing without a session, and says so', async () => {
    const { client } = startClient(1)
    expect(await client.send(payment(1))).toEqual({ kind: 'unsent', reason: 'no-session' })
    expect(await client.whenConnected(30)).toBe(false)
  })

  it('refuses a trace number that is in flight, what cannot be written, and too many', async () => {
    const { address } = await startServer(() => new Promise(() => undefined))
    const { client } = startClient(address.port, { maximumInFlight: 2 })
    await client.whenConnected(5_000)
    const waiting = client.send(payment(1), { answerTimeoutMs: 100 })
    expect(await client.send(payment(1))).toEqual({ kind: 'unsent', reason: 'duplicate-trace' })
    expect(await client.send({ messageType: '0200', fields: { processingCode: 'x' } })).toMatchObject({
      kind: 'unsent',
      reason: 'not-encodable',
      problem: { field: 3 },
    })
    const second = client.send(payment(2), { answerTimeoutMs: 100 })
    expect(await client.send(payment(3))).toEqual({ kind: 'unsent', reason: 'too-many' })
    expect(await Promise.all([waiting, second])).toEqual(Array.from({ length: 2 }, () => ({ kind: 'unanswered', reason: 'timeout' })))
  })

  it('keeps payments and reversals with one trace number apart', async () => {
    const { address } = await startServer(approve)
    const { client } = startClient(address.port)
    await client.whenConnected(5_000)
    const [first, second] = await Promise.all([client.send(payment(1)), client.send({ ...payment(1), messageType: '0421' })])
    expect(first).toMatchObject({ kind: 'answered', answer: { messageType: '0210' } })
    expect(second).toMatchObject({ kind: 'answered', answer: { messageType: '0430' } })
  })

  it('drops a late answer and a second one, and reports them', async () => {
    const late: (() => void)[] = []
    const { address } = await startServer(async (message, session) => {
      const answer = await approve(message)
      if (answer === undefined) return undefined
      if (message.fields.systemsTraceAuditNumber === '000001') {
        late.push(() => session.send(answer))
        return undefined
      }
      session.send(answer)
      return answer
    })
    const { client, reports } = startClient(address.port)
    await client.whenConnected(5_000)
    expect(await client.send(payment(1), { answerTimeoutMs: 20 })).toEqual({ kind: 'unanswered', reason: 'timeout' })
    late.forEach((send) => send())
    expect(await client.send(payment(2))).toMatchObject({ kind: 'answered' })
    await until(() => reports.length === 2)
    expect(reports.map(({ kind, message }) => [kind, message?.fields.systemsTraceAuditNumber])).toEqual([
      ['unmatched-answer', '000001'],
      ['unmatched-answer', '000002'],
    ])
  })

  it('connects again after the server is gone, and says what was in flight', async () => {
    const { server, address } = await startServer(() => new Promise(() => undefined))
    const { client, states } = startClient(address.port)
    await client.whenConnected(5_000)
    const waiting = client.send(payment(1))
    await server.close()
    expect(await waiting).toEqual({ kind: 'unanswered', reason: 'disconnected' })
    expect(client.state()).toBe('down')
    expect(await client.send(payment(2))).toEqual({ kind: 'unsent', reason: 'no-session' })
    await startServer(approve, { listen: address })
    expect(await client.whenConnected(5_000)).toBe(true)
    expect(await client.send(payment(3))).toMatchObject({ kind: 'answered' })
    expect(states).toEqual(['connected', 'down', 'connected'])
  })

  it('a handler that throws stays silent and is reported', async () => {
    const faults: unknown[] = []
    const { address } = await startServer(() => Promise.reject(new Error('handler')), { onFault: (error) => faults.push(error) })
    const { client } = startClient(address.port)
    await client.whenConnected(5_000)
    expect(await client.send(payment(1), { answerTimeoutMs: 30 })).toEqual({ kind: 'unanswered', reason: 'timeout' })
    expect(faults).toHaveLength(1)
  })

  it('a taken port is a fault with a code', async () => {
    const { address } = await startServer(approve)
    await expect(listenIso({ listen: address, dialect: 'bcd', handle: approve })).rejects.toMatchObject({ code: 'ISO8583_LISTEN' })
  })
})

describe('a server before strangers', () => {
  async function startRaw() {
    const handled: IsoMessage[] = []
    const started = await startServer((message) => {
      handled.push(message)
      return approve(message)
    })
    const socket = connect({ ...started.address, noDelay: true })
    closing.push(() => socket.destroy())
    const answers: IsoMessage[] = []
    const read = createFrameReader()
    socket.on('data', (segment) => {
      for (const bytes of read(segment).messages) {
        const parsed = parseMessage('bcd', bytes)
        if (parsed.ok) answers.push(parsed.value)
      }
    })
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return { ...started, socket, answers, handled }
  }

  function bytesOf(message: IsoMessage): Uint8Array {
    const encoded = encodeMessage('bcd', message)
    if (!encoded.ok) throw new Error('the test message cannot be written')
    return encoded.value
  }

  it('reads messages that arrive byte by byte and joined', async () => {
    const { socket, answers } = await startRaw()
    const stream = Buffer.concat([1, 2, 3].map((trace) => frame(bytesOf(payment(trace)))))
    for (const byte of stream.subarray(0, 50)) socket.write(Buffer.of(byte))
    socket.write(stream.subarray(50))
    await until(() => answers.length === 3)
    expect(answers.map(({ fields }) => fields.systemsTraceAuditNumber)).toEqual(['000001', '000002', '000003'])
  })

  it('answers 30 when it can tell to whom, with field and reason reported', async () => {
    const { socket, answers, reports, handled } = await startRaw()
    const bytes = bytesOf({ ...payment(7), fields: { ...payment(7).fields, transactionCurrencyCode: '410' } })
    bytes[bytes.length - 1] = 0x41
    socket.write(frame(bytes))
    await until(() => answers.length === 1)
    expect(answers[0]).toMatchObject({ messageType: '0210', fields: { responseCode: '30', systemsTraceAuditNumber: '000007' } })
    expect(reports).toEqual([{ kind: 'malformed', field: 49, reason: 'wrong-characters' }])
    socket.write(frame(bytesOf(payment(8))))
    await until(() => answers.length === 2)
    expect(handled).toHaveLength(1)
  })

  it.each([
    ['garbage', frame(Buffer.from('GET / HTTP/1.1')), { kind: 'malformed', field: 0, reason: 'message-type' }],
    ['a message cut short', frame(bytesOf(payment(1)).subarray(0, 12)), { kind: 'malformed', field: 3, reason: 'truncated' }],
    ['a length of zero', Buffer.of(0, 0), { kind: 'frame', reason: 'frame-length' }],
    ['a length above 8 KiB', Buffer.of(0x20, 0x01), { kind: 'frame', reason: 'frame-length' }],
  ])('closes on %s and stays up for others', async (_name, bytes, report) => {
    const { socket, reports, address, handled } = await startRaw()
    socket.write(bytes)
    await once(socket, 'close')
    expect(reports).toEqual([report])
    expect(handled).toEqual([])
    const { client } = startClient(address.port)
    expect(await client.whenConnected(5_000)).toBe(true)
  })

  it('does not hand an answer to the handler', async () => {
    const { socket, reports, handled } = await startRaw()
    socket.write(frame(bytesOf({ ...payment(1), messageType: '0210' })))
    await until(() => reports.length === 1)
    expect(reports[0]).toMatchObject({ kind: 'unexpected-message' })
    expect(handled).toEqual([])
  })

  it('reports an answer of ours that cannot be written', async () => {
    const { address, reports } = await startServer((message) =>
      Promise.resolve({ ...message, messageType: '0210', fields: { responseCode: '0' } }),
    )
    const { client } = startClient(address.port)
    await client.whenConnected(5_000)
    expect(await client.send(payment(1), { answerTimeoutMs: 20 })).toMatchObject({ kind: 'unanswered' })
    expect(reports).toEqual([{ kind: 'unencodable', field: 39, reason: 'wrong-length' }])
  })
})

describe('a client before strangers', () => {
  type Script = (message: IsoMessage, socket: Socket, index: number) => void
  async function startPeer(script: Script) {
    const seen: IsoMessage[] = []
    const sockets: Socket[] = []
    const server: Server = createServer((socket) => {
      sockets.push(socket)
      const read = createFrameReader()
      socket.on('error', () => undefined)
      socket.on('data', (segment) => {
        for (const bytes of read(segment).messages) {
          const parsed = parseMessage('bcd', bytes)
          if (!parsed.ok) continue
          seen.push(parsed.value)
          script(parsed.value, socket, sockets.length)
        }
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const address = server.address()
    return { seen, sockets, port: typeof address === 'object' && address !== null ? address.port : 0 }
  }

  function reply(socket: Socket, message: IsoMessage | undefined): void {
    const encoded = message === undefined ? undefined : encodeMessage('bcd', message)
    if (encoded?.ok === true) socket.write(frame(encoded.value))
  }

  const signOnly: Script = (message, socket) => {
    if (message.fields.networkManagementInformationCode === '001') reply(socket, createAnswer(message, { responseCode: '00' }))
  }

  it('signs on first, and tries again when that is refused', async () => {
    const { seen, sockets, port } = await startPeer((message, socket, index) =>
      reply(socket, createAnswer(message, { responseCode: index < 3 ? '91' : '00' })),
    )
    const { client, states } = startClient(port)
    expect(await client.whenConnected(5_000)).toBe(true)
    expect(sockets).toHaveLength(3)
    expect(states).toEqual(['connected'])
    expect(seen.map(({ messageType, fields }) => [messageType, fields.networkManagementInformationCode])).toEqual(
      Array.from({ length: 3 }, () => ['0800', '001']),
    )
  })

  it('drops the connection after three echoes without an answer', async () => {
    const { seen, port } = await startPeer(signOnly)
    const { client, states } = startClient(port, { echoIntervalMs: 10, echoTimeoutMs: 10 })
    await client.whenConnected(5_000)
    await until(() => states.includes('down'))
    expect(seen.slice(0, 4).map(({ fields }) => fields.networkManagementInformationCode)).toEqual(['001', '301', '301', '301'])
    await until(() => states.length === 3)
  })

  it('keeps a connection whose echoes are answered', async () => {
    const { seen, port } = await startPeer((message, socket) => reply(socket, createAnswer(message, { responseCode: '00' })))
    const { client, states } = startClient(port, { echoIntervalMs: 5, echoTimeoutMs: 1_000 })
    await client.whenConnected(5_000)
    await until(() => seen.length > 6)
    expect(states).toEqual(['connected'])
  })

  it('reports garbage and goes on; breaks off a stream that cannot be framed', async () => {
    const { sockets, port } = await startPeer((message, socket) => {
      if (message.messageType === '0800') reply(socket, createAnswer(message, { responseCode: '00' }))
      else socket.write(frame(Buffer.from('garbage')))
    })
    const { client, reports } = startClient(port)
    await client.whenConnected(5_000)
    expect(await client.send(payment(1), { answerTimeoutMs: 30 })).toEqual({ kind: 'unanswered', reason: 'timeout' })
    expect(reports).toEqual([{ kind: 'malformed', field: 0, reason: 'message-type' }])
    expect(client.state()).toBe('connected')
    const waiting: Promise<unknown> = client.send(payment(2), { answerTimeoutMs: 5_000 })
    sockets.at(-1)?.write(Buffer.of(0xff, 0xff))
    expect(await waiting).toEqual({ kind: 'unanswered', reason: 'disconnected' })
  })

  it.each([
    ['of another message type', { messageType: '0230' }],
    ['with another terminal', { fields: { cardAcceptorTerminalId: 'TERM0002' } }],
    ['with another trace number', { fields: { systemsTraceAuditNumber: '999999' } }],
  ])('does not take an answer %s', async (_name, change) => {
    const { port } = await startPeer((message, socket) => {
      const answer = createAnswer(message, {
        responseCode: '00',
        ...('fields' in change && message.messageType === '0200' ? change.fields : {}),
      })
      if (answer === undefined) return
      reply(
        socket,
        message.messageType === '0200' && 'messageType' in change ? { ...answer, messageType: change.messageType ?? '' } : answer,
      )
    })
    const { client, reports } = startClient(port)
    await client.whenConnected(5_000)
    expect(await client.send(payment(1), { answerTimeoutMs: 50 })).toEqual({ kind: 'unanswered', reason: 'timeout' })
    expect(reports).toMatchObject([{ kind: 'unmatched-answer' }])
  })

  it('answers an echo of the other side, and no other request', async () => {
    const { seen, sockets, port } = await startPeer(signOnly)
    const { client, reports } = startClient(port)
    await client.whenConnected(5_000)
    const [socket] = sockets
    if (socket === undefined) throw new Error('no connection')
    reply(socket, { messageType: '0800', fields: { systemsTraceAuditNumber: '000009', networkManagementInformationCode: '301' } })
    reply(socket, payment(5))
    await until(() => seen.length === 2 && reports.length === 1)
    expect(seen[1]).toMatchObject({ messageType: '0810', fields: { responseCode: '00', systemsTraceAuditNumber: '000009' } })
    expect(reports[0]).toMatchObject({ kind: 'unexpected-message' })
  })

  it('closing ends what waits', async () => {
    const { port } = await startPeer(signOnly)
    const { client }: { client: IsoClient } = startClient(port)
    await client.whenConnected(5_000)
    const waiting = client.send(payment(1))
    await client.close()
    expect(await waiting).toEqual({ kind: 'unanswered', reason: 'disconnected' })
    expect(client.state()).toBe('down')
  })
})
