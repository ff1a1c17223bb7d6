import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createDeviceSignatureVerifier } from '@symbolon/operator-vault/flows'
import {
  createWalletSdk,
  type ByteFile,
  type PaymentOutcome,
  type WalletAnswer,
  type WalletSdk,
  type WalletStorage,
} from '@symbolon/device'
import { createMemoryStorage } from '@symbolon/device/memory'
import { createSoftwareAuthenticator, type Deviation, type SoftwareAuthenticator } from './software-authenticator.ts'
import { World } from './world.ts'

const pin = '824917'
const origin = 'http://localhost:8401'
const card = {
  primaryAccountNumber: '4111111111111111',
  expiry: '9912',
  securityCode: '737',
  holderName: 'KIM HANEUL',
  phoneNumber: '010-1234-5678',
  postalAddress: 'Seoul',
}
const devicePart = createDeviceSignatureVerifier([origin])

let world: World
let storage: WalletStorage
let authenticator: SoftwareAuthenticator
let sdk: WalletSdk
let writes: string[]

function start(): Promise<WalletSdk> {
  return createWalletSdk({
    directory: world.directory,
    storage,
    deviceKey: authenticator,
    transport: world.transport,
    clock: {
      nowSeconds: () => Math.floor(world.coSigner.nowMs / 1_000),
      monotonicMs: () => world.coSigner.nowMs,
      wait: async (milliseconds) => void (world.coSigner.nowMs += milliseconds),
    },
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    stretchPin: async (text, salt) =>
      new Uint8Array(32).map((_, index) => (text.charCodeAt(index % text.length) + (salt[index % 16] ?? 0)) & 255),
  })
}

async function value<Value>(answer: Promise<WalletAnswer<Value>>): Promise<Value> {
  const settled = await answer
  if (!settled.ok) throw new Error(JSON.stringify(settled.problem))
  return settled.value
}

async function enrol(typed: string, protection: 'pin-and-passkey' | 'passkey'): Promise<void> {
  await value(sdk.createWallet(typed, protection))
  const outcome = await value(sdk.startCardEnrolment(card, typed))
  if (outcome.kind !== 'submitted') throw new Error(outcome.kind)
  world.press(outcome.enrolment.card.enrolmentId, 'active')
  await value(sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))
}

const pay = (typed = pin): Promise<WalletAnswer<PaymentOutcome>> => sdk.confirmPayment(world.order(), { pin: typed, instalmentMonths: 0 })
const kindOf = async (answer: Promise<WalletAnswer<PaymentOutcome>>): Promise<string> => (await value(answer)).kind

beforeEach(async () => {
  world = await World.create([origin])
  writes = []
  storage = observed(createMemoryStorage(), () => writes.push('write'))
  authenticator = createSoftwareAuthenticator(origin)
  sdk = await start()
})

describe.each(['es256', 'eddsa'] as const)('PIN and passkey (%s)', (algorithm) => {
  beforeEach(async () => {
    authenticator = createSoftwareAuthenticator(origin, { algorithm })
    sdk = await start()
    await enrol(pin, 'pin-and-passkey')
  })

  test('sign together, again and again, with one gesture each: the PRF of the next salt is the PRF of the current one afterwards', async () => {
    expect(await value(sdk.loadWallet())).toMatchObject({ protection: 'pin-and-passkey' })
    for (let count = 0; count < 5; count += 1) {
      const before = authenticator.gestures
      expect(await kindOf(pay())).toBe('paid')
      expect(authenticator.gestures).toBe(before + 1)
    }
    await sdk.close()
    sdk = await start()
    expect(await kindOf(pay())).toBe('paid')
  })

  test('neither is enough: another PIN costs a try, another authenticator the same', async () => {
    expect(await value(pay('111111'))).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
    expect(await kindOf(pay())).toBe('paid')
    await sdk.close()
    // The same key signs, so that only the PRF differs: what a copied credential without its PRF secret would be.
    const { find, sign, create } = createSoftwareAuthenticator(origin, { algorithm })
    await create({ kind: 1, walletId: new Uint8Array(16), salt: new Uint8Array(32) })
    const genuine = authenticator
    authenticator = {
      ...genuine,
      find,
      sign: async (input, salts) => {
        const [own, other] = [await genuine.sign(input, salts), await sign(input, salts)]
        return own.ok && other.ok ? { ok: true, value: { ...own.value, prf: other.value.prf ?? { current: input, next: input } } } : own
      },
    }
    sdk = await start()
    expect(await value(pay())).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
  })
})

