import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { createDevicePrimitives } from '@symbolon/custody/device'
import { createOperatorPrimitives, groupLoaders, groupNames, type GroupName } from '@symbolon/custody/operator'
import { createNodeSuite, type WalletStore } from '@symbolon/operator-vault/flows'
import { openPostgresWalletStore } from '@symbolon/operator-vault/wallet-store'
import { createDatabase } from '@symbolon/service/database'
import { prepareVault, startOperatorSchema, startTestVault, TestDevice, type VaultPort } from '@symbolon/testing/vault'
import { measureExchanges, runRound, type Measured } from './vault/exchanges.ts'
import { familyMeter, ownMeter, processMeter } from './vault/meter.ts'

// node bench/dist/vault-exchange.js [WALLETS] [ROUNDS] [FILE]
// Whole exchanges (open, check, sign with durable TX1 and TX2) a CPU-second of the vault, in three layers and on every back end: its
// flows over wallets in memory, its flows over a PostgreSQL that waits for its disk, and its process over the private socket and such a
// PostgreSQL. Devices compute in this process, between the calls. Compilers are warm: a vault runs for weeks.

const [wallets, rounds] = [Number(process.argv[2] ?? 32), Number(process.argv[3] ?? 15)]
const durable = { fsync: 'on', synchronous_commit: 'on' }
const random = (size: number): Uint8Array => new Uint8Array(randomBytes(size))
/** Rounds that are not counted. noble warms up in fewer, and takes longer for each. */
const warmUpRounds: Readonly<Record<GroupName, number>> = { 'sodium-native': 50, 'libsodium-wasm': 30, noble: 3 }

type Layer = 'flows' | 'flows and SQL' | 'process, HTTP and SQL'
type Figures = Measured & {
  readonly layer: Layer
  readonly group: GroupName
  readonly exchangesPerCpuSecond: number
  readonly verificationsPerExchange: number
}

async function enrolAll(port: VaultPort, vaultPublicKey: Uint8Array, nowSeconds: number): Promise<readonly TestDevice[]> {
  const { group } = await createOperatorPrimitives(random)
  const primitives = { ...(await createDevicePrimitives(random)), group }
  const devices: TestDevice[] = []
  for (let index = 0; index < wallets; index += 1) devices.push(await TestDevice.enrol(port, vaultPublicKey, nowSeconds, primitives))
  return devices
}

async function measureFlows(group: GroupName, store?: WalletStore): Promise<Measured> {
  const loaders = groupLoaders.filter((loader) => loader.group === group)
  const primitives = await createOperatorPrimitives(random, { loaders, suite: await createNodeSuite() })
  const vault = await startTestVault({
    limits: { opensPerMinute: 100_000 },
    primitives,
    ...(store === undefined ? {} : { wrapStore: () => store }),
  })
  const devices = await enrolAll(vault.port, vault.vaultPublicKey, vault.nowSeconds())
  const bench = { port: vault.port, devices, nowSeconds: () => vault.nowSeconds(), meter: ownMeter, besides: {} }
  for (let round = 0; round < warmUpRounds[group]; round += 1) await runRound(bench)
  return measureExchanges(bench, countedRounds(group))
}

async function measureFlowsWithSql(group: GroupName): Promise<Measured> {
  const schema = await startOperatorSchema(durable)
  const database = createDatabase(schema.config('symbolon_vault'))
  try {
    return await measureFlows(group, await openPostgresWalletStore(database, () => undefined))
  } finally {
    await database.close()
    await schema.stop()
  }
}

async function measureProcess(group: GroupName): Promise<Measured> {
  const schema = await startOperatorSchema(durable)
  const place = prepareVault(schema.config('symbolon_vault'), { opensPerMinute: 100_000 }, { arithmetic: group })
  try {
    const vault = await place.start()
    const nowSeconds = (): number => Math.floor(Date.now() / 1_000)
    const devices = await enrolAll(vault.port, place.vaultPublicKey, nowSeconds())
    const meter = processMeter(vault.pid)
    const bench = { port: vault.port, devices, nowSeconds, meter, besides: { postgres: familyMeter(schema.postgres.pid) } }
    for (let round = 0; round < warmUpRounds[group]; round += 1) await runRound(bench)
    return await measureExchanges(bench, countedRounds(group))
  } finally {
    await place.stop()
    await schema.stop()
  }
}

function countedRounds(group: GroupName): number {
  return group === 'noble' ? Math.ceil(rounds / 5) : rounds
}

const layers: readonly (readonly [Layer, (group: GroupName) => Promise<Measured>])[] = [
  ['flows', (group) => measureFlows(group)],
  ['flows and SQL', measureFlowsWithSql],
  ['process, HTTP and SQL', measureProcess],
]

function describe(layer: Layer, group: GroupName, measured: Measured): Figures {
  const round = (value: number): number => Math.round(value * 10) / 10
  const { open, check, sign } = measured.microseconds
  const total = open + check + sign
  return {
    layer,
    group,
    exchanges: measured.exchanges,
    microseconds: { open: round(open), check: round(check), sign: round(sign) },
    besides: Object.fromEntries(Object.entries(measured.besides).map(([name, value]) => [name, round(value)])),
    verificationMicroseconds: round(measured.verificationMicroseconds),
    exchangesPerCpuSecond: Math.round(1e6 / total),
    verificationsPerExchange: round(total / measured.verificationMicroseconds),
  }
}

const figures: Figures[] = []
for (const group of groupNames) {
  for (const [layer, measure] of layers) {
    const one = describe(layer, group, await measure(group))
    figures.push(one)
    process.stdout.write(`${JSON.stringify(one)}\n`)
  }
}
const result = { processor: cpus()[0]?.model ?? 'unknown', node: process.version, walletsAtATime: wallets, figures }
if (process.argv[4] !== undefined) writeFileSync(process.argv[4], `${JSON.stringify(result, null, 2)}\n`)
