import { beforeEach, describe, expect, test } from 'vitest'
import { demandRefresh } from '@symbolon/operator-vault/flows'
import { createCustomer, pin, recordOfCard, value, type Customer } from './customer.ts'
import { refuse } from './world.ts'

let customer: Customer
beforeEach(async () => {
  customer = await createCustomer()
})

const stored = () => customer.world.coSigner.wallets.get(customer.walletId)?.state.stored
const vault = () => customer.world.coSigner.vault
const halfAtVault = (): string => [...vault().memory.records.values()].map((half) => Buffer.from(half).toString('hex')).join()
const pays = (): number => customer.world.calls.filter((call) => call.endsWith('/pay')).length
const secretsOnDevice = (): string[] =>
  [
    ...Buffer.from(customer.storage.bytesOf('state'))
      .toString('latin1')
      .matchAll(/"(?:key|maskedShare|salt|recordKey)":"([\w-]{43})"/gu),
  ].map((match) => match[1] ?? '')

describe('refresh', () => {
  test('fifty epochs: the card is still shown, and no earlier secret and no earlier half is in the files', async () => {
    const epochs = new Set<string>()
    const secrets: string[] = []
    const halves: Uint8Array[] = []
    for (let count = 0; count < 50; count += 1) {
      secrets.push(...secretsOnDevice())
      halves.push(customer.storage.bytesOf('records').slice(32, 1_088))
      expect(await value(customer.sdk.refresh(pin))).toEqual({ kind: 'refreshed' })
      epochs.add(stored()?.current.eid ?? '')
    }
    expect([epochs.size, stored()?.pending, stored()?.tries, stored()?.counter]).toEqual([50, null, 5, 51])
    const [state, records] = [customer.storage.bytesOf('state'), customer.storage.bytesOf('records')].map((bytes) => Buffer.from(bytes))
    for (const secret of secrets) expect(state?.includes(secret)).toBe(false)
    for (const half of halves) expect(records?.includes(Buffer.from(half))).toBe(false)
    expect(state?.includes('recordKey')).toBe(false)
    expect(await value(customer.sdk.showCard(customer.token, pin))).toEqual({ kind: 'shown', card: recordOfCard })
    await customer.boot()
    expect(await value(customer.sdk.showCard(customer.token, pin))).toEqual({ kind: 'shown', card: recordOfCard })
    expect(await value(customer.pay())).toMatchObject({ kind: 'paid' })
  })

  test('a payment heals the key and moves no half; a refresh and a lookup move both', async () => {
    const moved: boolean[] = []
    for (const act of [() => customer.pay(), () => customer.sdk.refresh(pin), () => customer.sdk.showCard(customer.token, pin)]) {
      const before = [halfAtVault(), Buffer.from(customer.storage.bytesOf('records')).toString('hex')]
      await value<unknown>(act())
      await value(customer.sdk.preparePayment())
      moved.push(
        ...before.map((half, index) => half !== [halfAtVault(), Buffer.from(customer.storage.bytesOf('records')).toString('hex')][index]),
      )
    }
    expect(moved).toEqual([false, false, true, true, true, true])
  })

  test('invariant 12 for records: a half of before fits no half of after, on either side', async () => {
    const [deviceBefore, vaultBefore] = [customer.storage.bytesOf('records'), [...vault().memory.records]]
    await value(customer.sdk.refresh(pin))
    const [deviceAfter, vaultAfter] = [customer.storage.bytesOf('records'), [...vault().memory.records]]
    const put = async (device: Uint8Array, half: typeof vaultBefore) => {
      await customer.rest()
      await customer.boot()
      customer.storage.overwrite('records', device)
      for (const [name, bytes] of half) vault().memory.records.set(name, bytes)
    }
    await put(deviceBefore, vaultAfter)
    expect(await customer.sdk.showCard(customer.token, pin)).toEqual({ ok: false, problem: { code: 'WALLET_ANSWER_UNVERIFIED' } })
    await put(deviceAfter, vaultBefore)
    expect(await customer.sdk.showCard(customer.token, pin)).toEqual({ ok: false, problem: { code: 'WALLET_ANSWER_UNVERIFIED' } })
  })

  test('a wrong PIN costs a try and refreshes nothing; a lost confirmation is told', async () => {
    const before = stored()?.current.eid
    expect(await value(customer.sdk.refresh('000000'))).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
    expect(stored()?.current.eid).toBe(before)
    let isCut = false
    customer.world.intercept = async (request, forward) => {
      if (isCut) return refuse('SERVICE_FAULT')
      isCut = request.url.endsWith('/pay')
      return await forward()
    }
    expect(await value(customer.sdk.refresh(pin))).toEqual({ kind: 'unconfirmed' })
    customer.world.intercept = (_, forward) => forward()
    await value(customer.sdk.settle())
    expect(stored()?.current.eid).not.toBe(before)
    expect(await value(customer.sdk.showCard(customer.token, pin))).toEqual({ kind: 'shown', card: recordOfCard })
  })
})

