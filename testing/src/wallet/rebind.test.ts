import { randomBytes } from 'node:crypto'
import { createWalletSdk, type HeldStorage, type WalletSdk, type WalletState, type WalletStorage } from '@symbolon/device'
import { createMemoryDeviceKey, createMemoryStorage } from '@symbolon/device/memory'
import { beforeEach, describe, expect, test } from 'vitest'
import { World } from './world.ts'

const pin = '824917'
const newPin = '551903'
const card = {
  primaryAccountNumber: '4111111111111111',
  expiry: '9912',
  securityCode: '737',
  holderName: 'KIM HANEUL',
  phoneNumber: '010-1234-5678',
  postalAddress: 'Seoul',
}

let world: World
let storage: WalletStorage
let deviceKey: ReturnType<typeof createMemoryDeviceKey>
let sdk: WalletSdk
let token: string

function start(): Promise<WalletSdk> {
  return createWalletSdk({
    directory: world.directory,
    storage,
    deviceKey,
    transport: world.transport,
    clock: {
      nowSeconds: () => Math.floor(world.coSigner.nowMs / 1_000),
      monotonicMs: () => world.coSigner.nowMs,
      wait: async (milliseconds) => {
        world.coSigner.nowMs += milliseconds
      },
    },
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    // The cost of argon2id is custody's own test; here only that another PIN gives another value matters.
    stretchPin: async (text, salt) =>
      new Uint8Array(32).map((_, index) => (text.charCodeAt(index % text.length) + (salt[index % 16] ?? 0)) & 255),
  })
}

async function value<Value>(answer: Promise<{ ok: true; value: Value } | { ok: false; problem: unknown }>): Promise<Value> {
  const settled = await answer
  if (!settled.ok) throw new Error(JSON.stringify(settled.problem))
  return settled.value
}
const codeOf = async (answer: Promise<{ ok: boolean; problem?: { code: string } }>): Promise<string> => (await answer).problem?.code ?? 'ok'
const pay = async (typed = newPin): Promise<string> => {
  const outcome = await sdk.confirmPayment(world.order(), { pin: typed, instalmentMonths: 0 })
  return outcome.ok ? outcome.value.kind : outcome.problem.code
}
const load = (): Promise<WalletState> => value(sdk.loadWallet())

beforeEach(async () => {
  world = await World.create()
  storage = createMemoryStorage()
  deviceKey = createMemoryDeviceKey()
  sdk = await start()
  await value(sdk.createWallet(pin))
  const outcome = await value(sdk.startCardEnrolment(card, pin))
  if (outcome.kind !== 'submitted') throw new Error(outcome.kind)
  world.press(outcome.enrolment.card.enrolmentId, 'active')
  token = (await value(sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))).tokenReferenceId ?? ''
})

async function lockWallet(): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) await pay('000000')
  expect((await load()).health).toBe('locked')
}