describe('a gesture that does not come', () => {
  beforeEach(() => enrol(pin, 'pin-and-passkey'))

  test('changes nothing: nothing is written, nothing is sent, no try is lost, and the slot still serves', async () => {
    await value(sdk.preparePayment())
    const [calls, written] = [world.calls.length, writes.length]
    authenticator.refuse('everything')
    const paymentId = world.order()
    await value(sdk.loadPayment(paymentId))
    const asked = world.calls.length - calls
    expect(await sdk.confirmPayment(paymentId, { pin, instalmentMonths: 0 })).toEqual({
      ok: false,
      problem: { code: 'WALLET_PASSKEY_UNANSWERED' },
    })
    expect([world.calls.length - calls, writes.length]).toEqual([asked, written])
    authenticator.refuse('nothing')
    expect(await kindOf(sdk.confirmPayment(paymentId, { pin, instalmentMonths: 0 }))).toBe('paid')
  })

  test('is asked for again when the slot is void, because the passkey signs the slot too', async () => {
    await value(sdk.preparePayment())
    world.coSigner.restart()
    const before = authenticator.gestures
    expect(await kindOf(pay())).toBe('paid')
    expect(authenticator.gestures).toBe(before + 2)
  })

  test('ends the making of a wallet with nothing stored', async () => {
    storage = createMemoryStorage()
    authenticator = createSoftwareAuthenticator(origin)
    authenticator.refuse('everything')
    sdk = await start()
    expect(await sdk.createWallet(pin, 'pin-and-passkey')).toEqual({ ok: false, problem: { code: 'WALLET_PASSKEY_UNANSWERED' } })
    expect(await value(sdk.loadWallet())).toMatchObject({ exists: false })
  })
})

describe('a passkey alone', () => {
  test('signs without a PIN', async () => {
    await enrol('', 'passkey')
    expect(await kindOf(pay(''))).toBe('paid')
    await sdk.close()
    sdk = await start()
    expect(await value(sdk.loadWallet())).toMatchObject({ protection: 'passkey' })
    expect(await kindOf(pay(''))).toBe('paid')
  })

  test('has no PIN, and a wallet of a PIN has one', async () => {
    const refused = { ok: false, problem: { code: 'WALLET_PIN_FORM' } }
    expect(await sdk.createWallet(pin, 'passkey')).toEqual(refused)
    expect(await sdk.createWallet('', 'pin-and-passkey')).toEqual(refused)
  })
})

describe('a locked wallet is replaced', () => {
  const newPin = '551903'

  async function lock(): Promise<void> {
    await enrol(pin, 'pin-and-passkey')
    for (let tries = 0; tries < 5; tries += 1) await pay('000000')
    expect(await value(sdk.loadWallet())).toMatchObject({ health: 'locked' })
  }

  async function replace(): Promise<boolean | undefined> {
    await value(sdk.startRebind(newPin))
    const isVouchedFor = [...world.rebinds.values()][0]?.isVouchedFor
    world.pressRebind('active')
    expect((await value(sdk.refreshRebind())).progress).toBe('rebound')
    return isVouchedFor
  }

  test('with the same passkey, whose one signature binds the new wallet and vouches for it', async () => {
    await lock()
    const key = (await authenticator.find())?.publicKeySpki
    const before = authenticator.gestures
    expect(await replace()).toBe(true)
    // One gesture for the PRF under the new wallet's salt, one for the binding.
    expect(authenticator.gestures - before).toBe(2)
    expect((await authenticator.find())?.publicKeySpki).toEqual(key)
    expect([await kindOf(pay(newPin)), await kindOf(pay(pin)), await kindOf(pay(newPin))]).toEqual(['paid', 'wrong-pin', 'paid'])
  })

  test('with a new passkey when the old one is gone; then nothing vouches for it', async () => {
    await lock()
    const key = (await authenticator.find())?.publicKeySpki
    authenticator.refuse('signing')
    expect(await replace()).toBe(false)
    expect((await authenticator.find())?.publicKeySpki).not.toEqual(key)
    expect(await kindOf(pay(newPin))).toBe('paid')
  })
})

