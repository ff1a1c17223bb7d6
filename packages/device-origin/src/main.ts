import { directoryPath } from '@symbolon/contracts/directory'
import { createHttpDoor, listen } from '@symbolon/service/http'
import { loadConfig } from '@symbolon/service/config'
import { runService } from '@symbolon/service/lifecycle'
import { registerStaticSite } from '@symbolon/service/static-site'
import { readBundle } from './bundle.ts'
import { DeviceOriginConfig } from './config.ts'
import { openDirectoryFile } from './directory-file.ts'
import { deviceOriginHeaders, readableBy } from './headers.ts'

await runService('device-origin', async (log) => {
  const config = loadConfig(DeviceOriginConfig, process.argv)
  const bundle = readBundle(config.webRoot)
  const served = openDirectoryFile(config.directoryFile, () => log.warn('the directory file was replaced by one that is not valid'))
  const headers = deviceOriginHeaders({ ...config, directory: served().directory, inlineScripts: bundle.inlineScripts })
  const app = createHttpDoor(log, { bodyBytes: 1_024 })
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(readableBy(config.frameAncestors, request.headers.origin))
    done()
  })
  app.get('/healthz', () => ({ ok: true, bundleHash: bundle.hash, directoryHash: served().hash }))
  app.get(directoryPath, (_request, reply) =>
    reply
      .headers({ ...headers, 'cache-control': 'no-cache' })
      .type('application/json')
      .send(served().body),
  )
  app.get('/about', (_request, reply) => reply.redirect('/about/', 308))
  registerStaticSite(app, { directory: config.webRoot, headers })
  const address = await listen(app, config.listen)
  log.info('the bundle of the device frame is served', { bundleHash: bundle.hash, directoryHash: served().hash })
  return { address, close: [() => app.close()] }
})
