import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMall } from '@symbolon/demo/mall'
import { createWalletSdk, type WalletSdk, type WalletState, type WalletStorage } from '@symbolon/device'
import {
  createFetchTransport,
  createMemoryDeviceKey,
  createMemoryStorage,
  createStretchPin,
  createSystemClock,
} from '@symbolon/device/memory'
import { minorUnits } from '@symbolon/formats/money'
import { createDatabase, type Database } from '@symbolon/service/database'
import { startInstallation, until, type TestInstallation } from './installation.ts'

/** Losing one's own half (docs/custody.md 14), against a whole installation: every way there, and the way out with the same card. */
const pin = '739164'
const newPin = '280617'
const stretchPin = createStretchPin()

let system: TestInstallation
let vaultDatabase: Database
let cards = 0
beforeAll(async () => {
  system = await startInstallation()
  const { host, port, user, password, database } = system.machinery().operatorDatabase
  vaultDatabase = createDatabase({ host, port, user, password, database: database, poolSize: 1 })
})
afterAll(async () => {
  await vaultDatabase.close()
  await system.stop()
})

type Device = { readonly storage: WalletStorage; readonly deviceKey: ReturnType<typeof createMemoryDeviceKey>; readonly sdk: WalletSdk }

async function startDevice(parts: Partial<Pick<Device, 'storage' | 'deviceKey'>> = {}): Promise<Device> {
  const { storage = createMemoryStorage(), deviceKey = createMemoryDeviceKey() } = parts
  const sdk = await createWalletSdk({
    directory: system.installation().directory,
    storage,
    deviceKey,
    stretchPin,
    transport: createFetchTransport({ timeoutMs: 20_000 }),
    clock: createSystemClock(),
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
  })
  return { storage, deviceKey, sdk }
}

async function value<Value>(answer: Promise<{ ok: true; value: Value } | { ok: false; problem: unknown }>): Promise<Value> {
  const settled = await answer
  if (!settled.ok) throw new Error(JSON.stringify(settled.problem))
  return settled.value
}
const codeOf = async (answer: Promise<{ ok: boolean; problem?: { code: string } }>): Promise<string> => (await answer).problem?.code ?? 'ok'
const load = (device: Device): Promise<WalletState> => value(device.sdk.loadWallet())
const tokenOf = async (device: Device): Promise<string> => (await load(device)).cards[0]?.tokenReferenceId ?? ''

// Another card for everybody: what is suspended for one shall not meet the next.
function newCard(): Parameters<WalletSdk['startCardEnrolment']>[0] {
  cards += 1
  const body = `94300300000${String(cards).padStart(4, '0')}`
  const sum = [...body].toReversed().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return {
    primaryAccountNumber: `${body}${String((10 - (sum % 10)) % 10)}`,
    expiry: '3012',
    securityCode: '123',
    holderName: 'RECOVERY TEST',
    phoneNumber: '010-0000-0000',
    postalAddress: '',
  }
}

/** Presses a button of an issuer's own page as its customer would. */
async function pressPage(url: string, decision: 'approve' | 'refuse', more: Readonly<Record<string, string>> = {}): Promise<Response> {
  const page = await (await fetch(`${url}?lang=en`)).text()
  const formToken = /name="formToken" value="([0-9a-f]{64})"/u.exec(page)?.[1] ?? ''
  return fetch(url, { method: 'POST', body: new URLSearchParams({ formToken, decision, ...more }) })
}

async function addCard(device: Device, card: ReturnType<typeof newCard>, press: Readonly<Record<string, string>> = {}): Promise<void> {
  const outcome = await value(device.sdk.startCardEnrolment(card, pin))
  if (outcome.kind !== 'submitted') throw new Error(outcome.kind)
  expect((await pressPage(outcome.enrolment.approvalUrl, 'approve', press)).status).toBe(200)
  await value(device.sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))
}

async function enrol(card = newCard()): Promise<Device> {
  const device = await startDevice()
  await value(device.sdk.createWallet(pin))
  await addCard(device, card)
  return device
}

async function order(amount = 12_000n): Promise<string> {
  const mall = createMall(system.installation().mallOrigin)
  const planned = {
    customerIndex: 0,
    cardIndex: 0,
    shop: 'coffee',
    amount: minorUnits(amount),
    currency: 'KRW',
    instalmentMonths: 0,
  } as const
  return (await value(mall.order(planned))).paymentId
}

async function pay(device: Device, typed = newPin, amount?: bigint): Promise<string> {
  const outcome = await device.sdk.confirmPayment(await order(amount), { pin: typed, instalmentMonths: 0 })
  if (!outcome.ok) return outcome.problem.code
  return outcome.value.kind === 'declined' ? `declined ${outcome.value.payment.declineReason ?? ''}` : outcome.value.kind
}