describe('the vault believes no other assertion', () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

  test.each<[string, Deviation]>([
    ['another challenge', { challenge: 'A'.repeat(43) }],
    ['another origin', { members: { origin: 'http://localhost:9999' } }],
    ['another relying party', { host: 'evil.example' }],
    ['nobody there', { flags: 0x04 }],
    ['nobody verified', { flags: 0x01 }],
    ['flags that contradict each other', { flags: 0x15 }],
    ['another key', { signer: stranger }],
    ['a registration', { members: { type: 'webauthn.create' } }],
  ])('%s: rejected, and no try is counted', async (_, deviation) => {
    await enrol(pin, 'pin-and-passkey')
    authenticator.deviate(deviation)
    expect(await pay()).toEqual({ ok: false, problem: { code: 'CUSTODY_REJECTED' } })
    expect(await value(sdk.loadWallet())).toMatchObject({ triesLeft: 5 })
    authenticator.deviate({})
    expect(await kindOf(pay())).toBe('paid')
  })

  test('nor a signature of the other kind, nor a passkey where no origin is configured', async () => {
    const found = await createAndFind()
    const input = new Uint8Array(40)
    const signed = await authenticator.sign(input)
    const assertion = signed.ok ? signed.value.signature : input
    const [passkey, software] = [
      { kind: 1, publicKey: found },
      { kind: 0, publicKey: found },
    ] as const
    expect(devicePart.verifyDeviceSignature(passkey, input, assertion)).toBe(true)
    expect(devicePart.verifyDeviceSignature(software, input, assertion)).toBe(false)
    expect(devicePart.verifyDeviceSignature(passkey, input, new Uint8Array(64))).toBe(false)
    expect(devicePart.verifyDeviceSignature({ kind: 2, publicKey: found }, input, assertion)).toBe(false)
    expect(devicePart.isDeviceKey(passkey)).toBe(true)
    expect(devicePart.isDeviceKey({ kind: 2, publicKey: found })).toBe(false)
    const none = createDeviceSignatureVerifier([])
    expect([none.isDeviceKey(passkey), none.isDeviceKey(software), none.verifyDeviceSignature(passkey, input, assertion)]).toEqual([
      false,
      true,
      false,
    ])
  })

  test('and no Ed25519 key of kind 0', () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
    expect(devicePart.isDeviceKey({ kind: 0, publicKey: spki })).toBe(false)
    expect(devicePart.isDeviceKey({ kind: 1, publicKey: spki })).toBe(true)
  })
})

async function createAndFind(): Promise<Uint8Array> {
  const created = await authenticator.create({ kind: 1, walletId: new Uint8Array(16), salt: new Uint8Array(32) })
  return created.ok ? created.value.publicKeySpki : new Uint8Array()
}

/** The same files, with every write told. */
function observed(inner: WalletStorage, onWrite: () => void): WalletStorage {
  const tell = (file: ByteFile): ByteFile => ({
    read: (offset, size) => file.read(offset, size),
    write: async (offset, bytes) => {
      onWrite()
      await file.write(offset, bytes)
    },
  })
  return {
    acquire: async () => {
      const held = await inner.acquire()
      return held.ok ? { ok: true, value: { ...held.value, state: tell(held.value.state), records: tell(held.value.records) } } : held
    },
  }
}
