import { existsSync, readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

export type SmallServer = {
  readonly port: number
  /** Text written into every HTML answer from now on, as the real servers do. */
  replace(marker: string, text: string): void
  close(): Promise<void>
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Answers paths from a table of bodies, for tests of pages alone. */
export function serveText(bodies: Readonly<Record<string, string>>): Promise<SmallServer> {
  return serve((path) => {
    const body = bodies[path]
    return body === undefined ? undefined : { type: 'text/html; charset=utf-8', body }
  })
}

/** Serves a built page, and a fixed JSON answer for every path that begins as the table says. */
export function serveFolder(folder: string, answersByPrefix: Readonly<Record<string, string>>): Promise<SmallServer> {
  return serve((path) => {
    const prefix = Object.keys(answersByPrefix).find((one) => path.startsWith(one))
    if (prefix !== undefined) return { type: 'application/json', body: answersByPrefix[prefix] ?? '' }
    const file = join(folder, path === '/' ? 'index.html' : path)
    if (path.includes('..') || !existsSync(file)) return undefined
    return { type: contentTypes[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) }
  })
}

type Answer = { readonly type: string; readonly body: string | Buffer }

function serve(find: (path: string) => Answer | undefined): Promise<SmallServer> {
  const replacements: (readonly [string, string])[] = []
  const answer: RequestListener = (request, response) => {
    const found = find(new URL(request.url ?? '/', 'http://localhost').pathname)
    if (found === undefined) return void response.writeHead(404).end()
    const isHtml = found.type.startsWith('text/html')
    const body = isHtml ? replacements.reduce((text, [marker, value]) => text.replace(marker, value), found.body.toString()) : found.body
    response.writeHead(200, { 'content-type': found.type }).end(body)
  }
  const server = createServer(answer)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (!isTcp(address)) throw new Error('the server listens on TCP')
      resolve({
        port: address.port,
        replace: (marker, text) => void replacements.push([marker, text]),
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