/** From a new PIN to the new wallet, pressing approve where the issuer asks. */
async function rebind(device: Device, press: Readonly<Record<string, string>> = {}): Promise<WalletState> {
  const started = await value(device.sdk.startRebind(newPin))
  for (const { approvalUrl } of started.state.rebinds ?? []) expect((await pressPage(approvalUrl, 'approve', press)).status).toBe(200)
  const { progress, state } = await value(device.sdk.refreshRebind())
  expect(progress).toBe('rebound')
  return state
}

async function lockWallet(device: Device): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) await pay(device, '000000')
  expect((await load(device)).health).toBe('locked')
}

async function copyStorage(source: WalletStorage): Promise<WalletStorage> {
  const copy = createMemoryStorage()
  const [from, to] = [await source.acquire(), await copy.acquire()]
  if (!from.ok || !to.ok) throw new Error('both are free')
  for (const file of ['state', 'records'] as const) await to.value[file].write(0, await from.value[file].read(0, 65_536))
  await from.value.release()
  await to.value.release()
  return copy
}

type TokenEntry = { readonly kind: string; readonly cause: string; readonly tokenReferenceId: string }

/** What the fronts wrote down about a token, oldest first. */
async function eventsOf(tokenReferenceId: string): Promise<readonly string[]> {
  const journals = await Promise.all(
    system.installation().issuers.map(async ({ frontOrigin, frontJournalKey }) => {
      const headers = { authorization: `Bearer ${frontJournalKey}` }
      const response = await fetch(`${frontOrigin}/v1/journal/tokens?limit=1000`, { headers })
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program's documented answer
      return ((await response.json()) as { readonly entries: readonly TokenEntry[] }).entries
    }),
  )
  return journals.flat().flatMap((entry) => (entry.tokenReferenceId === tokenReferenceId ? [`${entry.kind} ${entry.cause}`] : []))
}

describe('five wrong PINs', () => {
  test('lock the wallet; a rebind under a new PIN pays again with the same card, and the old wallet never again', async () => {
    const device = await enrol()
    const [token, old] = [await tokenOf(device), await load(device)]
    await device.sdk.close()
    const keptCopy = await copyStorage(device.storage)
    const reopened = await startDevice(device)
    expect(await pay(reopened, pin)).toBe('paid')
    await lockWallet(reopened)
    const state = await rebind(reopened)
    expect(state.cards).toMatchObject([{ tokenReferenceId: token, isRecordMissing: true }])
    expect(state.walletId).not.toBe(old.walletId)
    expect([await pay(reopened), await pay(reopened, newPin, 500_000n)]).toEqual(['paid', 'paid'])
    expect(await eventsOf(token)).toEqual(['bound enrolment', 'rebound device-key'])
    // The files of before the rebind, with the right PIN: the vault knows a retired epoch, and the card is nobody's there.
    const stale = await startDevice({ ...device, storage: keptCopy })
    expect(['CUSTODY_FROZEN', 'TOKEN_NOT_ACTIVE']).toContain(await pay(stale, pin))
  })
})

describe('a vault that was restored from an old backup', () => {
  test('does not know the wallet’s epoch, and the rebind needs no old secret of the vault', async () => {
    const device = await enrol()
    const { walletId = '' } = await load(device)
    const columns = await backUp(walletId)
    for (let count = 0; count < 3; count += 1) expect(await pay(device, pin)).toBe('paid')
    await value(device.sdk.preparePayment())
    const oldPid = system.kill('vault', 'SIGKILL')
    await restore(columns)
    await system.untilRestarted('vault', oldPid)
    // A new page: the slot that the old one had opened died with the vault.
    await device.sdk.close()
    const reopened = await startDevice(device)
    await until(async () => ((await codeOf(reopened.sdk.preparePayment())) === 'CUSTODY_WALLET_UNKNOWN' ? true : undefined))
    expect(await pay(reopened, pin)).toBe('CUSTODY_WALLET_UNKNOWN')
    await rebind(reopened)
    expect(await pay(reopened)).toBe('paid')
  })

  // As a restored backup does: this wallet's row of then in place of the row of now.
  const backUp = async (walletId: string): Promise<string> => {
    expect(walletId).toMatch(/^[0-9a-f]{32}$/u)
    await vaultDatabase.query('DROP TABLE IF EXISTS public.wallet_backup')
    await vaultDatabase.query(`CREATE TABLE public.wallet_backup AS SELECT * FROM vault.wallets WHERE wallet_id = '\\x${walletId}'`)
    const { rows } = await vaultDatabase.query<{ column_name: string }>(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = 'vault' AND table_name = 'wallets' AND column_name <> 'wallet_id'",
    )
    return rows.map((row) => row.column_name).join(', ')
  }
  const restore = (columns: string): Promise<unknown> =>
    vaultDatabase.query(
      `UPDATE vault.wallets AS live SET (${columns}) = (SELECT ${columns} FROM public.wallet_backup)
       WHERE wallet_id IN (SELECT wallet_id FROM public.wallet_backup)`,
    )
})

