import { createServer, type Server } from 'node:http'

/** An origin that is neither the operator's nor the device's: a page that embeds the wallet, and one to put beside it. */
export type HostileOrigin = { readonly origin: string; close(): Promise<void> }

export async function startHostileOrigin(deviceOrigin: string): Promise<HostileOrigin> {
  const server = createServer((request, response) => {
    const body = request.url?.startsWith('/beside') === true ? beside : embed(deviceOrigin)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><title>hostile</title>${body}`)
  })
  const port = await listen(server)
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

// Keeps every message that it hears, and tells each frame inside it what it is told to tell.
function embed(deviceOrigin: string): string {
  return `<iframe src="${deviceOrigin}/?lang=en"></iframe><script>
    window.heard = []
    addEventListener('message', ({ data }) => heard.push(data))
  </script>`
}

// Lies in a frame of its own beside the wallet's, and speaks to every frame of the page that embeds both.
const beside = `<script>
  addEventListener('message', ({ data, source }) => {
    if (source !== parent) return
    for (let index = 0; index < parent.frames.length; index += 1)
      if (parent.frames[index] !== window) parent.frames[index].postMessage(data, '*')
    parent.postMessage('told', '*')
  })
</script>`

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address.port)
      else reject(new Error('no port'))
    })
  })
}
