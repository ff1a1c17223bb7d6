import { array, assert as holds, asyncProperty, constantFrom, integer, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minorUnits } from '@symbolon/formats/money'
import type { AuthorizationAnswer } from '@symbolon/contracts/planes'
import { Fault } from '@symbolon/formats/result'
import { createMemoryStores } from '../adapters/memory-stores.ts'
import { createId } from '../adapters/system.ts'
import { keptSeconds } from '../rules/idempotency.ts'
import { ids, now, payment as samplePayment, termsOf, token } from '../testing/samples.ts'
import { createTestClock, settle } from '../testing/test-clock.ts'
import { approval, createTestLink } from '../testing/test-link.ts'
import { createTestVault } from '../testing/test-vault.ts'
import { pay, type PayDependencies } from './pay.ts'
import { sweep } from './sweep.ts'

/** What goes wrong with one payment: each of these may be lost, independently. */
const accident = record({
  sign: constantFrom(undefined, 'before', 'after'),
  attempts: integer({ min: 0, max: 3 }),
  authorize: constantFrom(undefined, 'before', 'after'),
  finds: integer({ min: 0, max: 3 }),
  pin: constantFrom('right', 'right', 'wrong'),
  issuer: constantFrom('approved', 'declined', 'unanswered', 'pending', 'unsent'),
  /** The process dies after so many steps of this payment; undefined: it lives. */
  diesAt: constantFrom(undefined, undefined, 'check', 'hold', 'sign', 'authorizing'),
})
type Accident = NonNullable<Parameters<Parameters<typeof accident.map>[0]>[0]>

describe('whatever is lost, and wherever edge dies', () => {
  test('every payment ends in one state that vault, link and ledger agree with', async () => {
    await holds(
      asyncProperty(array(accident, { minLength: 1, maxLength: 6 }), async (accidents) => {
        const world = createWorld()
        const attempts: Attempt[] = []
        for (const each of accidents) attempts.push(await attemptPayment(world, each))
        for (let round = 0; round < 12; round += 1) {
          await world.clock.advance(8_000)
          for (const [paymentId, answer] of world.link.authorizations) world.link.tell(paymentId, later(answer))
          await letEnd(world, sweep(world.deps))
        }
        for (const each of attempts) await expectTrueEnd(world, each)
        const summary = await world.deps.stores.ledger.loadSummary()
        expect(summary.balanced).toBe(true)
        expect(summary.captured).toBe([...world.link.authorizations.values()].filter(({ outcome }) => outcome === 'approved').length)
        expect(world.bugs).toEqual([])
      }),
      { numRuns: 60, endOnFailure: true },
    )
  }, 60_000)
})

// One stage after another may wait for an issuer that says nothing, so time goes on until the work has ended; it ends by itself.
async function letEnd({ clock }: World, work: Promise<unknown>): Promise<void> {
  let hasEnded = false
  const ending = work.finally(() => (hasEnded = true))
  for (let second = 0; second < 60 && !hasEnded; second += 1) await clock.advance(1_000)
  expect(hasEnded).toBe(true)
  await ending
}

type Attempt = { readonly paymentId: string; readonly paymentAttemptId: string }
type World = ReturnType<typeof createWorld>

function createWorld() {
  const stores = createMemoryStores()
  const [clock, vault, link, bugs] = [createTestClock(), createTestVault(), createTestLink(), [] as unknown[]]
  const deps = {
    stores,
    payments: stores.payments,
    tokens: stores.tokens,
    vault,
    link,
    clock,
    createId,
    origin: 'http://127.0.0.1:8400',
    inBackground: (work: Promise<unknown>) => void work.catch((error: unknown) => error instanceof Fault || bugs.push(error)),
  }
  return { deps, clock, vault, link, bugs }
}

