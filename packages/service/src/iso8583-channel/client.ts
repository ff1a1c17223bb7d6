import { connect, type Socket } from 'node:net'
import { encodeMessage, parseMessage, responseTypeOf, type IsoMessage } from '@symbolon/formats/iso8583'
import { assert } from '@symbolon/formats/result'
import { createFrameReader, frame } from './framing.ts'
import { answerNetworkManagement, echo, matchingKey, networkManagementRequest, signOn } from './session-messages.ts'
import type { IsoClient, IsoClientOptions, IsoClientState, IsoExchange } from './types.ts'

type Waiting = { readonly socket: Socket; readonly answerType: string; readonly settle: (exchange: IsoExchange) => void }
type Client = {
  readonly options: Required<Omit<IsoClientOptions, 'onReport' | 'onState'>> & Pick<IsoClientOptions, 'onReport' | 'onState'>
  readonly waitingByKey: Map<string, Waiting>
  readonly connectedListeners: Set<() => void>
  socket: Socket | undefined
  state: IsoClientState
  closed: boolean
  failures: number
  traceNumber: number
  reconnectTimer: NodeJS.Timeout | undefined
}

const missedEchoesAllowed = 3
const defaults = {
  answerTimeoutMs: 10_000,
  echoIntervalMs: 30_000,
  echoTimeoutMs: 5_000,
  reconnectMs: 100,
  longestReconnectMs: 5_000,
  maximumInFlight: 20_000,
}

/** Connects at once and again whenever the connection ends, until closed. */
export function createIsoClient(options: IsoClientOptions): IsoClient {
  const client: Client = {
    options: { ...defaults, ...options },
    waitingByKey: new Map(),
    connectedListeners: new Set(),
    socket: undefined,
    state: 'down',
    closed: false,
    failures: 0,
    traceNumber: 0,
    reconnectTimer: undefined,
  }
  open(client)
  return {
    state: () => client.state,
    send: (request, { answerTimeoutMs = client.options.answerTimeoutMs } = {}) =>
      client.state === 'connected' && client.socket !== undefined
        ? exchange(client, client.socket, request, answerTimeoutMs)
        : Promise.resolve({ kind: 'unsent', reason: 'no-session' }),
    whenConnected: (timeoutMs) => whenConnected(client, timeoutMs),
    close: () => close(client),
  }
}

