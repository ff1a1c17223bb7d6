import { randomBytes } from 'node:crypto'
import { loadConfig } from '@symbolon/service/config'
import { createHttpDoor, listen } from '@symbolon/service/http'
import { runService } from '@symbolon/service/lifecycle'
import { createPaymentsClient } from '../payments-client.ts'
import { openOrderJournal } from './adapters/order-journal.ts'
import { loadShopKey } from './adapters/shop-keys.ts'
import { findShop } from './catalogue.ts'
import { mallConfigSchema } from './config.ts'
import { registerRoutes } from './routes.ts'
import type { OpenShop } from './flows/place-order.ts'

await runService('mall', async (log) => {
  const config = loadConfig(mallConfigSchema, process.argv)
  const orders = openOrderJournal(config.dataFolder)
  const openShops = new Map<string, OpenShop>()
  for (const { slug, apiKey, certificates } of config.shops) {
    const shop = findShop(slug)
    if (shop === undefined) continue
    const payments = createPaymentsClient({ operatorOrigin: config.operatorOrigin, apiKey })
    openShops.set(slug, { shop, key: await loadShopKey(config.keysFolder, slug), certificates: certificates ?? [], payments })
  }
  const app = createHttpDoor(log, { bodyBytes: 16_384 })
  registerRoutes(app, {
    orders,
    openShops,
    origin: config.origin,
    nowSeconds: () => Math.floor(Date.now() / 1_000),
    createOrderId: () => randomBytes(12).toString('hex'),
  })
  const address = await listen(app, config.listen)
  return { address, close: [() => app.close(), () => orders.close()] }
})
