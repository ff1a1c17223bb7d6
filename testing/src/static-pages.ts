import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type SmallServer = { readonly port: number; close(): Promise<void> }

/** Answers every path from a table of bodies, for tests of pages alone. */
export function serveText(bodies: Readonly<Record<string, string>>): Promise<SmallServer> {
  const server = createServer((request, response) => {
    const body = bodies[request.url ?? '']
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(body)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (!isTcp(address)) throw new Error('the server listens on TCP')
      resolve({
        port: address.port,
        close: () =>
          new Promise((done) => {
            server.closeAllConnections()
            server.close(() => done())
          }),
      })
    })
  })
}

function isTcp(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
