import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createWalletSdk, type HeldStorage, type WalletSdk, type WalletStorage } from '@symbolon/device'
import { createMemoryDeviceKey, createMemoryStorage } from '@symbolon/device/memory'
import { refuse, World } from './world.ts'

const pin = '824917'
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

/** The clock of the test: waiting moves the vault's time too. */
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

async function enrol(): Promise<string> {
  await value(sdk.createWallet(pin))
  const outcome = await value(sdk.startCardEnrolment(card, pin))
  if (outcome.kind !== 'submitted') throw new Error(outcome.kind)
  world.press(outcome.enrolment.card.enrolmentId, 'active')
  return (await value(sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))).tokenReferenceId ?? ''
}

const pay = (paymentId: string, typed = pin) => sdk.confirmPayment(paymentId, { pin: typed, instalmentMonths: 0 })
/** Another page load on the same files: RAM is gone. */
async function reload(): Promise<void> {
  await sdk.close()
  sdk = await start()
}

beforeEach(async () => {
  world = await World.create()
  storage = createMemoryStorage()
  deviceKey = createMemoryDeviceKey()
  sdk = await start()
})

describe('a wallet and its card', () => {
  test('is created once, with a PIN of six to twelve digits', async () => {
    expect(await sdk.createWallet('12345')).toEqual({ ok: false, problem: { code: 'WALLET_PIN_FORM' } })
    expect(await value(sdk.createWallet(pin))).toMatchObject({ exists: true, health: 'ready', cards: [] })
    expect(await sdk.createWallet(pin)).toEqual({ ok: false, problem: { code: 'WALLET_EXISTS' } })
    await reload()
    expect(await value(sdk.loadWallet())).toMatchObject({ exists: true, health: 'ready' })
  })

  test('believes no offer that another key signed', async () => {
    const other = await World.create()
    world.intercept = async (request, forward) => (request.url.endsWith('/v1/wallets') ? await other.transport(request) : await forward())
    expect(await sdk.createWallet(pin)).toEqual({ ok: false, problem: { code: 'WALLET_ANSWER_UNVERIFIED' } })
    expect(await value(sdk.loadWallet())).toMatchObject({ exists: false })
  })

  test('a card reaches its issuer sealed, is bound, approved, and its record shown again with the PIN', async () => {
    const token = await enrol()
    expect([...world.enrolments.values()].map((enrolment) => enrolment.card)).toEqual([card])
    expect(world.calls.filter((call) => call.includes('/tokens'))).toHaveLength(1)
    const { securityCode: _never, ...record } = card
    expect(await value(sdk.showCard(token, pin))).toEqual({ kind: 'shown', card: record })
    expect(await value(sdk.showCard(token, '000000'))).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
    await reload()
    expect(await value(sdk.showCard(token, pin))).toEqual({ kind: 'shown', card: record })
  })

  test('refuses what it should refuse before anything leaves', async () => {
    await value(sdk.createWallet(pin))
    const calls = world.calls.length
    const refused = [
      [
        { ...card, primaryAccountNumber: '4111111111111112' },
        { code: 'WALLET_CARD_INVALID', param: 'primaryAccountNumber' },
      ],
      [
        { ...card, expiry: '2001' },
        { code: 'WALLET_CARD_INVALID', param: 'expiry' },
      ],
      [
        { ...card, securityCode: '73' },
        { code: 'WALLET_CARD_INVALID', param: 'securityCode' },
      ],
      [{ ...card, primaryAccountNumber: '5555555555554444' }, { code: 'ISSUER_UNKNOWN' }],
    ] as const
    for (const [wrong, problem] of refused) expect(await sdk.startCardEnrolment(wrong, pin)).toEqual({ ok: false, problem })
    expect(world.calls).toHaveLength(calls)
  })

  test('a refused enrolment frees its place', async () => {
    await value(sdk.createWallet(pin))
    const outcome = await value(sdk.startCardEnrolment(card, pin))
    if (outcome.kind !== 'submitted') throw new Error(outcome.kind)
    world.press(outcome.enrolment.card.enrolmentId, 'refused')
    expect(await value(sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))).toMatchObject({ state: 'refused' })
    expect(await sdk.confirmPayment(world.order(), { pin, instalmentMonths: 0 })).toMatchObject({
      problem: { code: 'WALLET_CARD_MISSING' },
    })
  })
})

