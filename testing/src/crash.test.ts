import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadIssuerBooks, loadOperatorBooks } from '@symbolon/demo/books'
import { compareBooks } from '@symbolon/demo/compare-books'
import { enrolCustomer, type Enrolled } from '@symbolon/demo/crowd'
import { createMall } from '@symbolon/demo/mall'
import { createStretchPin } from '@symbolon/device/memory'
import { minorUnits } from '@symbolon/formats/money'
import { startInstallation, until, type TestInstallation } from './installation.ts'

/**
 * kill -9 in the middle of payments: whoever dies, and whenever, every payment ends in one true state on both sides. The moment of
 * each kill is drawn from a seed, so a failing run can be repeated.
 */
const seed = Number(process.env['SYMBOLON_SEED'] ?? 20_261_125)
const victims = ['edge', 'vault', 'link', 'front-b', 'host-b', 'postgres-operator', 'postgres-issuer'] as const
const kills = 20
const pin = '739164'
const finalStates = ['captured', 'declined', 'reversed', 'requires_confirmation', 'expired', 'canceled']

let system: TestInstallation
let customers: readonly Enrolled[]
beforeAll(async () => {
  system = await startInstallation()
  const { directory } = system.installation()
  const pans = ['9430030000000008', '5555555555554444', '2223003122003222']
  customers = await Promise.all(
    pans.map((primaryAccountNumber) =>
      enrolCustomer(
        { directory, stretchPin: createStretchPin() },
        {
          pin,
          cards: [
            {
              card: {
                primaryAccountNumber,
                expiry: '3012',
                securityCode: '123',
                holderName: 'CRASH TEST',
                phoneNumber: '010-0000-0000',
                postalAddress: '',
              },
            },
          ],
        },
      ),
    ),
  )
  expect(customers.flatMap(({ cards }) => cards.filter((card) => !card.ok))).toEqual([])
})
afterAll(() => system.stop())

describe(`kill -9 in mid-payment, seed ${String(seed)}`, () => {
  test.each(Array.from({ length: kills }, (_unused, index) => [index, victims[index % victims.length] ?? 'edge'] as const))(
    'kill %i: %s',
    async (index, victim) => {
      const payments = customers.map((customer, turn) => payThrough(customer, `${String(10_000 + index * 100 + turn * 10_000)}`))
      await wait(momentOf(index))
      const oldPid = system.kill(victim, 'SIGKILL')
      await system.untilRestarted(victim, oldPid)
      const ended = await Promise.all(payments)
      // A payment that was confirmed either went through, or the shop sees that it did not; nobody is left guessing.
      for (const { state } of ended) expect(finalStates).toContain(state)
    },
  )

  test('afterwards the books agree payment by payment, and the ledger balances', async () => {
    const installation = system.installation()
    const { payments, summary } = await until(async () => {
      const books = await loadOperatorBooks(installation)
      return books.payments.every(({ state }) => finalStates.includes(state)) ? books : undefined
    }, 60_000)
    // An order whose answer was lost in the crash is placed anew and the first one stays unpaid; whatever was confirmed is there once.
    const confirmed = payments.filter(({ state }) => state !== 'requires_confirmation' && state !== 'expired')
    expect(confirmed).toHaveLength(kills * customers.length)
    expect(compareBooks(payments, await loadIssuerBooks(installation.issuers))).toEqual([])
    expect(summary.balanced).toBe(true)
    expect(payments.filter(({ state }) => state === 'captured').length).toBeGreaterThan(kills)
  })

  test('every wallet still pays: no key was lost', async () => {
    for (const customer of customers) expect((await payThrough(customer, '55500')).state).toBe('captured')
  })
})

/** Orders, confirms, and tries again as a person would, until the shop sees an end; a payment is never ordered twice. */
async function payThrough(customer: Enrolled, amount: string): Promise<{ readonly state: string }> {
  const mall = createMall(system.installation().mallOrigin)
  const [card] = customer.cards
  if (card?.ok !== true) throw new Error('the customer has no card')
  const planned = {
    customerIndex: 0,
    cardIndex: 0,
    shop: 'coffee',
    amount: minorUnits(BigInt(amount)),
    currency: 'KRW',
    instalmentMonths: 0,
  } as const
  const ordered = await until(() =>
    mall.order(planned).then(
      (answer) => (answer.ok ? answer.value : undefined),
      () => undefined,
    ),
  )
  return until(async () => {
    const shop = await mall.get(ordered.orderId).catch(() => undefined)
    if (shop?.ok === true && shop.value.state !== 'requires_confirmation' && finalStates.includes(shop.value.state)) return shop.value
    if (shop?.ok === true && shop.value.state === 'requires_confirmation') {
      await customer.sdk.settle()
      await customer.sdk.confirmPayment(ordered.paymentId, { pin, instalmentMonths: 0, tokenReferenceId: card.value.tokenReferenceId })
    }
    await wait(100)
    return undefined
  }, 60_000)
}

// A small generator (Numerical Recipes): the moment within a payment at which the process dies, 0 to 600 ms.
function momentOf(index: number): number {
  let state = seed + index
  for (let round = 0; round < 3; round += 1) state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state % 600
}
