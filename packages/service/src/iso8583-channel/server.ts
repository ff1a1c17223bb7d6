import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createAnswer, encodeMessage, readMessage, responseTypeOf, type IsoMessage, type MessageReading } from '@symbolon/formats/iso8583'
import { Fault } from '@symbolon/formats/result'
import { createFrameReader, frame } from './framing.ts'
import { answerNetworkManagement } from './session-messages.ts'
import type { IsoServer, IsoServerOptions, IsoSession } from './types.ts'

// A peer that does not read its answers loses the connection before it costs memory.
const maximumUnreadBytes = 4 * 1_024 * 1_024

/** Listens for peers and hands their messages to `handle`; many at a time, answered as they are ready. */
export async function listenIso(options: IsoServerOptions): Promise<IsoServer> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serve(socket, options)
  })
  server.maxConnections = options.maximumConnections ?? 64
  await listening(server, options.listen)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server that listens has this kind of address
  const { address, port } = server.address() as AddressInfo
  return {
    address: { host: address, port },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function listening(server: Server, { host, port }: IsoServerOptions['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new Fault('ISO8583_LISTEN', { retry: 'never', cause })))
    server.listen(port, host, () => resolve())
  })
}

function serve(socket: Socket, options: IsoServerOptions): void {
  const read = createFrameReader()
  const session: IsoSession = { send: (message) => write(socket, options, message) }
  const limit = options.maximumInFlight ?? 5_000
  let inFlight = 0
  const settle = (): void => {
    inFlight -= 1
    if (inFlight < limit && socket.isPaused()) socket.resume()
  }
  socket.on('error', () => socket.destroy())
  socket.on('data', (segment) => {
    const { messages, broken } = read(segment)
    for (const bytes of messages) {
      inFlight += 1
      void answer(socket, options, session, bytes).finally(settle)
    }
    if (inFlight >= limit) socket.pause()
    if (!broken) return
    options.onReport?.({ kind: 'frame', reason: 'frame-length' })
    socket.destroy()
  })
}

async function answer(socket: Socket, options: IsoServerOptions, session: IsoSession, bytes: Uint8Array): Promise<void> {
  const reading = readMessage(options.dialect, bytes)
  if (reading.problem !== undefined || reading.messageType === undefined) return refuse(socket, options, reading)
  const message = { messageType: reading.messageType, fields: reading.fields }
  const management = answerNetworkManagement(message)
  if (management !== undefined) return session.send(management)
  if (responseTypeOf(message.messageType) === undefined) {
    options.onReport?.({ kind: 'unexpected-message', reason: 'no-answer-expected' })
    return
  }
  try {
    const response = await options.handle(message, session)
    if (response !== undefined) session.send(response)
  } catch (error) {
    options.onFault?.(error)
  }
}

// With a message type, DE 11 and DE 41 read, the other side can be told (DE 39 = 30); otherwise nothing it sends can be trusted.
function refuse(socket: Socket, options: IsoServerOptions, reading: MessageReading): void {
  const { messageType = '', fields, problem } = reading
  options.onReport?.({
    kind: 'malformed',
    ...(problem?.field === undefined ? {} : { field: problem.field }),
    reason: problem?.reason ?? 'message-type',
  })
  const isAddressable = fields.systemsTraceAuditNumber !== undefined && fields.cardAcceptorTerminalId !== undefined
  const response = isAddressable ? createAnswer({ messageType, fields }, { responseCode: '30' }) : undefined
  if (response === undefined) socket.destroy()
  else write(socket, options, response)
}

function write(socket: Socket, options: IsoServerOptions, message: IsoMessage): void {
  const encoded = encodeMessage(options.dialect, message)
  if (!encoded.ok) {
    const { field, reason } = encoded.problem
    options.onReport?.({ kind: 'unencodable', ...(field === undefined ? {} : { field }), reason })
    return
  }
  if (!socket.writable) return
  socket.write(frame(encoded.value))
  if (socket.writableLength <= maximumUnreadBytes) return
  options.onReport?.({ kind: 'frame', reason: 'slow-reader' })
  socket.destroy()
}
