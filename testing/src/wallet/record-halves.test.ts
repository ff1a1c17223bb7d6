import { describe, expect, test } from 'vitest'
import { createCustomer, pin, recordOfCard, value } from './customer.ts'

describe('record halves move with their epoch (docs/custody.md 11)', () => {
  test('killed at any write of a refresh, torn anywhere: the card is shown again, and no half moves twice', async () => {
    let failures = 0
    for (let writes = 0; ; writes += 1) {
      let hasEnded = false
      for (const bytes of [0, 1_000]) {
        const customer = await createCustomer()
        customer.storage.failAfter(writes, bytes)
        const outcome = await customer.sdk.refresh(pin).catch(() => undefined)
        if (outcome?.ok === true && outcome.value.kind === 'refreshed') {
          hasEnded = true
          break
        }
        failures += 1
        await customer.boot()
        await value(customer.sdk.loadWallet())
        // The start ends the move: rec' of an epoch that is current lies nowhere any more.
        const state = Buffer.from(customer.storage.bytesOf('state')).toString('latin1')
        expect(state.includes('"recordKey"')).toBe(state.includes('"pending":{'))
        expect(await value(customer.sdk.showCard(customer.token, pin)), `write ${writes}, ${bytes} bytes`).toEqual({
          kind: 'shown',
          card: recordOfCard,
        })
        // And once more, killed at nothing: what the first start ended is whole.
        expect(await value(customer.sdk.refresh(pin))).toEqual({ kind: 'refreshed' })
        await customer.boot()
        expect(await value(customer.sdk.showCard(customer.token, pin))).toMatchObject({ kind: 'shown' })
      }
      if (hasEnded) break
    }
    // Attempt, pending epoch, promotion and its end are pairs of writes, and so is the half.
    expect(failures).toBeGreaterThanOrEqual(2 * 10)
  }, 180_000)

  test('a promotion that the vault lost with its latest commit is made again, on the halves from before', async () => {
    const customer = await createCustomer()
    const { memory } = customer.world.coSigner.vault
    let snapshot: { readonly wallets: typeof memory.wallets; readonly records: typeof memory.records } | undefined
    customer.world.intercept = async (request, forward) => {
      const answer = await forward()
      if (request.url.endsWith('/pay')) snapshot = { wallets: new Map(memory.wallets), records: new Map(memory.records) }
      return answer
    }
    expect(await value(customer.sdk.refresh(pin))).toEqual({ kind: 'refreshed' })
    customer.world.intercept = (_, forward) => forward()
    for (const [id, wallet] of snapshot?.wallets ?? []) memory.wallets.set(id, wallet)
    for (const [id, half] of snapshot?.records ?? []) memory.records.set(id, half)
    customer.world.coSigner.restart()
    await customer.boot()
    expect(await value(customer.sdk.showCard(customer.token, pin))).toEqual({ kind: 'shown', card: recordOfCard })
  })

  test('every card of the wallet moves', async () => {
    const customer = await createCustomer()
    const second = { ...recordOfCard, primaryAccountNumber: '4242424242424242', securityCode: '111' }
    const outcome = await value(customer.sdk.startCardEnrolment(second, pin))
    if (outcome.kind !== 'submitted') throw new Error(outcome.kind)
    customer.world.press(outcome.enrolment.card.enrolmentId, 'active')
    const { tokenReferenceId = '' } = await value(customer.sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))
    for (let count = 0; count < 3; count += 1) expect(await value(customer.sdk.refresh(pin))).toEqual({ kind: 'refreshed' })
    expect(await value(customer.sdk.showCard(customer.token, pin))).toEqual({ kind: 'shown', card: recordOfCard })
    const { securityCode: _never, ...shown } = second
    expect(await value(customer.sdk.showCard(tokenReferenceId, pin))).toEqual({ kind: 'shown', card: shown })
  })
})
