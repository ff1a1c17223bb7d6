import { beforeEach, describe, expect, test } from 'vitest'
import { verifyClosingStatement } from '@symbolon/custody/device'
import { createStopCode, hashStopCode } from '@symbolon/custody/device'
import { stopWallet } from '@symbolon/operator-vault/flows'
import { randomBytes } from 'node:crypto'
import { createCustomer, pin, recordOfCard, value, type Customer } from './customer.ts'
import { refuse, World } from './world.ts'

let customer: Customer
beforeEach(async () => {
  customer = await createCustomer()
})
const vault = () => customer.world.coSigner.vault
const stored = () => vault().memory.wallets.get(customer.walletId)?.stored
const stop = (code: string) => stopWallet(vault().deps, Buffer.from(hashStopCode(code)).toString('hex'))

describe('the stop code', () => {
  test('is told once, lies in no file, and the vault knows its hash alone', async () => {
    expect(customer.stopCode).toMatch(/^[A-Z2-7]{25}$/u)
    expect(await value(customer.sdk.loadWallet())).not.toHaveProperty('stopCode')
    expect(Buffer.from(customer.storage.bytesOf('state')).includes(customer.stopCode)).toBe(false)
    expect(JSON.stringify([...vault().memory.wallets.values()])).not.toContain(customer.stopCode)
    expect(vault().memory.wallets.get(customer.walletId)?.stopCodeHash).toBe(Buffer.from(hashStopCode(customer.stopCode)).toString('hex'))
  })
  test("a stranger's code stops nothing", async () => {
    for (let count = 0; count < 20; count += 1)
      expect(await stop(createStopCode({ randomBytes: (size) => new Uint8Array(randomBytes(size)) }))).toEqual({})
    expect(await stop(`${customer.stopCode.slice(0, -1)}${customer.stopCode.endsWith('A') ? 'B' : 'A'}`)).toEqual({})
    expect(stored()?.frozen).toBeNull()
    expect(await value(customer.pay())).toMatchObject({ kind: 'paid' })
  })
  test('freezes the wallet, also in the middle of a payment, and the device hears of it', async () => {
    await value(customer.sdk.preparePayment())
    expect(await stop(customer.stopCode)).toEqual({ walletId: customer.walletId })
    expect([stored()?.frozen, vault().deps.slots.liveSlots]).toEqual(['stop-code', 0])
    expect(await customer.pay()).toEqual({ ok: false, problem: { code: 'CUSTODY_FROZEN' } })
    expect(await stop(customer.stopCode)).toEqual({ walletId: customer.walletId })
    await customer.boot()
    expect(await customer.sdk.refresh(pin)).toEqual({ ok: false, problem: { code: 'CUSTODY_FROZEN' } })
  })
})