describe('a demanded refresh', () => {
  const demand = (scope: Parameters<typeof demandRefresh>[1]['scope'], deadlineSeconds = 3_600) =>
    demandRefresh(vault().deps, { scope, deadlineSeconds }).finally(() => (customer.world.coSigner.nowMs += 1))
  const mine = () => ({ kind: 'wallet', walletId: customer.walletId }) as const

  test.each(['wallet', 'group', 'all'] as const)(
    'of %s: the payment is made, with one refresh before it and one PIN entry',
    async (kind) => {
      const group = Number.parseInt(customer.walletId.slice(0, 2), 16)
      const scope = kind === 'wallet' ? mine() : kind === 'group' ? ({ kind, group } as const) : ({ kind } as const)
      expect(await demand(scope)).toEqual({ marked: 1 })
      const [counter, half, sent] = [stored()?.counter ?? 0, halfAtVault(), pays()]
      expect(await value(customer.pay())).toMatchObject({ kind: 'paid' })
      expect(stored()).toMatchObject({ counter: counter + 2, tries: 5, demand: null })
      expect(halfAtVault()).not.toBe(half)
      // The slot from before is void; then refused, refreshed, paid.
      expect(pays() - sent).toBe(4)
      expect(await value(customer.sdk.showCard(customer.token, pin))).toEqual({ kind: 'shown', card: recordOfCard })
    },
  )

  test('another group is left alone', async () => {
    const group = (Number.parseInt(customer.walletId.slice(0, 2), 16) + 1) % 256
    expect(await demand({ kind: 'group', group })).toEqual({ marked: 0 })
    expect(await demand({ kind: 'wallet', walletId: '00'.repeat(16) })).toEqual({ marked: 0 })
    expect(stored()?.demand).toBeNull()
  })

  test('takes the slot that is open: its keys may be known', async () => {
    await value(customer.sdk.preparePayment())
    expect(vault().deps.slots.liveSlots).toBe(1)
    await demand({ kind: 'all' })
    expect(vault().deps.slots.liveSlots).toBe(0)
    expect(await value(customer.pay())).toMatchObject({ kind: 'paid' })
  })

  test('a wrong PIN is counted once and nothing is paid; the right one goes on', async () => {
    await demand(mine())
    expect(await value(customer.pay('000000'))).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
    expect(stored()).toMatchObject({ tries: 4, demand: { sinceMs: expect.any(Number) } })
    expect(await value(customer.pay())).toMatchObject({ kind: 'paid' })
    expect(stored()).toMatchObject({ tries: 5, demand: null })
  })

  test('every verb that signs goes through it, and a person may refresh by hand', async () => {
    await demand(mine())
    expect(await value(customer.sdk.showCard(customer.token, pin))).toEqual({ kind: 'shown', card: recordOfCard })
    await demand(mine())
    expect(await value(customer.sdk.changePin(pin, '135790'))).toEqual({ kind: 'changed' })
    await demand(mine())
    expect(await value(customer.sdk.refresh('135790'))).toEqual({ kind: 'refreshed' })
    expect(stored()?.demand).toBeNull()
    await demand(mine())
    expect(await value(customer.sdk.closeWallet('135790'))).toMatchObject({ kind: 'closed' })
  })

  test('survives a kill of the device between the refresh and the payment, and a restart of the vault', async () => {
    await demand(mine())
    let seen = 0
    customer.world.intercept = async (request, forward) => {
      if (request.url.endsWith('/pay')) seen += 1
      const answer = await forward()
      // The refresh is the third message, after a void one and the refused payment; its answer is the last thing that this device hears.
      if (seen === 3) customer.storage.failAfter(0)
      return answer
    }
    await expect(customer.pay()).rejects.toThrow('power')
    customer.world.intercept = (_, forward) => forward()
    customer.world.coSigner.restart()
    await customer.boot()
    // The epoch was signed and dies with the device; so the demand stands until one lives.
    expect(stored()).toMatchObject({ demand: { sinceMs: expect.any(Number) }, pending: { eid: expect.any(String) } })
    expect(await value(customer.pay())).toMatchObject({ kind: 'paid' })
    expect(stored()?.demand).toBeNull()
    expect(await value(customer.sdk.showCard(customer.token, pin))).toEqual({ kind: 'shown', card: recordOfCard })
  })

  test('a relay that demands for ever gets one refresh and nothing more', async () => {
    customer.world.intercept = async (request, forward) => {
      if (!request.url.endsWith('/pay') || !('paymentId' in (request.body as object))) return await forward()
      return refuse('CUSTODY_REFRESH_REQUIRED')
    }
    const counter = stored()?.counter ?? 0
    expect(await customer.pay()).toEqual({ ok: false, problem: { code: 'CUSTODY_REFRESH_REQUIRED' } })
    expect(stored()?.counter).toBe(counter + 1)
    expect(stored()?.tries).toBe(5)
  })

  test('who stays away is frozen at the deadline, durably from the next contact on', async () => {
    await demand(mine(), 60)
    customer.world.coSigner.nowMs += 59_998
    expect(await value(customer.sdk.preparePayment())).toBeUndefined()
    customer.world.coSigner.nowMs += 1
    expect(stored()?.frozen).toBeNull()
    expect(await customer.pay()).toEqual({ ok: false, problem: { code: 'CUSTODY_FROZEN' } })
    expect(stored()?.frozen).toBe('stayed-away')
    expect(await demand(mine())).toEqual({ marked: 0 })
    expect(await customer.sdk.refresh(pin)).toEqual({ ok: false, problem: { code: 'CUSTODY_FROZEN' } })
  })
})
