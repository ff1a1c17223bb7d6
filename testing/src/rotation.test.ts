import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Directory } from '@symbolon/contracts/directory'
import type { CardData } from '@symbolon/contracts/issuer-api'
import { createWalletSdk, type WalletSdk } from '@symbolon/device'
import { createFetchTransport, createRandomBytes, createSystemClock } from '@symbolon/device/browser'
import { createMemoryDeviceKey, createMemoryStorage } from '@symbolon/device/memory'
import { order } from './browser/shop.ts'
import { runCli, startInstallation, type TestInstallation } from './installation.ts'

const pin = '847261'
const card: CardData = {
  primaryAccountNumber: '4111111111111111',
  expiry: '2908',
  securityCode: '737',
  holderName: 'KIM SAMPLE',
  phoneNumber: '010-1234-5678',
  postalAddress: '',
}

let system: TestInstallation
let wallet: WalletSdk
let loaded: Directory
let tokenReferenceId = ''
beforeAll(async () => {
  system = await startInstallation()
  loaded = await fetchDirectory()
  // One page that is never loaded again: it begins with the directory of before.
  wallet = await createWalletSdk({
    directory: loaded,
    loadDirectory: fetchDirectory,
    storage: createMemoryStorage(),
    deviceKey: createMemoryDeviceKey(),
    transport: createFetchTransport({ timeoutMs: 20_000 }),
    clock: createSystemClock(),
    randomBytes: createRandomBytes(),
    stretchPin: async (text, salt) => new Uint8Array(Buffer.concat([Buffer.from(text.padEnd(16)), salt]).subarray(0, 32)),
  })
  expect(await wallet.createWallet(pin)).toMatchObject({ ok: true })
})
afterAll(async () => {
  await wallet.close()
  await system.stop()
})

describe('keys that are exchanged while a wallet is open', () => {
  it('a card is added under the first sealing key, and paid with under the first vault key', async () => {
    expect(loaded.operator.vaultKeyCertificates).toHaveLength(3)
    await addCard()
    await pay('4100')
  })

  it('the next sealing key is certified and served without a restart, and the page that is open still adds a card', async () => {
    await rotate('sealing-key-a', 'prepare')
    expect((await fetchDirectory()).issuers[0]?.sealingKeys).toHaveLength(2)
    await addCard()
  })

  it('is not taken away before thirty days, unless somebody says so', async () => {
    expect(await run('rotate', 'sealing-key-a', 'finish')).not.toBe(0)
    expect((await fetchDirectory()).issuers[0]?.sealingKeys).toHaveLength(2)
    await rotate('sealing-key-a', 'finish', '--early')
    const [left, ...others] = (await fetchDirectory()).issuers[0]?.sealingKeys ?? []
    expect(others).toEqual([])
    expect(left?.keyId).not.toBe(loaded.issuers[0]?.sealingKeys[0]?.keyId)
  })

  it('the page that is open seals to the new key: it was told that the issuer does not know the old one', async () => {
    await addCard()
  })

  it('the vault signs with a new key, and the same page pays on', async () => {
    const before = system.pidOf('vault')
    await rotate('vault-key', 'prepare')
    expect((await fetchDirectory()).operator.vaultKeyCertificates).toHaveLength(6)
    await pay('4200')
    await rotate('vault-key', 'finish', '--early')
    expect(system.pidOf('vault')).not.toBe(before)
    const { vaultKeyCertificates } = (await fetchDirectory()).operator
    expect(vaultKeyCertificates).toHaveLength(3)
    expect(loaded.operator.vaultKeyCertificates).not.toContainEqual(vaultKeyCertificates[0])
    await pay('4300')
  })

  it('nothing is left of the keys of before', () => {
    const keys = join(system.home, 'keys')
    expect(existsSync(join(keys, 'vault/vault-signing-next.key'))).toBe(false)
    expect(readdirSync(join(keys, 'front-a')).filter((name) => name.startsWith('sealing'))).toEqual(['sealing-2.key'])
    const text = readFileSync(join(system.home, 'certificates.json'), 'utf8')
    expect(text).not.toContain(loaded.operator.vaultKeyCertificates[0]?.signature)
  })

  it('a rotation that was not prepared is refused', async () => {
    expect(await run('rotate', 'vault-key', 'finish', '--early')).toBe(3)
  })

  it('everything that devices need is certified', async () => {
    expect(await run('status', '--json')).toBe(0)
  })
})

async function fetchDirectory(): Promise<Directory> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the wallet checks what it is given
  return (await (await fetch(`${system.installation().deviceOrigin}/directory.json`)).json()) as Directory
}

async function addCard(): Promise<void> {
  const added = await wallet.startCardEnrolment(card, pin)
  expect(added).toMatchObject({ ok: true, value: { kind: 'submitted' } })
  if (!added.ok || added.value.kind !== 'submitted') return
  const { card: shown, approvalUrl } = added.value.enrolment
  const page = await (await fetch(approvalUrl)).text()
  const [, action = ''] = /<form[^>]*\saction="([^"]+)"/u.exec(page) ?? []
  const [, formToken = ''] = /name="formToken"\s+value="([^"]+)"/u.exec(page) ?? []
  const pressed = new URLSearchParams({ formToken, decision: 'approve' })
  await fetch(new URL(action.replaceAll('&amp;', '&'), approvalUrl), { method: 'POST', body: pressed })
  const active = await wallet.refreshEnrolment(shown.enrolmentId)
  expect(active).toMatchObject({ ok: true, value: { state: 'active' } })
  // The same card again is another token, and the one before it is dead.
  if (active.ok) tokenReferenceId = active.value.tokenReferenceId ?? ''
}

async function pay(amountMinorUnits: string): Promise<void> {
  const { paymentId } = await order(system.installation(), { amountMinorUnits })
  expect(await wallet.loadPayment(paymentId)).toMatchObject({ ok: true })
  const paid = await wallet.confirmPayment(paymentId, { pin, instalmentMonths: 0, tokenReferenceId })
  expect(paid).toMatchObject({ ok: true })
  if (paid.ok && paid.value.kind === 'authorizing')
    expect(await wallet.followPayment(paymentId, 20_000)).toMatchObject({ value: { kind: 'paid' } })
  else expect(paid, JSON.stringify(paid)).toMatchObject({ value: { kind: 'paid' } })
}

async function rotate(...args: readonly string[]): Promise<void> {
  expect(await run('rotate', ...args)).toBe(0)
}

function run(...args: readonly string[]): Promise<number | null> {
  const child = runCli(['certificates', ...args], { home: system.home, portBase: system.portBase })
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk))
  return new Promise((resolve) => child.on('close', resolve))
}