describe('paying', () => {
  test('goes on for many payments, each under its own epoch', async () => {
    await enrol()
    const epochs = new Set<string>()
    for (let count = 0; count < 5; count += 1) {
      expect(await value(pay(world.order()))).toMatchObject({ kind: 'paid' })
      await value(sdk.preparePayment())
      for (const { state } of world.coSigner.wallets.values()) epochs.add(state.stored.current.eid)
    }
    expect(epochs.size).toBe(5)
  })

  test('every ending has its name', async () => {
    await enrol()
    for (const [state, kind] of [
      ['declined', 'declined'],
      ['unanswered', 'unanswered'],
      ['authorizing', 'authorizing'],
    ] as const) {
      world.decide = () => state
      expect(await value(pay(world.order()))).toMatchObject({ kind })
    }
    expect(await pay(world.order({ expiresAt: 1 }))).toEqual({ ok: false, problem: { code: 'PAYMENT_EXPIRED' } })
    expect(await sdk.confirmPayment(world.order(), { pin, instalmentMonths: 5 })).toEqual({
      ok: false,
      problem: { code: 'PAYMENT_REQUEST_MISMATCH' },
    })
  })

  test('invariant 17: a double click is one payment', async () => {
    await enrol()
    const paymentId = world.order()
    const [first, second] = await Promise.all([pay(paymentId), pay(paymentId)])
    expect(second).toEqual(first)
    expect(world.calls.filter((call) => call.endsWith('/pay'))).toHaveLength(2) // The binding and one payment.
  })

  test('a wrong PIN costs a try, the right one gives all back, five lock, and each retry keeps its attempt id', async () => {
    await enrol()
    const paymentId = world.order()
    const attemptIds = new Set<string>()
    const note = () => {
      for (const { state } of world.coSigner.wallets.values())
        if ('attemptId' in state.stored.last) attemptIds.add(state.stored.last.attemptId)
    }
    expect(await value(pay(paymentId, '111111'))).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
    note()
    await reload()
    expect(await value(pay(paymentId, '222222'))).toEqual({ kind: 'wrong-pin', triesLeft: 3 })
    note()
    expect(await value(pay(paymentId))).toMatchObject({ kind: 'paid' })
    note()
    expect(attemptIds.size).toBe(1)
    expect(await value(sdk.loadWallet())).toMatchObject({ triesLeft: 5 })
    const other = world.order()
    for (const left of [4, 3, 2, 1]) expect(await value(pay(other, '000000'))).toEqual({ kind: 'wrong-pin', triesLeft: left })
    expect(await value(pay(other, '000000'))).toEqual({ kind: 'locked' })
    const calls = world.calls.filter((call) => call.endsWith('/pay')).length
    expect(await value(pay(other))).toEqual({ kind: 'locked' })
    expect(world.calls.filter((call) => call.endsWith('/pay'))).toHaveLength(calls)
    expect(await value(sdk.loadWallet())).toMatchObject({ health: 'locked' })
  })

  test('invariant 6: a vault that restarts between sheet and confirmation costs one more open and no PIN', async () => {
    await enrol()
    await value(sdk.preparePayment())
    world.coSigner.restart()
    expect(await value(pay(world.order()))).toMatchObject({ kind: 'paid' })
    expect(world.calls.filter((call) => call.endsWith('/pay'))).toHaveLength(3)
  })

  test('invariant 4: a lost answer is asked for with the same bytes', async () => {
    await enrol()
    const sent: unknown[] = []
    world.intercept = async (request, forward) => {
      if (!request.url.endsWith('/pay')) return await forward()
      sent.push(request.body)
      const answer = await forward()
      return sent.length === 1 ? await World.silence() : answer
    }
    expect(await value(pay(world.order()))).toMatchObject({ kind: 'paid' })
    expect(sent).toHaveLength(2)
    expect(sent[1]).toEqual(sent[0])
  })

  test('invariant 8: a signed payment whose answers are all lost is settled from the signed slot, and never signed twice', async () => {
    await enrol()
    const paymentId = world.order()
    let isCut = false
    world.intercept = async (request, forward) => {
      if (request.url.endsWith('/pay')) {
        isCut = true
        await forward()
        return await World.silence()
      }
      return isCut ? await World.silence() : await forward()
    }
    expect(await value(pay(paymentId))).toEqual({ kind: 'unknown', paymentId })
    await reload()
    expect(await value(sdk.loadWallet())).toMatchObject({ pendingPaymentId: paymentId })
    world.intercept = (_, forward) => forward()
    expect(await value(sdk.settle())).toMatchObject({ kind: 'paid', payment: { paymentId } })
    const calls = world.calls.filter((call) => call.endsWith('/pay')).length
    expect(await value(pay(paymentId))).toMatchObject({ kind: 'paid' })
    expect(world.calls.filter((call) => call.endsWith('/pay'))).toHaveLength(calls)
    expect(await value(sdk.settle())).toBeUndefined()
    expect(await value(pay(world.order()))).toMatchObject({ kind: 'paid' })
  })

  test('a payment that never reached the vault is settled as not signed', async () => {
    await enrol()
    const paymentId = world.order()
    let isCut = false
    world.intercept = async (request, forward) => {
      isCut ||= request.url.endsWith('/pay')
      return isCut ? await World.silence() : await forward()
    }
    expect(await value(pay(paymentId))).toEqual({ kind: 'unknown', paymentId })
    await reload()
    world.intercept = (_, forward) => forward()
    expect(await value(sdk.settle())).toEqual({ kind: 'not-signed', paymentId })
    expect(await value(pay(paymentId))).toMatchObject({ kind: 'paid' })
  })

  test('invariant 8: a refusal is told only after the vault has signed that nothing was signed', async () => {
    await enrol()
    const paymentId = world.order()
    world.intercept = async (request, forward) => {
      if (!request.url.endsWith('/pay')) return await forward()
      await forward() // The vault signs, and the relay lies.
      return refuse('CUSTODY_REFUSED')
    }
    expect(await value(pay(paymentId))).toMatchObject({ kind: 'paid' })
    world.intercept = async (request, forward) => (request.url.endsWith('/pay') ? refuse('CUSTODY_REFUSED') : await forward())
    expect(await pay(world.order())).toEqual({ ok: false, problem: { code: 'CUSTODY_REFUSED' } })
  })

  test('a request that another key signed, or that says another amount than the payment, is not shown', async () => {
    await enrol()
    const paymentId = world.order()
    const held = world.payments.get(paymentId)
    if (held === undefined) throw new Error('no payment')
    const [header, payload] = held.request.split('.')
    const other = await World.create()
    const foreign = other.payments.get(other.order())?.request ?? ''
    world.payments.set(paymentId, { ...held, request: `${header}.${payload}.${foreign.split('.')[2]}` })
    expect(await sdk.loadPayment(paymentId)).toEqual({ ok: false, problem: { code: 'PAYMENT_REQUEST_SIGNATURE_INVALID' } })
    world.payments.set(paymentId, { ...held, payment: { ...held.payment, amountMinorUnits: '1' } })
    expect(await sdk.loadPayment(paymentId)).toEqual({ ok: false, problem: { code: 'PAYMENT_REQUEST_MISMATCH' } })
    world.payments.set(paymentId, held)
    expect(await value(sdk.loadPayment(paymentId))).toMatchObject({ request: { amountMinorUnits: '12000', merchantName: 'Tea' } })
  })
})

