import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { minorUnits } from '@symbolon/formats/money'
import type { OnceRequest } from './flows/payment-store.ts'
import type { Stores } from './flows/stores.ts'
import { decideHold, decideRelease, decideSigned, type HoldRequest } from './rules/confirm.ts'
import { decideCancel, decideExpiry } from './rules/end.ts'
import { keptSeconds } from './rules/idempotency.ts'
import type { PaymentRecord } from './rules/payment.ts'
import { decideSettlement } from './rules/settle.ts'
import type { WalletToken } from './rules/token.ts'

/** What every set of stores promises, as cases that a test runs on the fake and on PostgreSQL alike. */
export type StoreCase = { readonly name: string; run(stores: Stores): Promise<void> }

const now = 1_800_000_000
const id = (): string => randomBytes(16).toString('hex')

export const storeContract: readonly StoreCase[] = [
  {
    name: 'a payment is found by its merchant and id, its order, and its id alone, as it was written',
    run: async ({ payments }) => {
      const payment = await given(payments)
      const expected = { payment, hold: undefined }
      assert.deepEqual(await payments.find(payment), expected)
      assert.deepEqual(await payments.findByOrderId(payment), expected)
      assert.deepEqual(await payments.findById(payment.paymentId), expected)
    },
  },
  {
    name: 'another merchant finds nothing, neither by id nor by order',
    run: async ({ payments }) => {
      const payment = await given(payments)
      assert.equal(await payments.find({ merchantId: id(), paymentId: payment.paymentId }), undefined)
      assert.equal(await payments.findByOrderId({ merchantId: id(), orderId: payment.orderId }), undefined)
      const changed = await payments.change({ merchantId: id(), paymentId: payment.paymentId }, decideCancel)
      assert.deepEqual(changed, { ok: false, problem: { code: 'REQUEST_NOT_FOUND' } })
    },
  },
  {
    name: 'an order id is used once by a merchant, and by as many merchants as like',
    run: async ({ payments }) => {
      const payment = await given(payments)
      const again = await payments.create({ ...payment, paymentId: id() }, once())
      assert.deepEqual(again, { ok: false, problem: { code: 'PAYMENT_ORDER_EXISTS' } })
      const other = await payments.create({ ...payment, merchantId: id(), paymentId: id() }, once())
      assert.equal(other.ok, true)
    },
  },
  {
    name: 'the same idempotency key and content get the first answer, other content is a conflict, another merchant is free',
    run: async ({ payments }) => {
      const request = once()
      const payment = await given(payments, {}, request)
      const again = await payments.create({ ...newPayment(), merchantId: payment.merchantId }, request)
      assert.deepEqual(again, { ok: true, value: { status: 201, body: payment.paymentId, isReplay: true } })
      const other = { ...request, contentHash: randomBytes(32) }
      const conflict = await payments.create({ ...newPayment(), merchantId: payment.merchantId }, other)
      assert.deepEqual(conflict, { ok: false, problem: { code: 'REQUEST_IDEMPOTENCY_CONFLICT' } })
      assert.equal((await payments.create(newPayment(), other)).ok, true)
    },
  },
  {
    name: 'a refused effect leaves no answer, so its key may be used again',
    run: async ({ payments }) => {
      const payment = await given(payments)
      const request = once()
      assert.equal((await payments.create({ ...payment, paymentId: id() }, request)).ok, false)
      assert.equal(await payments.findAnswer(payment.merchantId, request.keyHash), undefined)
      assert.equal((await payments.create({ ...payment, paymentId: id(), orderId: id() }, request)).ok, true)
    },
  },
  {
    name: 'one key sent many times at once has one effect',
    run: async ({ payments }) => {
      const payment = newPayment()
      const request = once()
      const answers = await Promise.all(Array.from({ length: 6 }, () => payments.create({ ...payment, paymentId: id() }, request)))
      const firsts = answers.filter((answer) => answer.ok && !answer.value.isReplay)
      const others = answers.filter((answer) => !answer.ok || answer.value.isReplay)
      assert.equal(firsts.length, 1)
      const [first] = firsts
      for (const other of others) {
        assert.ok(
          other.ok ? first?.ok === true && other.value.body === first.value.body : other.problem.code === 'REQUEST_IDEMPOTENCY_RUNNING',
        )
      }
    },
  },
  {
    name: 'a change that is done once is not done twice',
    run: async ({ payments }) => {
      const payment = await given(payments)
      const request = once()
      const first = await payments.changeOnce(payment, decideCancel, request)
      const second = await payments.changeOnce(payment, decideCancel, request)
      assert.deepEqual(second, { ok: true, value: { ...(first.ok ? first.value : undefined), isReplay: true } })
      assert.equal((await payments.find(payment))?.payment.version, 2)
    },
  },
  {
    name: 'answers are forgotten when their time is over, and not before',
    run: async ({ payments }) => {
      const request = once()
      const payment = await given(payments, {}, request)
      await payments.forgetAnswers(now + keptSeconds - 1, 1_000)
      assert.notEqual(await payments.findAnswer(payment.merchantId, request.keyHash), undefined)
      await payments.forgetAnswers(now + keptSeconds, 1_000)
      assert.equal(await payments.findAnswer(payment.merchantId, request.keyHash), undefined)
    },
  },
  {
    name: 'of many confirmations at once exactly one is held',
    run: async ({ payments }) => {
      const payment = await given(payments)
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => payments.change(payment, (facts) => decideHold(facts, holdRequest()))),
      )
      assert.equal(answers.filter((answer) => answer.ok).length, 1)
      for (const answer of answers) assert.ok(answer.ok || answer.problem.code === 'PAYMENT_CONFIRMATION_RUNNING')
      assert.notEqual((await payments.find(payment))?.hold, undefined)
    },
  },
  {
    name: 'a hold keeps a payment from being cancelled and from expiring, and a released one does not',
    run: async ({ payments }) => {
      const payment = await given(payments)
      const hold = await held(payments, payment)
      assert.deepEqual(await payments.change(payment, decideCancel), { ok: false, problem: { code: 'PAYMENT_CONFIRMATION_RUNNING' } })
      assert.equal((await listed(payments, payment.expiresAt)).includes(payment.paymentId), false)
      await payments.change(payment, (facts) => decideRelease(facts, hold.holdId))
      assert.equal((await payments.find(payment))?.hold, undefined)
      assert.equal((await listed(payments, payment.expiresAt - 1)).includes(payment.paymentId), false)
      assert.equal((await listed(payments, payment.expiresAt)).includes(payment.paymentId), true)
      await payments.change(payment, (facts) => decideExpiry(facts, payment.expiresAt))
      assert.equal((await payments.find(payment))?.payment.state, 'expired')
    },
  },
  {
    name: 'a hold is claimed when its lease is over, by one sweeper at a time',
    run: async ({ payments }) => {
      const payment = await given(payments)
      const hold = await held(payments, payment)
      const claim = async (nowMs: number): Promise<number> => {
        const claimed = await payments.claimHolds({ nowMs, leaseUntilMs: nowMs + 8_000, limit: 1_000 })
        return claimed.filter((other) => other.holdId === hold.holdId).length
      }
      assert.equal(await claim(hold.leaseUntilMs - 1), 0)
      const both = await Promise.all([claim(hold.leaseUntilMs), claim(hold.leaseUntilMs)])
      assert.equal(both[0] + both[1], 1)
      assert.equal(await claim(hold.leaseUntilMs + 7_999), 0)
      assert.equal(await claim(hold.leaseUntilMs + 8_000), 1)
    },
  },
  {
    name: 'state, ledger and answer of an authorization are there together, once',
    run: async ({ payments, ledger }) => {
      const before = await ledger.loadSummary()
      const payment = await given(payments)
      const authorizing = await signed(payments, payment)
      assert.equal((await payments.find(payment))?.hold, undefined)
      const settle = (): ReturnType<typeof payments.change> => {
        const transferId = id()
        return payments.change(payment, (facts) => decideSettlement(facts, { answer: approved, transferId, nowMs: now * 1_000 }))
      }
      await Promise.all([settle(), settle(), settle()])
      const found = (await payments.find(payment))?.payment
      assert.equal(found?.state, 'captured')
      assert.equal(found?.version, authorizing.version + 1)
      assert.deepEqual(found?.answer, {
        systemsTraceAuditNumber: '000001',
        retrievalReferenceNumber: '123456789012',
        approvalNumber: 'A1B2C3',
      })
      const after = await ledger.loadSummary()
      assert.equal(after.transfers, before.transfers + 1)
      assert.equal(after.captured, before.captured + 1)
      assert.equal(after.balanced, true)
      assert.equal(BigInt(after.currencies.KRW?.debits ?? 0) - BigInt(before.currencies.KRW?.debits ?? 0), payment.amount)
      assert.equal(after.currencies.KRW?.debits, after.currencies.KRW?.credits)
    },
  },
  {
    name: 'an authorization is looked at when its time has come, by one sweeper at a time, and never once it is settled',
    run: async ({ payments }) => {
      const payment = await given(payments)
      const at = (await signed(payments, payment)).nextLookAtMs ?? 0
      const claim = async (nowMs: number): Promise<number> => {
        const claimed = await payments.claimUnsettled({ nowMs, leaseUntilMs: nowMs + 1_000, limit: 1_000 })
        return claimed.filter((other) => other.paymentId === payment.paymentId).length
      }
      assert.equal(await claim(at - 1), 0)
      const both = await Promise.all([claim(at), claim(at)])
      assert.equal(both[0] + both[1], 1)
      await payments.change(payment, (facts) => decideSettlement(facts, { answer: approved, transferId: id(), nowMs: at }))
      assert.equal(await claim(at + 100_000), 0)
    },
  },
  {
    name: 'a rule that throws, or skips a version, changes nothing',
    run: async ({ payments }) => {
      const payment = await given(payments)
      await assert.rejects(
        payments.change(payment, () => {
          throw new TypeError('planted')
        }),
      )
      await assert.rejects(payments.change(payment, (facts) => ({ ok: true, value: { payment: { ...facts.payment, version: 3 } } })))
      assert.deepEqual((await payments.find(payment))?.payment, payment)
    },
  },
  {
    name: 'an attempt belongs to the first payment that claimed it, and leads to it',
    run: async ({ payments }) => {
      const [first, second] = [await given(payments), await given(payments)]
      const attempt = { walletId: id(), paymentAttemptId: id() }
      const keyOf = ({ merchantId, paymentId }: PaymentRecord): { merchantId: string; paymentId: string } => ({ merchantId, paymentId })
      assert.deepEqual(await payments.claimAttempt({ ...keyOf(first), ...attempt }), keyOf(first))
      assert.deepEqual(await payments.claimAttempt({ ...keyOf(second), ...attempt }), keyOf(first))
      assert.equal((await payments.findByAttempt(attempt))?.payment.paymentId, first.paymentId)
      assert.equal(await payments.findByAttempt({ ...attempt, walletId: id() }), undefined)
    },
  },
  {
    name: 'a token is registered once and suspended with its wallet',
    run: async ({ tokens }) => {
      const token = newToken()
      assert.deepEqual(await tokens.register(token, 1), token)
      assert.deepEqual(await tokens.register({ ...token, lastFour: '9999' }, 1), token)
      assert.equal(await tokens.register({ ...token, issuerId: id() }, 2), undefined)
      assert.deepEqual(await tokens.find(token), token)
      const other = newToken()
      await tokens.register(other, 1)
      await tokens.suspendAll(token.walletId, 'stop-code')
      await tokens.suspendAll(token.walletId, 'alarm')
      const untold = async (): Promise<readonly string[]> =>
        (await tokens.listUntold(1_000)).filter(({ walletId }) => walletId === token.walletId).map(({ cause }) => cause)
      assert.deepEqual(await untold(), ['stop-code'])
      await tokens.markTold(token)
      assert.deepEqual(await untold(), [])
      assert.equal((await tokens.find(token))?.state, 'suspended')
      assert.equal((await tokens.register(token, 1))?.state, 'suspended')
      assert.equal((await tokens.find(other))?.state, 'active')
      assert.equal(await tokens.find({ ...token, walletId: id() }), undefined)
    },
  },
  {
    name: 'a token moves with a higher grant number and never back',
    run: async ({ tokens }) => {
      const old = newToken()
      const moved = { ...old, walletId: id() }
      await tokens.register(old, 1)
      assert.equal(await tokens.register(moved, 1), undefined)
      assert.deepEqual(await tokens.register(moved, 2), moved)
      assert.equal((await tokens.find(old))?.state, 'moved')
      assert.equal(await tokens.register(old, 1), undefined)
      assert.equal(await tokens.register(old, 2), undefined)
      assert.deepEqual(await tokens.find(moved), moved)
      await tokens.suspendAll(old.walletId, 'alarm')
      assert.equal((await tokens.find(old))?.state, 'moved')
      assert.deepEqual(await tokens.register(old, 3), old)
      assert.equal((await tokens.find(moved))?.state, 'moved')
    },
  },
  {
    name: 'merchants are those of the last list',
    run: async ({ merchants }) => {
      const merchant = {
        merchantId: id(),
        name: '가게',
        origin: 'http://127.0.0.1:8402',
        slug: 'shop',
        apiKeyHash: new Uint8Array(randomBytes(32)),
      }
      await merchants.replaceAll([merchant])
      const found = await merchants.findByApiKeyHash(merchant.apiKeyHash)
      assert.deepEqual(found && { ...found, apiKeyHash: new Uint8Array(found.apiKeyHash) }, merchant)
      const rotated = { ...merchant, apiKeyHash: new Uint8Array(randomBytes(32)) }
      await merchants.replaceAll([rotated])
      assert.equal(await merchants.findByApiKeyHash(merchant.apiKeyHash), undefined)
      assert.equal((await merchants.findByApiKeyHash(rotated.apiKeyHash))?.merchantId, merchant.merchantId)
      await merchants.replaceAll([])
      assert.equal(await merchants.findByApiKeyHash(rotated.apiKeyHash), undefined)
    },
  },
  {
    name: 'payments are listed oldest first, page by page, each once',
    run: async ({ payments, ledger }) => {
      const made = new Set<string>()
      for (let index = 0; index < 5; index += 1) made.add((await given(payments, { createdAt: now - (index % 2) })).paymentId)
      const seen: string[] = []
      let after: { createdAt: number; paymentId: string } | undefined
      for (let pages = 0; pages < 1_000; pages += 1) {
        const page = await ledger.listPayments({ after, limit: 2 })
        seen.push(...page.map((payment) => payment.paymentId))
        after = page.at(-1)
        if (page.length < 2) break
      }
      assert.equal(new Set(seen).size, seen.length)
      assert.equal(seen.filter((paymentId) => made.has(paymentId)).length, 5)
    },
  },
]

