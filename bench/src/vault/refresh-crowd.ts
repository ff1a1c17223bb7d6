import { randomBytes } from 'node:crypto'
import { createDevicePrimitives } from '@symbolon/custody/device'
import { createOperatorPrimitives } from '@symbolon/custody/operator'
import { base64urlToBytes, hexToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import { createPeerClient } from '@symbolon/service/http-client'
import { portOverSocket, TestDevice } from '@symbolon/testing/vault'

// A crowd of simulated devices in a process of its own: enrols, waits for `go`, refreshes all wallets side by side until the count is reached.
const [socketPath = '', publicKey = '', wallets = '1', refreshes = '1'] = process.argv.slice(2)
const random = (size: number): Uint8Array => new Uint8Array(randomBytes(size))
const nowSeconds = (): number => Math.floor(Date.now() / 1_000)
const client = createPeerClient({ socketPath }, { timeoutMs: 60_000, maximumBytes: 100_000 })
const port = portOverSocket(client)
const { group } = await createOperatorPrimitives(random)
const primitives = { ...(await createDevicePrimitives(random)), group }

const devices: TestDevice[] = []
for (let index = 0; index < Number(wallets); index += 1) {
  devices.push(await TestDevice.enrol(port, hexToBytes(publicKey), nowSeconds(), primitives))
}

let left = Number(refreshes)
let done = 0
process.once('message', () => void Promise.all(devices.map(refreshOn)).then(finish, fail))
process.send?.('ready')

async function refreshOn(device: TestDevice): Promise<void> {
  while (left > 0) {
    left -= 1
    await refresh(device)
    done += 1
    if (done % 50 === 0) process.send?.(done)
  }
}

async function refresh(device: TestDevice): Promise<void> {
  assert((await device.open(port)).kind === 'slot-accepted', 'a slot is given')
  const attemptId = random(16)
  const sealed = await device.seal((slot) => ({
    kind: 'refresh',
    walletId: slot.walletId,
    slotHash: slot.slotHash,
    paymentAttemptId: attemptId,
    expiresAt: nowSeconds() + 60,
  }))
  const checked = await port.check(device.walletId, sealed.message)
  assert(checked.ok && checked.value.outcome === 'ready', 'the message verifies')
  const signed = await port.sign(device.walletId, checked.value.handle)
  assert(signed.ok && signed.value.outcome === 'signed', 'the vault signs')
  await device.receiveDone(sealed, base64urlToBytes(signed.value.done))
}

function finish(): void {
  process.send?.(done)
  client.close()
  process.disconnect()
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : 'unknown failure'}\n`)
  process.exit(1)
}