function open(client: Client): void {
  const { host, port } = client.options.address
  const socket = connect({ host, port, noDelay: true, keepAlive: true, timeout: client.options.echoTimeoutMs })
  client.socket = socket
  const read = createFrameReader()
  let idle: NodeJS.Timeout | undefined
  let missed = 0
  const check = async (): Promise<void> => {
    idle = undefined
    const { kind } = await manage(client, socket, echo)
    if (socket.destroyed) return
    missed = kind === 'answered' ? 0 : missed + 1
    if (missed >= missedEchoesAllowed) socket.destroy()
    else rest()
  }
  const rest = (): void => {
    clearTimeout(idle)
    if (!socket.destroyed) idle = setTimeout(() => void check(), client.options.echoIntervalMs)
  }
  // The timeout is for the connection attempt alone; afterwards the echo decides.
  socket.on('timeout', () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('connect', () => {
    socket.setTimeout(0)
    void signOnTo(client, socket).then(rest)
  })
  socket.on('data', (segment) => {
    missed = 0
    idle?.refresh()
    const { messages, broken } = read(segment)
    for (const bytes of messages) receive(client, socket, bytes)
    if (!broken) return
    client.options.onReport?.({ kind: 'frame', reason: 'frame-length' })
    socket.destroy()
  })
  socket.on('close', () => {
    clearTimeout(idle)
    ended(client, socket)
  })
}

async function signOnTo(client: Client, socket: Socket): Promise<void> {
  const signedOn = await manage(client, socket, signOn)
  if (socket.destroyed || client.closed) return
  if (signedOn.kind !== 'answered' || signedOn.answer.fields.responseCode !== '00') {
    socket.destroy()
    return
  }
  client.state = 'connected'
  client.failures = 0
  client.options.onState?.('connected')
  for (const listener of client.connectedListeners) listener()
}

function manage(client: Client, socket: Socket, code: string): Promise<IsoExchange> {
  client.traceNumber = (client.traceNumber % 999_999) + 1
  return exchange(client, socket, networkManagementRequest(code, client.traceNumber, new Date()), client.options.echoTimeoutMs)
}

// Everything that can refuse comes before the one write: after it the request counts as sent.
function exchange(client: Client, socket: Socket, request: IsoMessage, answerTimeoutMs: number): Promise<IsoExchange> {
  const answerType = responseTypeOf(request.messageType)
  assert(answerType !== undefined, 'only a request or an advice is sent by a client')
  const encoded = encodeMessage(client.options.dialect, request)
  if (!encoded.ok) return Promise.resolve({ kind: 'unsent', reason: 'not-encodable', problem: encoded.problem })
  const key = matchingKey(request)
  if (client.waitingByKey.has(key)) return Promise.resolve({ kind: 'unsent', reason: 'duplicate-trace' })
  if (client.waitingByKey.size >= client.options.maximumInFlight) return Promise.resolve({ kind: 'unsent', reason: 'too-many' })
  if (!socket.writable) return Promise.resolve({ kind: 'unsent', reason: 'no-session' })
  return new Promise((resolve) => {
    const settle = (result: IsoExchange): void => {
      clearTimeout(timer)
      client.waitingByKey.delete(key)
      resolve(result)
    }
    const timer = setTimeout(() => settle({ kind: 'unanswered', reason: 'timeout' }), answerTimeoutMs)
    client.waitingByKey.set(key, { socket, answerType, settle })
    socket.write(frame(encoded.value))
  })
}

function receive(client: Client, socket: Socket, bytes: Uint8Array): void {
  const { dialect, onReport } = client.options
  const parsed = parseMessage(dialect, bytes)
  if (!parsed.ok) {
    const { field, reason } = parsed.problem
    onReport?.({ kind: 'malformed', ...(field === undefined ? {} : { field }), reason })
    return
  }
  const message = parsed.value
  const waiting = client.waitingByKey.get(matchingKey(message))
  if (waiting !== undefined && waiting.answerType === message.messageType && waiting.socket === socket) {
    waiting.settle({ kind: 'answered', answer: message })
    return
  }
  if (responseTypeOf(message.messageType) === undefined) {
    onReport?.({ kind: 'unmatched-answer', message })
    return
  }
  const encoded = answerOf(client, message)
  if (encoded !== undefined) socket.write(frame(encoded))
  else onReport?.({ kind: 'unexpected-message', reason: 'no-answer-expected' })
}

function answerOf(client: Client, message: IsoMessage): Uint8Array | undefined {
  const response = answerNetworkManagement(message)
  if (response === undefined) return undefined
  const encoded = encodeMessage(client.options.dialect, response)
  return encoded.ok ? encoded.value : undefined
}

function ended(client: Client, socket: Socket): void {
  for (const waiting of client.waitingByKey.values()) {
    if (waiting.socket === socket) waiting.settle({ kind: 'unanswered', reason: 'disconnected' })
  }
  if (client.state === 'connected') {
    client.state = 'down'
    client.options.onState?.('down')
  }
  if (client.closed) return
  const { reconnectMs, longestReconnectMs } = client.options
  const pause = Math.min(longestReconnectMs, reconnectMs * 2 ** Math.min(client.failures, 16))
  client.failures += 1
  client.reconnectTimer = setTimeout(() => open(client), pause)
}

function whenConnected(client: Client, timeoutMs: number): Promise<boolean> {
  if (client.state === 'connected') return Promise.resolve(true)
  return new Promise((resolve) => {
    const finish = (result: boolean): void => {
      clearTimeout(timer)
      client.connectedListeners.delete(listener)
      resolve(result)
    }
    const listener = (): void => finish(true)
    const timer = setTimeout(() => finish(false), timeoutMs)
    client.connectedListeners.add(listener)
  })
}

async function close(client: Client): Promise<void> {
  client.closed = true
  clearTimeout(client.reconnectTimer)
  const socket = client.socket
  if (socket === undefined || socket.destroyed) return
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.destroy()
  await closed
}