describe('closing', () => {
  const expectDestroyed = async (): Promise<void> => {
    // At the vault: no share, no key, no MAC key, no record half; what was signed and the statement stay.
    expect(stored()).toMatchObject({ pending: null, retired: [], tries: 0, demand: null, closed: expect.any(Uint8Array) })
    const { secrets } = stored()?.current ?? {}
    expect(secrets).toEqual({ share: new Uint8Array(), key: new Uint8Array(), rerandomiser: null })
    expect(vault().memory.wallets.get(customer.walletId)?.stopCodeHash).toBeNull()
    expect([...vault().memory.records.keys()].filter((name) => name.startsWith(customer.walletId))).toEqual([])
    // On the device: the statement twice, and zeros.
    const state = Buffer.from(customer.storage.bytesOf('state')).toString('latin1')
    for (const word of ['key', 'maskedShare', 'salt', 'pinSalt', 'cards', 'recordId']) expect(state).not.toContain(`"${word}"`)
    expect(state.split('"statement"')).toHaveLength(3)
    expect(customer.storage.bytesOf('records').every((byte) => byte === 0)).toBe(true)
    expect(await customer.deviceKey.find()).toBeUndefined()
    const { closing, ...state_ } = await value(customer.sdk.loadWallet())
    expect(state_).toMatchObject({ exists: false, health: 'closed', cards: [] })
    const statement = new Uint8Array(Buffer.from(closing?.statement ?? '', 'base64url'))
    const expected = { vaultPublicKey: vault().vaultPublicKey, walletId: Buffer.from(customer.walletId, 'hex') }
    expect(verifyClosingStatement(statement, expected)).toMatchObject({ ok: true, value: { now: closing?.closedAt } })
    expect(verifyClosingStatement(statement, { ...expected, walletId: new Uint8Array(16) })).toMatchObject({ ok: false })
  }

  test('destroys both halves against a signed word of the vault, which is all that stays', async () => {
    await value(customer.pay())
    expect(await value(customer.sdk.closeWallet(pin))).toMatchObject({ kind: 'closed', closing: { walletId: customer.walletId } })
    await customer.rest()
    await expectDestroyed()
    await customer.boot()
    await expectDestroyed()
    expect(await customer.pay()).toEqual({ ok: false, problem: { code: 'WALLET_MISSING' } })
    expect(await stop(customer.stopCode)).toEqual({})
    expect(await value(customer.sdk.createWallet(pin))).toMatchObject({ exists: true, health: 'ready', cards: [] })
  })
  test('by a copy freezes the genuine device, which keeps its cards for the wallet that takes over', async () => {
    const genuine = [customer.storage.bytesOf('state'), customer.storage.bytesOf('records')] as const
    await customer.boot()
    expect(await value(customer.sdk.closeWallet(pin))).toMatchObject({ kind: 'closed' })
    await customer.boot()
    customer.storage.overwrite('state', genuine[0])
    customer.storage.overwrite('records', genuine[1])
    expect(await customer.pay()).toEqual({ ok: false, problem: { code: 'CUSTODY_CLOSED' } })
    expect(await value(customer.sdk.loadWallet())).toMatchObject({ health: 'frozen', cards: [{ lastFour: '1111' }] })
  })
  test('a wrong PIN closes nothing', async () => {
    expect(await value(customer.sdk.closeWallet('000000'))).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
    expect(stored()?.closed).toBeNull()
    expect(await value(customer.sdk.showCard(customer.token, pin))).toEqual({ kind: 'shown', card: recordOfCard })
  })
  test('a lost answer is told at the next open, by the statement itself, also after a reload', async () => {
    for (const isReloaded of [false, true]) {
      customer = await createCustomer()
      customer.world.intercept = async (request, forward) => {
        const answer = await forward()
        if (!request.url.endsWith('/pay')) return answer
        if (isReloaded) customer.world.intercept = World.silence
        return await World.silence()
      }
      const outcome = await customer.sdk.closeWallet(pin)
      customer.world.intercept = (_, forward) => forward()
      if (isReloaded) {
        expect(outcome).toEqual({ ok: false, problem: { code: 'SERVICE_FAULT' } })
        await customer.boot()
        expect(await value(customer.sdk.loadWallet())).toMatchObject({ exists: true })
        expect(await customer.sdk.settle()).toEqual({ ok: false, problem: { code: 'CUSTODY_CLOSED' } })
      } else expect(outcome).toMatchObject({ ok: true, value: { kind: 'closed' } })
      await expectDestroyed()
    }
  })
  test('a statement that the vault did not sign destroys nothing', async () => {
    const stranger = await createCustomer()
    await value(stranger.sdk.closeWallet(pin))
    const { closing } = await value(stranger.sdk.loadWallet())
    await customer.boot()
    customer.world.intercept = async (request, forward) =>
      request.url.endsWith('/open') ? refuse('CUSTODY_CLOSED', { closingStatement: closing?.statement ?? '' }) : await forward()
    expect(await customer.pay()).toMatchObject({ ok: false })
    customer.world.intercept = (_, forward) => forward()
    expect(await value(customer.pay())).toMatchObject({ kind: 'paid' })
  })
  test('killed at any write, the device ends what it began: it has a whole wallet or the statement and zeros', async () => {
    const seen = new Set<string>()
    for (let writes = 0; writes < 12; writes += 1) {
      customer = await createCustomer()
      customer.storage.failAfter(writes, 3_000)
      const outcome = await customer.sdk.closeWallet(pin).catch(() => undefined)
      if (outcome?.ok === true) break
      await customer.boot()
      const { health } = await value(customer.sdk.loadWallet())
      seen.add(health)
      // Before it heard the word it has its wallet, and learns the end at its next open.
      if (health === 'ready' && stored()?.closed !== null)
        expect(await customer.sdk.settle()).toEqual({ ok: false, problem: { code: 'CUSTODY_CLOSED' } })
      else if (health === 'ready') expect(await value(customer.sdk.closeWallet(pin))).toMatchObject({ kind: 'closed' })
      await expectDestroyed()
    }
    expect([...seen].toSorted()).toEqual(['closed', 'ready'])
  }, 60_000)
})

test('a medium without a promise to last is told, and an evicted wallet is none', async () => {
  expect(await value(customer.sdk.loadWallet())).toMatchObject({ isPersistent: true, health: 'ready' })
  await customer.boot()
  customer.storage.overwrite('state', new Uint8Array(32_768))
  expect(await value(customer.sdk.loadWallet())).toEqual({ exists: false, health: 'none', cards: [], isPersistent: true })
})
