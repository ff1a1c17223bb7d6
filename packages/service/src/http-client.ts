import { Agent, request as httpRequest } from 'node:http'
import { Fault } from '@symbolon/formats/result'

export type PeerAddress = { readonly socketPath: string } | { readonly host: string; readonly port: number }
export type PeerAnswer = { readonly status: number; readonly body: unknown }

/** A JSON client for one peer, over TCP or a private socket. It throws a Fault when the peer does not answer; statuses are answers. */
export type PeerClient = {
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<PeerAnswer>
  close(): void
}

export function createPeerClient(address: PeerAddress, options: { readonly timeoutMs: number; readonly maximumBytes: number }): PeerClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return {
    call: (method, path, body) => call({ agent, address, options, method, path, body }),
    close: () => agent.destroy(),
  }
}

type Call = {
  readonly agent: Agent
  readonly address: PeerAddress
  readonly options: { readonly timeoutMs: number; readonly maximumBytes: number }
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: unknown
}

function call({ agent, address, options, method, path, body }: Call): Promise<PeerAnswer> {
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  return new Promise((resolve, reject) => {
    const fault = (cause: unknown): void => reject(new Fault('SERVICE_FAULT', { retry: 'later', cause }))
    const request = httpRequest(
      {
        ...address,
        agent,
        method,
        path,
        timeout: options.timeoutMs,
        headers: payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length },
      },
      (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > options.maximumBytes) request.destroy(new Error('the answer is larger than allowed'))
          else chunks.push(chunk)
        })
        response.on('error', fault)
        response.on('end', () => {
          try {
            resolve({ status: response.statusCode ?? 0, body: size === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8')) })
          } catch (cause) {
            fault(cause)
          }
        })
      },
    )
    request.on('timeout', () => request.destroy(new Error('the peer did not answer in time')))
    request.on('error', fault)
    request.end(payload)
  })
}
