import { Fault } from '@symbolon/formats/result'
import { base64urlToBytes, hexToBytes } from '@symbolon/formats/bytes'
import { loadConfig } from '@symbolon/service/config'
import { createDatabase } from '@symbolon/service/database'
import { listen } from '@symbolon/service/http'
import { createPeerClient } from '@symbolon/service/http-client'
import { runService, type Running } from '@symbolon/service/lifecycle'
import type { Log } from '@symbolon/service/log'
import { createLinkClient, linkTimeoutMs } from './adapters/link-client.ts'
import { createMerchantKeyStore, merchantKeyOptions } from './adapters/merchant-keys.ts'
import { createPostgresStores } from './adapters/postgres-stores.ts'
import { createId, systemClock } from './adapters/system.ts'
import { createVaultClient, vaultTimeoutMs } from './adapters/vault-client.ts'
import { edgeConfigSchema, type EdgeConfig } from './config.ts'
import { createApp, type AppDependencies } from './http/app.ts'
import { createRateLimiter } from './http/rate-limiter.ts'
import { defaultAmountLimits, type AmountLimits } from './rules/payment-request.ts'
import { startSweeper } from './sweeper.ts'

const answerBytes = 64 * 1_024
const sweepIntervalMs = 1_000

await runService('edge', async (log): Promise<Running> => {
  const config = loadConfig(edgeConfigSchema, process.argv)
  const database = createDatabase(config.database)
  const vault = createPeerClient(config.vault, { timeoutMs: vaultTimeoutMs, maximumBytes: answerBytes })
  const link = createPeerClient(config.link, { timeoutMs: linkTimeoutMs, maximumBytes: answerBytes })
  const stores = createPostgresStores(database)
  await stores.merchants.replaceAll(config.merchants.map((merchant) => ({ ...merchant, apiKeyHash: hexToBytes(merchant.apiKeyHash) })))
  const deps: AppDependencies = {
    log,
    stores,
    payments: stores.payments,
    tokens: stores.tokens,
    vault: createVaultClient(vault),
    link: createLinkClient(link),
    merchantKeys: createMerchantKeyStore(merchantKeyOptions, () => systemClock.nowMs()),
    clock: systemClock,
    createId,
    running: new Set(),
    limiter: createRateLimiter(() => systemClock.nowMs()),
    limits: readAmountLimits(config),
    origin: config.origin,
    deviceOrigin: config.deviceOrigin,
    certificateKeyByIssuer: new Map(config.issuers.map((issuer) => [issuer.issuerId, base64urlToBytes(issuer.certificateKey)])),
    operationsKeyHash: hexToBytes(config.operationsKeyHash),
    inBackground: (work) => void work.catch((error: unknown) => reportFailure(log, error)),
    ...readChatPage(config),
  }
  const app = await createApp(deps)
  const address = await listen(app, config.listen)
  const stopSweeper = startSweeper(deps, log, sweepIntervalMs)
  return { address, close: [() => app.close(), stopSweeper, () => vault.close(), () => link.close(), () => database.close()] }
})

// A peer that does not answer is the world's failure and the sweeper's work; anything else is ours.
function reportFailure(log: Log, error: unknown): void {
  if (error instanceof Fault) log.warn('a step of a payment is left to the sweeper', { code: error.code })
  else log.error('a step of a payment failed', error)
}

function readAmountLimits(config: EdgeConfig): AmountLimits {
  if (config.amountLimits === undefined) return defaultAmountLimits
  return Object.fromEntries(
    Object.entries(config.amountLimits).map(([currency, { minimum, maximum }]) => [
      currency,
      { minimum: BigInt(minimum), maximum: BigInt(maximum) },
    ]),
  )
}

function readChatPage({ webRoot, deviceOrigin, deviceFrameHash, mallOrigin }: EdgeConfig): Pick<AppDependencies, 'chatPage'> {
  if (webRoot === undefined) return {}
  const hash = deviceFrameHash === undefined ? {} : { deviceFrameHash }
  return { chatPage: { webRoot, deviceOrigin, ...hash, ...(mallOrigin === undefined ? {} : { mallOrigin }) } }
}
