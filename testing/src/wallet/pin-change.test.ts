import { describe, expect, test } from 'vitest'
import { createCustomer, pin, recordOfCard, value, type Customer } from './customer.ts'
import { World } from './world.ts'

const nextPin = '135790'

/** Which of the two PINs this wallet takes, found out as a person would: a wrong one costs a try. */
async function findRightPin({ sdk }: Customer): Promise<string> {
  const works = async (typed: string): Promise<boolean> => (await value(sdk.refresh(typed))).kind === 'refreshed'
  const [old, next] = [await works(pin), await works(nextPin)]
  expect(old).not.toBe(next)
  return next ? nextPin : pin
}

const change = ({ sdk }: Customer, [from, to] = [pin, nextPin]) => sdk.changePin(from, to)

describe('the PIN', () => {
  test('is another one after a change, and the old one is wrong', async () => {
    const customer = await createCustomer()
    expect(await value(change(customer))).toEqual({ kind: 'changed' })
    expect(await value(customer.sdk.loadWallet())).toMatchObject({ pinChange: 'changed' })
    expect(await findRightPin(customer)).toBe(nextPin)
    expect(await value(customer.sdk.loadWallet())).not.toHaveProperty('pinChange')
    expect(await value(customer.pay(nextPin))).toMatchObject({ kind: 'paid' })
    expect(await value(customer.sdk.showCard(customer.token, nextPin))).toEqual({ kind: 'shown', card: recordOfCard })
    await customer.boot()
    expect(await findRightPin(customer)).toBe(nextPin)
    expect(await value(change(customer, [nextPin, pin]))).toEqual({ kind: 'changed' })
    expect(await findRightPin(customer)).toBe(pin)
  })

  test('changes only under the old one, which costs a try when it is wrong, and only into a PIN', async () => {
    const customer = await createCustomer()
    expect(await value(change(customer, ['000000', nextPin]))).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
    expect(await change(customer, [pin, '12345'])).toEqual({ ok: false, problem: { code: 'WALLET_PIN_FORM' } })
    expect(await findRightPin(customer)).toBe(pin)
    // The latest probe was wrong.
    for (const left of [3, 2, 1]) expect(await value(change(customer, ['000000', nextPin]))).toEqual({ kind: 'wrong-pin', triesLeft: left })
    expect(await value(change(customer, ['000000', nextPin]))).toEqual({ kind: 'locked' })
    expect(await value(change(customer))).toEqual({ kind: 'locked' })
  })

  test('kill at every write of the device: one PIN is right, and the wallet says which', async () => {
    const told = new Set<string>()
    for (let writes = 0; ; writes += 1) {
      for (const bytes of [0, 7_000]) {
        const customer = await createCustomer()
        customer.storage.failAfter(writes, bytes)
        const outcome = await change(customer).catch(() => undefined)
        if (outcome?.ok === true) {
          // No write was left to fail. The change itself has three, each of two copies: the attempt, the new epoch, its promotion.
          expect([outcome.value, writes >= 6]).toEqual([{ kind: 'changed' }, true])
          expect([...told].toSorted()).toEqual(['changed', 'nothing', 'undone'].filter((word) => told.has(word)))
          expect(told.has('changed') && told.has('nothing')).toBe(true)
          return
        }
        await customer.boot()
        const before = await value(customer.sdk.loadWallet())
        await value(customer.sdk.settle())
        const { pinChange = 'nothing' } = await value(customer.sdk.loadWallet())
        if (before.pinChange === undefined) expect(pinChange).toBe('nothing')
        told.add(pinChange)
        expect(await findRightPin(customer), `write ${writes}, ${bytes} bytes`).toBe(pinChange === 'changed' ? nextPin : pin)
        expect(await value(customer.sdk.loadWallet())).not.toHaveProperty('pinChange')
        expect(await value(customer.sdk.showCard(customer.token, pinChange === 'changed' ? nextPin : pin))).toMatchObject({ kind: 'shown' })
      }
    }
  }, 120_000)

  test('a line that is cut after any message, and a kill then: one PIN is right, and the wallet says which', async () => {
    const told = new Set<string>()
    for (const isAnswerLost of [false, true]) {
      for (let messages = 0; messages < 4; messages += 1) {
        const customer = await createCustomer()
        let left = messages
        customer.world.intercept = async (_, forward) => {
          left -= 1
          if (left >= 0) return await forward()
          if (isAnswerLost && left === -1) await forward()
          return await World.silence()
        }
        const outcome = await change(customer)
        customer.world.intercept = (_, forward) => forward()
        await customer.rest()
        await customer.boot()
        customer.world.coSigner.nowMs += 11_000
        await value(customer.sdk.settle())
        const { pinChange = outcome.ok && outcome.value.kind === 'changed' ? 'changed' : 'nothing' } = await value(
          customer.sdk.loadWallet(),
        )
        told.add(pinChange)
        expect(await findRightPin(customer), `${messages} messages`).toBe(pinChange === 'changed' ? nextPin : pin)
      }
    }
    expect([...told].toSorted()).toEqual(['changed', 'nothing'])
  }, 60_000)

  test('is undone when the vault falls back to the epoch before, and the wallet says so', async () => {
    const customer = await createCustomer()
    customer.world.intercept = async (request, forward) => {
      if (!request.url.endsWith('/pay')) return await forward()
      const answer = await forward()
      customer.world.intercept = World.silence
      return answer
    }
    expect(await value(change(customer))).toEqual({ kind: 'unconfirmed' })
    expect(await value(customer.sdk.loadWallet())).toMatchObject({ pinChange: 'unconfirmed' })
    // The vault's database loses its latest commit: the one of the signature.
    const { memory } = customer.world.coSigner.vault
    const wallet = memory.wallets.get(customer.walletId)
    if (wallet === undefined) throw new Error('no wallet')
    memory.wallets.set(customer.walletId, { ...wallet, stored: { ...wallet.stored, pending: null } })
    customer.world.coSigner.restart()
    customer.world.intercept = (_, forward) => forward()
    await customer.boot()
    await value(customer.sdk.settle())
    expect(await value(customer.sdk.loadWallet())).toMatchObject({ pinChange: 'undone' })
    expect(await findRightPin(customer)).toBe(pin)
  })
})

describe('the salt of the slow hash (1.13 no. 13)', () => {
  const saltAt = (bytes: Uint8Array): number => Buffer.from(bytes).indexOf('"pinSalt":"') + '"pinSalt":"'.length

  test('a salt that was changed by accident is noticed on the device, before anything is sent and without a try', async () => {
    const customer = await createCustomer()
    await customer.rest()
    await customer.boot()
    const state = customer.storage.bytesOf('state')
    for (const copy of [0, 16_384]) {
      const at = copy + saltAt(state.subarray(copy))
      state[at] = state[at] === 0x41 ? 0x42 : 0x41
    }
    customer.storage.overwrite('state', state)
    const calls = customer.world.calls.length
    expect(await customer.sdk.refresh(pin)).toEqual({ ok: false, problem: { code: 'WALLET_STORAGE_DAMAGED' } })
    expect(customer.world.calls).toHaveLength(calls)
    expect(customer.world.coSigner.wallets.get(customer.walletId)?.state.stored.tries).toBe(5)
  })
})