async function attemptPayment(world: World, accidents: Accident): Promise<Attempt> {
  const { deps, vault, link } = world
  const payment = samplePayment({ paymentId: createId(), orderId: createId(), amount: minorUnits(1_000n), expiresAt: now + 30 })
  await deps.payments.create(payment, {
    keyHash: Buffer.from(createId()),
    contentHash: Buffer.alloc(32),
    createdAt: now,
    keptUntil: now + keptSeconds,
    write: () => ({ status: 201, body: '' }),
  })
  await deps.tokens.register(token(), 1)
  const paymentAttemptId = createId()
  const message = vault.seal({ terms: termsOf(payment, { paymentAttemptId }), pin: accidents.pin })
  if (accidents.sign !== undefined) vault.failNextSign(accidents.sign)
  vault.failAttempts(accidents.attempts)
  if (accidents.authorize !== undefined) link.failNextAuthorize(accidents.authorize)
  link.failFinds(accidents.finds)
  link.script(accidents.issuer === 'approved' ? approval : { outcome: accidents.issuer })
  const answering = pay(mortal(deps, accidents.diesAt), ids.wallet, { message, paymentId: payment.paymentId }).catch((error: unknown) => {
    if (!(error instanceof Fault || error instanceof Death)) world.bugs.push(error)
  })
  await settle()
  await world.clock.advance(3_000)
  // A process that has died answers nobody.
  if (accidents.diesAt === undefined) await letEnd(world, answering)
  return { paymentId: payment.paymentId, paymentAttemptId }
}

class Death extends Error {}

/** The same dependencies, until the named step: whatever comes after it never happens in this process. */
function mortal(deps: World['deps'], diesAt: Accident['diesAt']): PayDependencies {
  const never = <Value>(): Promise<Value> => Promise.reject(new Death())
  let isDead = false
  const dieAfter = async <Value>(step: Accident['diesAt'], work: Promise<Value>): Promise<Value> => {
    const value = await work
    if (diesAt === step) isDead = true
    return isDead ? never<Value>() : value
  }
  return {
    ...deps,
    inBackground: (work) => void work.catch(() => undefined),
    vault: {
      ...deps.vault,
      check: (...input) => dieAfter('check', deps.vault.check(...input)),
      sign: (...input) => (isDead ? never() : dieAfter('sign', deps.vault.sign(...input))),
      findAttempt: (attempt) => (isDead ? never() : deps.vault.findAttempt(attempt)),
    },
    link: {
      authorize: (request) => (isDead ? never() : deps.link.authorize(request)),
      find: (paymentId) => (isDead ? never() : deps.link.find(paymentId)),
      suspend: (suspension) => (isDead ? never() : deps.link.suspend(suspension)),
    },
    payments: {
      ...deps.payments,
      change: async (key, decide) => {
        if (isDead) return never()
        const changed = await deps.payments.change(key, decide)
        const facts = await deps.payments.find(key)
        if (diesAt === 'hold' && facts?.hold !== undefined) isDead = true
        if (diesAt === 'authorizing' && facts?.payment.state === 'authorizing') isDead = true
        return isDead ? never() : changed
      },
    },
  }
}

/** What the issuer says in the end. */
function later(answer: AuthorizationAnswer): AuthorizationAnswer {
  switch (answer.outcome) {
    case 'pending':
      return { outcome: 'unanswered' }
    case 'unanswered':
      return { outcome: 'reversed' }
    case 'approved':
    case 'declined':
    case 'reversed':
    case 'unsent':
      return answer
  }
}

const endByOutcome = { approved: 'captured', declined: 'declined', unsent: 'declined', reversed: 'reversed' } as const

async function expectTrueEnd({ deps, link, vault }: World, { paymentId, paymentAttemptId }: Attempt): Promise<void> {
  const found = await deps.payments.findById(paymentId)
  expect(found?.hold).toBeUndefined()
  const outcome = link.authorizations.get(paymentId)?.outcome
  // What was signed reaches the issuer, and nothing else does; what was not signed runs out of time.
  expect(outcome !== undefined).toBe(vault.signatures.includes(`${ids.wallet} ${paymentAttemptId}`))
  const expected = Object.entries(endByOutcome).find(([name]) => name === outcome)?.[1] ?? 'expired'
  expect(found?.payment.state).toBe(expected)
}