describe('a device whose storage is gone', () => {
  test('gets the same card back by entering it again: the issuer offers to replace the old wallet', async () => {
    const card = newCard()
    const lost = await enrol(card)
    const token = await tokenOf(lost)
    const device = await startDevice()
    await value(device.sdk.createWallet(pin))
    await addCard(device, card, { replaces: token, identified: 'yes' })
    expect(await tokenOf(device)).toBe(token)
    // Without the old device key the issuer starts with low limits.
    expect([await pay(device, pin), await pay(device, pin, 400_000n)]).toEqual(['paid', 'declined exceeds-amount-limit'])
    expect(await pay(lost, pin)).toBe('TOKEN_NOT_ACTIVE')
    expect(await value(device.sdk.showCard(token, pin))).toMatchObject({ kind: 'shown' })
    expect(await eventsOf(token)).toEqual(['bound enrolment', 'rebound identification'])
  })
})

describe('a stranger who knows the reference of a token', () => {
  test('waits for the person’s approval, is refused, and the person goes on paying', async () => {
    const device = await enrol()
    const token = await tokenOf(device)
    await device.sdk.close()
    const stranger = await startDevice({ storage: await copyStorage(device.storage) })
    // Nothing of the old wallet but its list of tokens is of use to the stranger: no PIN, no device key.
    const started = await value(stranger.sdk.startRebind('111111'))
    const [request] = started.state.rebinds ?? []
    expect(request?.state).toBe('awaiting_approval')
    const page = await (await fetch(`${request?.approvalUrl ?? ''}?lang=en`)).text()
    expect(page).toContain('The key of the old device does not stand behind this request')
    expect((await pressPage(request?.approvalUrl ?? '', 'approve')).status).toBe(422)
    await pressPage(request?.approvalUrl ?? '', 'refuse')
    expect((await value(stranger.sdk.refreshRebind())).progress).toBe('refused')
    const genuine = await startDevice(device)
    expect(await eventsOf(token)).toEqual(['bound enrolment'])
    expect(await pay(genuine, pin)).toBe('paid')
  })
})

describe('a copied device', () => {
  test('is noticed at the genuine one’s next slot; the wallet freezes, its issuer suspends, and the rebind is the way out', async () => {
    const device = await enrol()
    const token = await tokenOf(device)
    await device.sdk.close()
    const copy = await startDevice({ ...device, storage: await copyStorage(device.storage) })
    expect(await pay(copy, pin)).toBe('paid')
    const genuine = await startDevice(device)
    expect(await codeOf(genuine.sdk.preparePayment())).toBe('CUSTODY_FROZEN')
    // Both are stopped, here and at the issuer.
    expect([await pay(copy, pin), await pay(genuine, pin)]).toEqual(['CUSTODY_FROZEN', 'CUSTODY_FROZEN'])
    await until(async () => ((await eventsOf(token)).includes('suspended alarm') ? true : undefined))
    await rebind(genuine, { identified: 'yes' })
    expect([await pay(genuine), await pay(genuine, newPin, 400_000n)]).toEqual(['paid', 'declined exceeds-amount-limit'])
    expect(await pay(copy, pin)).toBe('CUSTODY_FROZEN')
    expect(await eventsOf(token)).toEqual(['bound enrolment', 'suspended alarm', 'rebound identification'])
  })

  test('freezes also while the issuer is away: the suspension arrives when it is back', async () => {
    const device = await enrol()
    const token = await tokenOf(device)
    await device.sdk.close()
    const copy = await startDevice({ ...device, storage: await copyStorage(device.storage) })
    expect(await pay(copy, pin)).toBe('paid')
    const fronts = ['front-a', 'front-b', 'front-c']
    const pids = fronts.map((front) => system.kill(front, 'SIGKILL'))
    const linkPid = system.kill('link', 'SIGKILL')
    const genuine = await startDevice(device)
    expect(await codeOf(genuine.sdk.preparePayment())).toBe('CUSTODY_FROZEN')
    await Promise.all(fronts.map((front, index) => system.untilRestarted(front, pids[index] ?? 0)))
    await system.untilRestarted('link', linkPid)
    await until(async () => ((await eventsOf(token).catch((): readonly string[] => [])).includes('suspended alarm') ? true : undefined))
  })
})

describe('a wallet that is stopped by its code', () => {
  test('is suspended at its issuer, and no host hears of any of it', async () => {
    const device = await startDevice()
    const { stopCode } = await value(device.sdk.createWallet(pin))
    await addCard(device, newCard())
    const token = await tokenOf(device)
    const response = await fetch(`${system.installation().directory.operator.origin}/v1/stops`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: stopCode }),
    })
    expect(response.status).toBe(204)
    await until(async () => ((await eventsOf(token)).includes('suspended stop-code') ? true : undefined))
    const hostJournals = await Promise.all(
      system.installation().issuers.map(async ({ hostOrigin, hostJournalKey }) => {
        const answer = await fetch(`${hostOrigin}/v1/journal?limit=1000`, { headers: { authorization: `Bearer ${hostJournalKey}` } })
        return answer.text()
      }),
    )
    expect(hostJournals.join()).not.toContain(token)
    await rebind(device, { identified: 'yes' })
    expect(await pay(device)).toBe('paid')
  })
})