const approved = {
  outcome: 'approved',
  systemsTraceAuditNumber: '000001',
  retrievalReferenceNumber: '123456789012',
  authorizationIdResponse: 'A1B2C3',
  responseCode: '00',
} as const

function newPayment(changes: Partial<PaymentRecord> = {}): PaymentRecord {
  return {
    paymentId: id(),
    merchantId: id(),
    version: 1,
    state: 'requires_confirmation',
    orderId: id(),
    orderName: '아메리카노 두 잔',
    merchantName: '가게',
    amount: minorUnits(9_000n),
    currency: 'KRW',
    instalmentMonthsAllowed: [0, 3],
    request: 'aGVhZA.Ym9keQ.c2ln',
    createdAt: now,
    expiresAt: now + 600,
    answer: {},
    ...changes,
  }
}

function newToken(): WalletToken {
  return { walletId: id(), tokenReferenceId: id(), issuerId: id(), network: 'visa', lastFour: '1111', state: 'active', createdAt: now }
}

function once(): OnceRequest {
  return {
    keyHash: new Uint8Array(randomBytes(32)),
    contentHash: new Uint8Array(randomBytes(32)),
    createdAt: now,
    keptUntil: now + keptSeconds,
    write: (payment) => ({ status: 201, body: payment.paymentId }),
  }
}

