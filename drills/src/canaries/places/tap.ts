import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Address } from './markers.ts'

export type Tap = { close(): Promise<void> }

/** Stands in a wire: passes every byte on, both ways, and hands a copy to `record`. */
export function openTap(listen: Address, target: Address, record: (bytes: Uint8Array) => void): Promise<Tap> {
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect('socketPath' in target ? { path: target.socketPath } : target)
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    }
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', record)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    const ready = (): void => resolve({ close: () => closeServer(server, open) })
    if ('socketPath' in listen) {
      rmSync(listen.socketPath, { force: true })
      server.listen({ path: listen.socketPath }, () => {
        chmodSync(listen.socketPath, 0o600)
        ready()
      })
    } else server.listen(listen, ready)
  })
}

function closeServer(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  for (const socket of open) socket.destroy()
  return new Promise((resolve) => server.close(() => resolve()))
}
