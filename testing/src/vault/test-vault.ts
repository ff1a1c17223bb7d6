import { createPublicKey, createSecretKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createOperatorPrimitives, type OperatorPrimitives } from '@symbolon/custody/operator'
import {
  createDeviceSignatureVerifier,
  createMemoryWallets,
  createNodeSuite,
  createOfferTable,
  createSealer,
  createSlotTable,
  createWalletQueue,
  defaultLimits,
  openMemoryWalletStore,
  type Limits,
  type MemoryWallets,
  type VaultDependencies,
  type WalletStore,
} from '@symbolon/operator-vault/flows'
import { portOverFlows, type VaultPort } from './vault-port.ts'

/** The vault's flows over wallets in memory, with a clock of the test's own. */
export type TestVault = {
  readonly port: VaultPort
  readonly deps: VaultDependencies
  readonly memory: MemoryWallets
  readonly vaultPublicKey: Uint8Array
  readonly time: { nowMs: number }
  nowSeconds(): number
  /** The same database and keys, and nothing of the process: what is left after kill -9. */
  restart(): TestVault
}

export type TestVaultOptions = {
  readonly deviceOrigins?: readonly string[]
  readonly limits?: Partial<Limits>
  /** Called again at every restart. */
  readonly wrapStore?: (store: WalletStore) => WalletStore
  readonly primitives?: OperatorPrimitives
  readonly wrapSlots?: (slots: VaultDependencies['slots']) => VaultDependencies['slots']
}

export const operatorId = new Uint8Array(16).fill(7)

export async function startTestVault(options: TestVaultOptions = {}): Promise<TestVault> {
  const primitives =
    options.primitives ?? (await createOperatorPrimitives((size) => new Uint8Array(randomBytes(size)), { suite: await createNodeSuite() }))
  const { privateKey } = generateKeyPairSync('ed25519')
  const memory = createMemoryWallets()
  const time = { nowMs: 1_900_000_000_000 }
  const keyEncryptionKeys = new Map([[1, createSecretKey(randomBytes(32))]])
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32)
  const limits = { ...defaultLimits, ...options.limits }
  const start = (): TestVault => {
    const store = openMemoryWalletStore(memory)
    const deps: VaultDependencies = {
      store: options.wrapStore?.(store) ?? store,
      sealer: createSealer({ generation: 1, keyEncryptionKeys }),
      primitives,
      signAsVault: (message) => new Uint8Array(sign(null, message, privateKey)),
      ...createDeviceSignatureVerifier(options.deviceOrigins ?? []),
      clock: { nowMs: () => time.nowMs },
      slots: options.wrapSlots?.(createSlotTable(limits.liveSlots)) ?? createSlotTable(limits.liveSlots),
      offers: createOfferTable(limits.liveOffers),
      queue: createWalletQueue(),
      operatorId,
      limits,
    }
    const nowSeconds = (): number => Math.floor(time.nowMs / 1_000)
    return { port: portOverFlows(deps), deps, memory, vaultPublicKey: new Uint8Array(publicKey), time, nowSeconds, restart: start }
  }
  return start()
}