function holdRequest(): HoldRequest {
  const token = newToken()
  const { walletId, tokenReferenceId } = token
  const terms = {
    kind: 'pay',
    tokenReferenceId,
    paymentAttemptId: id(),
    merchantId: id(),
    requestHash: '0'.repeat(64),
    amountMinorUnits: '9000',
    currencyNumeric: '410',
    instalmentMonths: 3,
    expiresAt: now + 60,
    channel: 1,
    deviceKeyKind: 0,
  } as const
  return { walletId, terms, token, holdId: id(), now, leaseUntilMs: now * 1_000 + 8_000 }
}

async function given(
  payments: Stores['payments'],
  changes: Partial<PaymentRecord> = {},
  request: OnceRequest = once(),
): Promise<PaymentRecord> {
  const payment = newPayment(changes)
  const created = await payments.create(payment, request)
  assert.deepEqual(created, { ok: true, value: { status: 201, body: payment.paymentId, isReplay: false } })
  return payment
}

async function held(payments: Stores['payments'], payment: PaymentRecord): Promise<{ holdId: string; leaseUntilMs: number }> {
  const request = holdRequest()
  const changed = await payments.change(payment, (facts) => decideHold(facts, request))
  assert.equal(changed.ok, true)
  return request
}

async function signed(payments: Stores['payments'], payment: PaymentRecord): Promise<PaymentRecord> {
  const { holdId } = await held(payments, payment)
  const changed = await payments.change(payment, (facts) => decideSigned(facts, { holdId, nowMs: now * 1_000 }))
  assert.ok(changed.ok)
  assert.equal(changed.value.state, 'authorizing')
  return changed.value
}

async function listed(payments: Stores['payments'], at: number): Promise<readonly string[]> {
  return (await payments.listExpired(at, 10_000)).map((key) => key.paymentId)
}