describe('a wallet that cannot pay any more', () => {
  test('is replaced: the same card pays under a new PIN once its issuer’s customer has approved, and not before', async () => {
    await lockWallet()
    const old = await load()
    const started = await value(sdk.startRebind(newPin))
    expect(started.stopCode).toMatch(/^[A-Z2-7]{25}$/u)
    expect(started.state).toMatchObject({ walletId: old.walletId, health: 'locked', cards: old.cards })
    expect(started.state.rebinds).toMatchObject([{ state: 'awaiting_approval', cards: [{ tokenReferenceId: token }] }])
    expect(world.rebinds.size).toBe(1)
    expect([...world.rebinds.values()][0]?.isVouchedFor).toBe(true)
    expect((await value(sdk.refreshRebind())).progress).toBe('awaiting')
    expect([await pay(), world.walletByToken.get(token)]).toEqual(['locked', old.walletId])
    world.pressRebind('active')
    const { progress, state } = await value(sdk.refreshRebind())
    expect(progress).toBe('rebound')
    expect(state).toMatchObject({ health: 'ready', cards: [{ tokenReferenceId: token, state: 'active', isRecordMissing: true }] })
    expect(state.walletId).not.toBe(old.walletId)
    expect(world.walletByToken.get(token)).toBe(state.walletId)
    expect([await pay(), await pay(pin), await pay()]).toEqual(['paid', 'wrong-pin', 'paid'])
  })

  test('shows its card again only when it was entered again, and then once', async () => {
    await lockWallet()
    await value(sdk.startRebind(newPin))
    world.pressRebind('active')
    await value(sdk.refreshRebind())
    expect(await codeOf(sdk.showCard(token, newPin))).toBe('WALLET_RECORD_MISSING')
    const outcome = await value(sdk.startCardEnrolment(card, newPin))
    if (outcome.kind !== 'submitted') throw new Error(outcome.kind)
    world.press(outcome.enrolment.card.enrolmentId, 'active')
    const again = await value(sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))
    expect((await load()).cards).toEqual([again])
    expect(await value(sdk.showCard(again.tokenReferenceId ?? '', newPin))).toMatchObject({ kind: 'shown' })
  })

  test('stays as it was when the person refuses, and may ask again', async () => {
    await lockWallet()
    const before = await load()
    await value(sdk.startRebind(newPin))
    world.pressRebind('refused')
    expect((await value(sdk.refreshRebind())).progress).toBe('refused')
    expect(await load()).toEqual(before)
    await value(sdk.startRebind(newPin))
    world.pressRebind('active')
    expect((await value(sdk.refreshRebind())).progress).toBe('rebound')
  })

  test('whose copy was noticed gets a new device key, because the copy has the old one', async () => {
    const oldKey = await deviceKey.find()
    await sdk.close()
    const snapshot = await copyOf(storage)
    const genuine = storage
    storage = await snapshot()
    sdk = await start()
    expect(await pay(pin)).toBe('paid')
    await sdk.close()
    storage = genuine
    sdk = await start()
    expect(await codeOf(sdk.preparePayment())).toBe('CUSTODY_FROZEN')
    // A page that gives its storage back for a while still knows what happened; another page asks the vault itself.
    await sdk.close()
    expect(await load()).toMatchObject({ health: 'frozen', frozenReason: 'alarm' })
    await value(sdk.startRebind(newPin))
    expect([...world.rebinds.values()][0]?.isVouchedFor).toBe(false)
    expect((await deviceKey.find())?.publicKeySpki).not.toEqual(oldKey?.publicKeySpki)
    world.pressRebind('active')
    expect((await value(sdk.refreshRebind())).progress).toBe('rebound')
    expect(await pay()).toBe('paid')
  })

  test('keeps what an issuer has granted, however often it is asked again', async () => {
    await lockWallet()
    await value(sdk.startRebind(newPin))
    world.pressRebind('active')
    const again = await value(sdk.startRebind('111111'))
    expect([again.stopCode, again.state.health, await pay()]).toEqual([undefined, 'ready', 'paid'])
    expect(world.rebinds.size).toBe(1)
  })

  test('believes no grant of a stranger, for another wallet or for another card', async () => {
    await lockWallet()
    await value(sdk.startRebind(newPin))
    world.pressRebind('active')
    world.intercept = async (request, forward) => {
      const answer = await forward()
      return request.url.includes('/v1/rebinds/') ? { ...answer, body: falsify(answer.body) } : answer
    }
    expect(await codeOf(sdk.refreshRebind())).toBe('TOKEN_GRANT_INVALID')
    expect((await load()).health).toBe('locked')
    world.intercept = (_, forward) => forward()
    expect((await value(sdk.refreshRebind())).progress).toBe('rebound')
  })

  test('sends nobody to an address that is not its issuer’s', async () => {
    await lockWallet()
    world.intercept = async (request, forward) => {
      const answer = await forward()
      const isSubmit = /rebinds\/[0-9a-f]+$/u.test(request.url)
      return isSubmit ? { ...answer, body: { ...Object(answer.body), approvalUrl: 'https://elsewhere.example/rebind' } } : answer
    }
    expect(await codeOf(sdk.startRebind(newPin))).toBe('WALLET_ANSWER_UNVERIFIED')
    expect((await load()).rebinds).toBeUndefined()
  })

  test('without a card is replaced at once', async () => {
    storage = createMemoryStorage()
    await sdk.close()
    sdk = await start()
    await value(sdk.createWallet(pin))
    const old = await load()
    const { state } = await value(sdk.startRebind(newPin))
    expect(state.walletId).not.toBe(old.walletId)
    expect([state.cards, state.rebinds]).toEqual([[], undefined])
  })
})

/** Changes one byte of what the issuer signed. */
function falsify(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replace(/"grant":"(.)/u, (_all, first: string) => `"grant":"${first === 'A' ? 'B' : 'A'}`))
}

test('a crash at any write leaves the old wallet or the new one, and the way goes on', async () => {
  await lockWallet()
  const old = (await load()).walletId
  await sdk.close()
  const snapshot = await copyOf(storage)
  const seen = new Set<string>()
  for (let writes = 0; ; writes += 1) {
    storage = await snapshot()
    const whole = storage
    storage = failingAfter(whole, writes)
    sdk = await start()
    let isWhole = true
    try {
      await value(sdk.startRebind(newPin))
      world.pressRebind('active')
      await value(sdk.refreshRebind())
    } catch {
      isWhole = false
    }
    await sdk.close()
    if (isWhole) break
    storage = whole
    sdk = await start()
    const found = await load()
    seen.add(found.walletId === old ? `old with ${found.rebinds?.length ?? 0}` : 'new')
    expect(found.cards).toHaveLength(1)
    if (found.walletId === old) {
      await value(sdk.startRebind(newPin))
      world.pressRebind('active')
      await value(sdk.refreshRebind())
    }
    expect(await pay()).toBe('paid')
    await sdk.close()
  }
  expect([...seen].toSorted()).toEqual(['new', 'old with 0', 'old with 1'])
})

type Snapshot = () => Promise<WalletStorage>
const stateSize = 2 * 16_384

async function copyOf(source: WalletStorage): Promise<Snapshot> {
  const held = await hold(source)
  const bytes = await held.state.read(0, stateSize)
  await held.release()
  return async () => {
    const copy = createMemoryStorage()
    const target = await hold(copy)
    await target.state.write(0, bytes)
    await target.release()
    return copy
  }
}

async function hold(source: WalletStorage): Promise<HeldStorage> {
  const held = await source.acquire()
  if (!held.ok) throw new Error('the storage is free')
  return held.value
}

/** The medium of a device that dies: from one write on, nothing is written any more. */
function failingAfter(source: WalletStorage, writes: number): WalletStorage {
  let left = writes
  return {
    acquire: async () => {
      const held = await source.acquire()
      if (!held.ok) return held
      const { state, ...rest } = held.value
      const write = async (offset: number, bytes: Uint8Array): Promise<void> => {
        left -= 1
        if (left < 0) throw new Error('the device died')
        await state.write(offset, bytes)
      }
      return { ok: true, value: { state: { read: (offset, size) => state.read(offset, size), write }, ...rest } }
    },
  }
}
