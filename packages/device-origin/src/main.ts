import { createHttpDoor, listen } from '@symbolon/service/http'
import { loadConfig } from '@symbolon/service/config'
import { runService } from '@symbolon/service/lifecycle'
import { registerStaticSite } from '@symbolon/service/static-site'
import { DeviceOriginConfig } from './config.ts'
import { deviceOriginHeaders, directoryMarkup } from './headers.ts'

await runService('device-origin', async (log) => {
  const config = loadConfig(DeviceOriginConfig, process.argv)
  const app = createHttpDoor(log, { bodyBytes: 1_024 })
  app.get('/healthz', () => ({ ok: true }))
  const { bundleHash } = registerStaticSite(app, {
    directory: config.webRoot,
    headers: deviceOriginHeaders(config),
    replace: { '<!--symbolon:directory-->': directoryMarkup(config.directory) },
  })
  const address = await listen(app, config.listen)
  log.info('the bundle of the device frame is served', { bundleHash })
  return { address, close: [() => app.close()] }
})
