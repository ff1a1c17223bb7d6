import { randomBytes, sign } from 'node:crypto'
import { createOperatorPrimitives, groupLoaders } from '@symbolon/custody/operator'
import { hexToBytes } from '@symbolon/formats/bytes'
import { loadConfig } from '@symbolon/service/config'
import { createDatabase } from '@symbolon/service/database'
import { createHttpDoor, listen } from '@symbolon/service/http'
import { runService } from '@symbolon/service/lifecycle'
import { createDeviceSignatureVerifier } from './adapters/device-signature.ts'
import { createNodeSuite } from './adapters/hpke/node-suite.ts'
import { openConfiguredKeys } from './adapters/key-store/open-stores.ts'
import { loadSigningKey } from './adapters/key-store/signing-key-file.ts'
import { createSealer } from './adapters/sealer.ts'
import { openPostgresWalletStore } from './adapters/wallet-store/postgres-wallet-store.ts'
import { configSchema, defaultLimits } from './config.ts'
import { createOfferTable } from './flows/offer-table.ts'
import { createSlotTable } from './flows/slot-table.ts'
import { createUnknownEpochs, refuseRestored, watchSaves } from './flows/restored-database.ts'
import { createRotator } from './flows/rotate-keys.ts'
import { createWalletQueue } from './flows/wallet-queue.ts'
import { registerKeyRoutes } from './http/key-routes.ts'
import { registerRoutes } from './http/routes.ts'
import type { VaultDependencies } from './ports.ts'

const sweepEveryMs = 5_000
const markEveryMs = 2_000
const bodyBytes = 16_384

await runService('vault', async (log) => {
  const config = loadConfig(configSchema, process.argv)
  const limits = { ...defaultLimits, ...config.limits }
  const signingKey = loadSigningKey(config.keysFolder)
  const primitives = await createOperatorPrimitives((size) => new Uint8Array(randomBytes(size)), {
    loaders: groupLoaders.slice(groupLoaders.findIndex(({ group }) => group === (config.arithmetic ?? 'sodium-native'))),
    suite: await createNodeSuite(),
  })
  const { backend } = primitives
  for (const { group, reason } of backend.skipped) log.warn('a faster back end is not used; signing is slower', { code: group, reason })
  log.info('signing agrees with RFC 9591', { code: backend.group })
  const database = createDatabase(config.database)
  const opened = await openPostgresWalletStore(
    database,
    () => {
      log.warn('another vault has taken the lease; this one stops')
      process.kill(process.pid, 'SIGTERM')
    },
    limits,
  )
  const keys = await openConfiguredKeys(config, log, async () => (await opened.countByGeneration()).size === 0)
  const restore = await refuseRestored(opened, keys, config.acceptRestore)
  const { store, tick } = watchSaves(opened, keys)
  await tick()
  const unknownEpochs = createUnknownEpochs()
  const deps: VaultDependencies = {
    store,
    onUnknownEpoch: (walletId) => unknownEpochs.note(walletId),
    sealer: createSealer(keys),
    primitives,
    signAsVault: (message) => new Uint8Array(sign(null, message, signingKey)),
    ...createDeviceSignatureVerifier(config.deviceOrigins ?? []),
    clock: { nowMs: () => Date.now() },
    slots: createSlotTable(limits.liveSlots),
    offers: createOfferTable(limits.liveOffers),
    queue: createWalletQueue(),
    operatorId: hexToBytes(config.operatorId),
    limits,
  }
  const sweep = setInterval(() => {
    deps.slots.sweep(deps.clock.nowMs())
    deps.offers.sweep(deps.clock.nowMs())
  }, sweepEveryMs)
  const marking = setInterval(() => void tick().catch(() => log.warn('the mark of the database was not moved on')), markEveryMs)
  const rotationDeps = { vault: deps, keys, onFailure: (error: unknown) => log.error('a rotation of keys failed', error) }
  const app = createHttpDoor(log, { bodyBytes })
  registerRoutes(app, deps, () => ({
    backend: backend.group,
    skipped: backend.skipped,
    sealing: backend.sealing,
    kekGeneration: keys.generation,
    keyProtection: { signing: 'file', encryption: keys.protections },
    ...(restore === undefined ? {} : { restore: restore.name, walletsAhead: unknownEpochs.count }),
  }))
  registerKeyRoutes(app, { deps: rotationDeps, rotator: createRotator(rotationDeps), restore, unknownEpochs })
  const address = await listen(app, config.listen)
  return { address, close: [() => clearInterval(sweep), () => clearInterval(marking), () => app.close(), tick, () => database.close()] }
})
