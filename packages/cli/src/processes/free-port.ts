import { createServer } from 'node:net'

export type WantedPort = { readonly port: number; readonly process: string }

/** Answers the wanted ports that somebody else listens on. */
export async function findTakenPorts(wanted: readonly WantedPort[]): Promise<readonly WantedPort[]> {
  const taken = await Promise.all(wanted.map(async (one) => ((await isFree(one.port)) ? [] : [one])))
  return taken.flat()
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