describe('copies and tabs', () => {
  test('invariant 17: two tabs are one device: the second gets the wallet when the first has closed', async () => {
    await value(sdk.createWallet(pin))
    const second = await start()
    expect(await second.loadWallet()).toEqual({ ok: false, problem: { code: 'WALLET_IN_USE' } })
    await sdk.close()
    expect(await value(second.loadWallet())).toMatchObject({ exists: true })
  })

  test('a copy that paid is noticed at the next open of the genuine device, which freezes the wallet', async () => {
    await enrol()
    await sdk.close()
    const copy = await copyOf(storage)
    const genuine = storage
    storage = copy
    sdk = await start()
    expect(await value(pay(world.order()))).toMatchObject({ kind: 'paid' })
    await sdk.close()
    storage = genuine
    sdk = await start()
    expect(await pay(world.order())).toEqual({ ok: false, problem: { code: 'CUSTODY_FROZEN', frozenReason: 'alarm' } })
    expect([...world.coSigner.wallets.values()].map(({ state }) => state.stored.frozen)).toEqual(['alarm'])
  })

  test('a copy that only tried a PIN is noticed too, and the device remembers', async () => {
    await enrol()
    await sdk.close()
    const genuine = storage
    storage = await copyOf(storage)
    sdk = await start()
    expect(await value(pay(world.order(), '000000'))).toMatchObject({ kind: 'wrong-pin' })
    await sdk.close()
    storage = genuine
    sdk = await start()
    expect(await pay(world.order())).toEqual({ ok: false, problem: { code: 'CUSTODY_FROZEN', frozenReason: 'alarm' } })
    await reload()
    expect(await value(sdk.loadWallet())).toMatchObject({ health: 'frozen' })
  })
})

test('invariant 11: no earlier c, salt or K stays in the files', async () => {
  await enrol()
  const seen: string[][] = []
  for (let count = 0; count < 4; count += 1) {
    await value(pay(world.order()))
    await sdk.close()
    seen.push(await secretsIn(storage))
    sdk = await start()
  }
  const now = Buffer.from(await readAll(storage)).toString('latin1')
  for (const secret of seen.slice(0, -1).flat()) expect(now).not.toContain(secret)
  for (const secret of seen.at(-1) ?? []) expect(now).toContain(secret)
})

async function held(from: WalletStorage): Promise<HeldStorage> {
  const acquired = await from.acquire()
  if (!acquired.ok) throw new Error('in use')
  return acquired.value
}

async function readAll(from: WalletStorage): Promise<Uint8Array> {
  const files = await held(from)
  const bytes = await files.state.read(0, 32_768)
  await files.release()
  return bytes
}

async function secretsIn(from: WalletStorage): Promise<string[]> {
  const text = Buffer.from(await readAll(from)).toString('latin1')
  return [...text.matchAll(/"(?:key|maskedShare|salt)":"([A-Za-z0-9_-]{43})"/gu)].map((match) => match[1] ?? '')
}

async function copyOf(from: WalletStorage): Promise<WalletStorage> {
  const [source, copy] = [await held(from), createMemoryStorage()]
  const target = await held(copy)
  await target.state.write(0, await source.state.read(0, 32_768))
  await target.records.write(0, await source.records.read(0, 32_768))
  await source.release()
  await target.release()
  return copy
}
