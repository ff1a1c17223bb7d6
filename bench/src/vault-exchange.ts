import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { assert } from '@symbolon/formats/result'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import { draftPayment, prepareVault, readCpuSeconds, startOperatorSchema, TestDevice, type VaultProcess } from '@symbolon/testing/vault'

// node bench/dist/vault-exchange.js [EXCHANGES] [WALLETS]
// The real vault process over its private socket, a PostgreSQL that waits for its disk, and devices in this process: their CPU time is
// not the vault's. The yardstick, plain Ed25519 verification, is measured in turns with the exchanges.

const rounds = 5
const verificationsPerRound = 4_000

export type VaultExchangeFigures = {
  readonly exchanges: number
  readonly wallets: number
  readonly backend: unknown
  readonly vaultCpuMicrosecondsPerExchange: number
  readonly exchangesPerVaultCpuSecond: number
  readonly ed25519VerificationsPerCpuSecond: number
  /** How many plain verifications cost as much as one exchange. */
  readonly verificationsPerExchange: number
}

/** Measures whole exchanges: open, check, sign with TX1 and TX2, as edge asks for them. */
export async function measureVaultExchanges(exchanges: number, wallets: number): Promise<VaultExchangeFigures> {
  const schema = await startOperatorSchema({ fsync: 'on', synchronous_commit: 'on' })
  const place = prepareVault(schema.config('symbolon_vault'), { opensPerMinute: 100_000 })
  try {
    const vault = await place.start()
    const devices = await Promise.all(
      Array.from({ length: wallets }, () => TestDevice.enrol(vault.port, place.vaultPublicKey, nowSeconds())),
    )
    // The first exchanges compile; they are not counted.
    await exchangeAll(vault, devices, wallets * 5)
    const perRound = Math.ceil(exchanges / rounds)
    let vaultSeconds = 0
    let verifySeconds = 0
    for (let round = 0; round < rounds; round += 1) {
      const before = readCpuSeconds(vault.pid)
      await exchangeAll(vault, devices, perRound)
      vaultSeconds += readCpuSeconds(vault.pid) - before
      verifySeconds += measureVerifications()
    }
    const health = await vault.client.call('GET', '/healthz')
    return toFigures({ exchanges: perRound * rounds, wallets, backend: health.body, vaultSeconds, verifySeconds })
  } finally {
    await place.stop()
    await schema.stop()
  }
}

async function exchangeAll(vault: VaultProcess, devices: readonly TestDevice[], count: number): Promise<void> {
  let left = count
  await Promise.all(
    devices.map(async (device) => {
      while (left > 0) {
        left -= 1
        await exchange(vault, device)
      }
    }),
  )
}

// Open under the pending epoch settles the exchange before; so every exchange is one open and one payment.
async function exchange(vault: VaultProcess, device: TestDevice): Promise<void> {
  const opened = await device.open(vault.port)
  assert(opened.kind === 'slot-accepted', 'a slot is given')
  const sealed = await device.seal(draftPayment(nowSeconds()))
  const checked = await vault.port.check(device.walletId, sealed.message)
  assert(checked.ok && checked.value.outcome === 'ready', 'the message verifies')
  const signed = await vault.port.sign(device.walletId, checked.value.handle)
  assert(signed.ok && signed.value.outcome === 'signed', 'the vault signs')
  const done = await device.receiveDone(sealed, base64urlToBytes(signed.value.done))
  assert(done.kind === 'signed', 'the device has its signature')
}

/** CPU seconds of this process for plain verifications with an imported key, over bytes as long as a payment message. */
function measureVerifications(): number {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const message = randomBytes(187)
  const signature = sign(null, message, privateKey)
  const before = process.cpuUsage()
  let valid = 0
  for (let index = 0; index < verificationsPerRound; index += 1) valid += verify(null, message, publicKey, signature) ? 1 : 0
  const used = process.cpuUsage(before)
  assert(valid === verificationsPerRound, 'every signature verifies')
  return (used.user + used.system) / 1_000_000
}

function toFigures(measured: {
  readonly exchanges: number
  readonly wallets: number
  readonly backend: unknown
  readonly vaultSeconds: number
  readonly verifySeconds: number
}): VaultExchangeFigures {
  const { exchanges, wallets, backend, vaultSeconds, verifySeconds } = measured
  const perSecond = exchanges / vaultSeconds
  const verificationsPerSecond = (rounds * verificationsPerRound) / verifySeconds
  return {
    exchanges,
    wallets,
    backend,
    vaultCpuMicrosecondsPerExchange: Math.round((vaultSeconds / exchanges) * 1_000_000),
    exchangesPerVaultCpuSecond: Math.round(perSecond),
    ed25519VerificationsPerCpuSecond: Math.round(verificationsPerSecond),
    verificationsPerExchange: Math.round((verificationsPerSecond / perSecond) * 10) / 10,
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000)
}

const [exchanges = '500', wallets = '16'] = process.argv.slice(2)
process.stdout.write(`${JSON.stringify(await measureVaultExchanges(Number(exchanges), Number(wallets)))}\n`)
