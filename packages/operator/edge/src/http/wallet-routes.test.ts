import { generateKeyPairSync, sign } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Payment } from '@symbolon/contracts/merchant-api'
import type { OtherTerms } from '@symbolon/contracts/planes'
import { problem } from '@symbolon/contracts/problems'
import type { SignAnswer } from '@symbolon/contracts/wallet-api'
import { hashStopCode } from '@symbolon/custody/operator'
import { bytesToHex } from '@symbolon/formats/bytes'
import { createId } from '../adapters/system.ts'
import { sweep } from '../flows/sweep.ts'
import { ids, now, termsOf, token } from '../testing/samples.ts'
import { settle } from '../testing/test-clock.ts'
import { rateLimits } from './rate-limiter.ts'
import { createTestEdge, deviceOrigin, operationsKey, type TestEdge } from '../testing/test-edge.ts'

let edge: TestEdge
beforeEach(async () => {
  edge = await createTestEdge()
})

type Page = { readonly payments: readonly { readonly paymentId: string }[]; readonly next?: string }
type Answer = Awaited<ReturnType<TestEdge['app']['inject']>>
const post = (path: string, payload: object): Promise<Answer> => edge.app.inject({ method: 'POST', url: `/v1/wallets${path}`, payload })
const pay = (message: string, paymentId?: string): Promise<Answer> =>
  post(`/${ids.wallet}/pay`, { message, ...(paymentId === undefined ? {} : { paymentId }) })
const codeOf = (answer: Answer): readonly [number, string] => [answer.statusCode, answer.json<{ code: string }>().code]

/** A message that the vault opens as the confirmation of a payment, and what the stores say of the payment. */
async function seal(payment: Payment, changes: Parameters<typeof termsOf>[1] = {}, pin: 'right' | 'wrong' = 'right'): Promise<string> {
  const found = await edge.deps.payments.findById(payment.paymentId)
  if (found === undefined) throw new Error('the payment is there')
  return edge.vault.seal({ terms: termsOf(found.payment, changes), pin })
}
const stored = async (paymentId: string): Promise<{ readonly state: string | undefined; readonly isHeld: boolean }> => {
  const found = await edge.deps.payments.findById(paymentId)
  return { state: found?.payment.state, isHeld: found?.hold !== undefined }
}
const attempt = (id: string = ids.attempt): Promise<Answer> => edge.app.inject({ url: `/v1/wallets/${ids.wallet}/attempts/${id}` })

describe('one payment', () => {
  test('is signed, authorized, captured and in the ledger', async () => {
    const payment = await edge.createPayment()
    const answer = (await pay(await seal(payment), payment.paymentId)).json<SignAnswer>()
    expect(answer).toMatchObject({
      done: 'ZG9uZQ',
      payment: {
        state: 'captured',
        version: 3,
        network: 'visa',
        lastFour: '1111',
        instalmentMonths: 3,
        approvalNumber: 'OK0001',
        retrievalReferenceNumber: '632900000001',
      },
    })
    expect(edge.link.requests).toEqual([
      {
        paymentId: payment.paymentId,
        issuerId: ids.issuer,
        tokenReferenceId: ids.token,
        merchantId: edge.shop.merchantId,
        merchantName: '커피 가게',
        amountMinorUnits: '9000',
        currency: 'KRW',
        instalmentMonths: 3,
        channel: 1,
        signed: { message: 'bQ', signature: 'cw', deviceKeyKind: 0, deviceSignature: 'ZA' },
      },
    ])
    expect((await attempt()).json()).toEqual(answer.payment)
    const summary = await edge.app.inject({ url: '/v1/ledger/summary', headers: { authorization: `Bearer ${operationsKey}` } })
    expect(summary.json()).toEqual({ currencies: { KRW: { debits: '9000', credits: '9000' } }, transfers: 1, captured: 1, balanced: true })
  })

  test('is declined with the word for the merchant', async () => {
    edge.link.script({ outcome: 'declined', responseCode: '51', reason: 'insufficient-funds' })
    const payment = await edge.createPayment()
    const { payment: after } = (await pay(await seal(payment), payment.paymentId)).json<SignAnswer>()
    expect(after).toMatchObject({ state: 'declined', declineReason: 'insufficient-funds' })
    expect(after).not.toHaveProperty('approvalNumber')
  })

  test('waits as before after a wrong PIN, and takes the right one under the same attempt', async () => {
    const payment = await edge.createPayment()
    const wrong = (await pay(await seal(payment, {}, 'wrong'), payment.paymentId)).json<SignAnswer>()
    expect(wrong).toMatchObject({ done: 'd3Jvbmc', payment: { state: 'requires_confirmation', version: 1 } })
    expect(await stored(payment.paymentId)).toEqual({ state: 'requires_confirmation', isHeld: false })
    const right = (await pay(await seal(payment), payment.paymentId)).json<SignAnswer>()
    expect(right.payment?.state).toBe('captured')
  })

  test('is refused before anything is signed when the words differ', async () => {
    const payment = await edge.createPayment()
    expect(codeOf(await pay(await seal(payment, { amountMinorUnits: '1' }), payment.paymentId))).toEqual([422, 'PAYMENT_REQUEST_MISMATCH'])
    expect(codeOf(await pay(await seal(payment, { tokenReferenceId: createId() }), payment.paymentId))).toEqual([422, 'TOKEN_NOT_ACTIVE'])
    expect(codeOf(await pay(await seal(payment), createId()))).toEqual([404, 'REQUEST_NOT_FOUND'])
    await edge.clock.advance(600_000)
    expect(codeOf(await pay(await seal(payment), payment.paymentId))).toEqual([410, 'PAYMENT_EXPIRED'])
    expect(edge.vault.calls).not.toContain('sign')
    expect(edge.vault.signatures).toEqual([])
  })

  test('cannot borrow the attempt of another payment', async () => {
    const [first, second] = [await edge.createPayment(), await edge.createPayment()]
    await pay(await seal(first, {}, 'wrong'), first.paymentId)
    expect(codeOf(await pay(await seal(second), second.paymentId))).toEqual([422, 'PAYMENT_REQUEST_MISMATCH'])
    expect(edge.vault.signatures).toEqual([])
  })

  test('is signed once, however often and by how many wallets it is confirmed at the same time', async () => {
    const payment = await edge.createPayment()
    const other = '5c'.repeat(16)
    await edge.deps.tokens.register(token({ walletId: other, tokenReferenceId: other }), 1)
    const message = await seal(payment)
    const strange = await seal(payment, { paymentAttemptId: createId(), tokenReferenceId: other })
    const answers = await Promise.all([
      pay(message, payment.paymentId),
      pay(message, payment.paymentId),
      post(`/${other}/pay`, { message: strange, paymentId: payment.paymentId }),
    ])
    const done = answers.filter((answer) => answer.statusCode === 200).map((answer) => answer.json<SignAnswer>().done)
    expect([...new Set(done)]).toEqual(['ZG9uZQ'])
    for (const answer of answers.filter(({ statusCode }) => statusCode !== 200)) {
      expect(codeOf(answer)).toEqual([409, expect.stringMatching(/^PAYMENT_(CONFIRMATION_RUNNING|STATE_CONFLICT)$/u)])
    }
    expect(edge.vault.signatures.length).toBe(1)
    expect(edge.link.requests.length).toBe(1)
  })

  test('answers the same bytes again with the same answer and the payment as it stands', async () => {
    const payment = await edge.createPayment()
    const message = await seal(payment)
    const first = (await pay(message, payment.paymentId)).json<SignAnswer>()
    expect((await pay(message, payment.paymentId)).json()).toEqual(first)
    expect(edge.vault.signatures.length).toBe(1)
  })

  test('passes the vault’s refusal on with its details', async () => {
    const payment = await edge.createPayment()
    const message = edge.vault.seal({
      terms: { kind: 'bind', paymentAttemptId: createId() },
      pin: 'right',
      problem: problem('CUSTODY_LOCKED', { triesLeft: 0 }),
    })
    const answer = await pay(message, payment.paymentId)
    expect([...codeOf(answer), answer.json<{ triesLeft: number }>().triesLeft]).toEqual([423, 'CUSTODY_LOCKED', 0])
    const opened = await post(`/${ids.wallet}/open`, { message: 'bQ' })
    expect([...codeOf(opened), opened.json<{ retired: string }>().retired]).toEqual([409, 'CUSTODY_STALE', 'cd'.repeat(16)])
  })
})

describe('something is lost', () => {
  test('before the vault signed: the payment waits again at once', async () => {
    const payment = await edge.createPayment()
    const message = await seal(payment)
    edge.vault.failNextSign('before')
    expect(codeOf(await pay(message, payment.paymentId))).toEqual([503, 'SERVICE_FAULT'])
    await settle()
    expect(await stored(payment.paymentId)).toEqual({ state: 'requires_confirmation', isHeld: false })
    expect((await pay(await seal(payment), payment.paymentId)).json<SignAnswer>().payment?.state).toBe('captured')
  })

  test('after the vault signed: the payment goes on, and the same bytes get the answer', async () => {
    const payment = await edge.createPayment()
    const message = await seal(payment)
    edge.vault.failNextSign('after')
    expect(codeOf(await pay(message, payment.paymentId))).toEqual([503, 'SERVICE_FAULT'])
    await settle()
    expect(await stored(payment.paymentId)).toEqual({ state: 'captured', isHeld: false })
    expect((await pay(message, payment.paymentId)).json()).toMatchObject({ done: 'ZG9uZQ', payment: { state: 'captured' } })
  })

  test('and the vault does not even say what it did: the sweeper asks when the lease is over, not before', async () => {
    const payment = await edge.createPayment()
    const message = await seal(payment)
    edge.vault.failNextSign('after')
    edge.vault.failAttempts(1)
    await pay(message, payment.paymentId)
    await settle()
    expect(await stored(payment.paymentId)).toEqual({ state: 'requires_confirmation', isHeld: true })
    await edge.clock.advance(7_999)
    expect(await sweep(edge.deps)).toMatchObject({ holds: 0 })
    await edge.clock.advance(1)
    expect(await sweep(edge.deps)).toMatchObject({ holds: 1, faults: 0 })
    expect(await stored(payment.paymentId)).toEqual({ state: 'captured', isHeld: false })
  })

  test.each(['before', 'after'] as const)(
    '%s the link took the payment: the device hears authorizing, the sweeper brings it on',
    async (when) => {
      const payment = await edge.createPayment()
      edge.link.failNextAuthorize(when)
      const answer = (await pay(await seal(payment), payment.paymentId)).json<SignAnswer>()
      expect(answer.payment?.state).toBe('authorizing')
      await edge.clock.advance(3_000)
      await sweep(edge.deps)
      expect((await attempt()).json()).toMatchObject({ state: 'captured' })
      expect(edge.link.requests.length).toBe(1)
      expect((await edge.deps.stores.ledger.loadSummary()).transfers).toBe(1)
    },
  )

  test('a held payment does not expire, and expires once it is released', async () => {
    const payment = await edge.createPayment()
    edge.vault.failNextSign('before')
    edge.vault.failAttempts(2)
    await pay(await seal(payment), payment.paymentId)
    await edge.clock.advance(600_000)
    expect(await sweep(edge.deps)).toMatchObject({ expired: 0, holds: 1, faults: 1 })
    expect(await stored(payment.paymentId)).toEqual({ state: 'requires_confirmation', isHeld: true })
    await edge.clock.advance(8_000)
    await sweep(edge.deps)
    await sweep(edge.deps)
    expect(await stored(payment.paymentId)).toEqual({ state: 'expired', isHeld: false })
  })
})

describe('the issuer is slow or silent', () => {
  test('the device hears authorizing after three seconds at most, then asks for the attempt', async () => {
    edge.link.script({ outcome: 'pending' })
    const payment = await edge.createPayment()
    const answering = pay(await seal(payment), payment.paymentId)
    await settle()
    await edge.clock.advance(3_000)
    expect((await answering).json<SignAnswer>().payment?.state).toBe('authorizing')
    edge.link.tell(payment.paymentId, { outcome: 'approved', authorizationIdResponse: 'LATE01' })
    await sweep(edge.deps)
    expect((await attempt()).json()).toMatchObject({ state: 'captured', approvalNumber: 'LATE01' })
  })

  test('an answer within the three seconds is heard at once', async () => {
    edge.link.script({ outcome: 'pending' })
    const payment = await edge.createPayment()
    const answering = pay(await seal(payment), payment.paymentId)
    await settle()
    edge.link.tell(payment.paymentId, { outcome: 'declined', reason: 'do-not-honour' })
    await edge.clock.advance(200)
    expect((await answering).json<SignAnswer>().payment).toMatchObject({ state: 'declined', declineReason: 'do-not-honour' })
  })

  test('silence is unanswered, then reversed, and a late approval changes nothing', async () => {
    edge.link.script({ outcome: 'unanswered', systemsTraceAuditNumber: '000009', retrievalReferenceNumber: '632900000009' })
    const payment = await edge.createPayment()
    const answer = (await pay(await seal(payment), payment.paymentId)).json<SignAnswer>()
    expect(answer.payment).toMatchObject({ state: 'unanswered', retrievalReferenceNumber: '632900000009' })
    edge.link.tell(payment.paymentId, { outcome: 'approved' })
    await edge.clock.advance(1_000)
    await sweep(edge.deps)
    expect((await stored(payment.paymentId)).state).toBe('unanswered')
    edge.link.tell(payment.paymentId, { outcome: 'reversed' })
    await edge.clock.advance(1_000)
    await sweep(edge.deps)
    expect((await stored(payment.paymentId)).state).toBe('reversed')
    expect(await edge.deps.stores.ledger.loadSummary()).toMatchObject({ transfers: 0, captured: 0, balanced: true })
  })

  test('an authorization that the link never heard of ends when its message is too old for every front', async () => {
    const payment = await edge.createPayment()
    edge.link.failNextAuthorize('before')
    await pay(await seal(payment), payment.paymentId)
    await edge.clock.advance(120_000)
    await sweep(edge.deps)
    expect((await stored(payment.paymentId)).state).toBe('expired')
    expect(edge.link.requests).toEqual([])
  })
})

describe('kinds that are no payment', () => {
  const message = (kind: OtherTerms['kind']): string => edge.vault.seal({ terms: { kind, paymentAttemptId: createId() }, pin: 'right' })

  test.each(['bind', 'record', 'refresh', 'pinset', 'close'] as const)('%s passes without a payment', async (kind) => {
    expect((await pay(message(kind))).json()).toEqual({ done: 'ZG9uZQ' })
    expect(edge.link.requests).toEqual([])
  })

  test('a wallet that closes pays no more; every other kind leaves its cards alone', async () => {
    for (const kind of ['bind', 'record', 'refresh', 'pinset'] as const) {
      expect((await pay(message(kind))).statusCode).toBe(200)
      expect((await edge.deps.tokens.find(token()))?.state).toBe('active')
    }
    const wrong = edge.vault.seal({ terms: { kind: 'close', paymentAttemptId: createId() }, pin: 'wrong' })
    await pay(wrong)
    expect((await edge.deps.tokens.find(token()))?.state).toBe('active')
    expect((await pay(message('close'))).statusCode).toBe(200)
    expect((await edge.deps.tokens.find(token()))?.state).toBe('suspended')
  })

  test('are not taken for a payment, nor a payment for them', async () => {
    const payment = await edge.createPayment()
    expect(codeOf(await pay(message('bind'), payment.paymentId))).toEqual([400, 'REQUEST_INVALID'])
    expect(codeOf(await pay(await seal(payment)))).toEqual([400, 'REQUEST_INVALID'])
    expect(edge.vault.calls).not.toContain('sign')
  })
})

describe('a token', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const frame = (tag: string, ...fields: readonly Buffer[]): Buffer =>
    Buffer.concat([
      Buffer.from([tag.length]),
      Buffer.from(tag),
      Buffer.from([fields.length]),
      ...fields.flatMap((field) => [Buffer.from([field.length >> 8, field.length & 255]), field]),
    ])
  const number = Buffer.from([0, 0, 0, 1])
  const grantFor = (walletId: string, network = 'mastercard', issuerId: string = ids.issuer): Buffer =>
    frame('symbolon/v1/grant', hexOf(issuerId), hexOf(walletId), hexOf('77'.repeat(16)), Buffer.from(network), Buffer.from('4444'), number)
  const hexOf = (text: string): Buffer => Buffer.from(text, 'hex')
  const register = (grant: Buffer, signature = sign(null, grant, privateKey), issuerId: string = ids.issuer): Promise<Answer> =>
    post(`/${ids.wallet}/tokens`, { issuerId, grant: grant.toString('base64url'), signature: signature.toString('base64url') })

  const withIssuer = async (): Promise<void> => {
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
    edge = await createTestEdge({ certificateKeyByIssuer: new Map([[ids.issuer, new Uint8Array(raw)]]) })
  }

  test('is registered when its issuer signed it for this wallet, twice if need be, and then pays', async () => {
    await withIssuer()
    for (let turn = 0; turn < 2; turn += 1) expect((await register(grantFor(ids.wallet))).statusCode).toBe(204)
    const found = await edge.deps.tokens.find({ walletId: ids.wallet, tokenReferenceId: '77'.repeat(16) })
    expect(found).toMatchObject({ issuerId: ids.issuer, network: 'mastercard', lastFour: '4444', state: 'active' })
    const payment = await edge.createPayment()
    const answer = await pay(await seal(payment, { tokenReferenceId: '77'.repeat(16) }), payment.paymentId)
    expect(answer.json()).toMatchObject({ payment: { network: 'mastercard', lastFour: '4444' } })
  })

  test('is refused for another wallet, with another signature, network, issuer or form', async () => {
    await withIssuer()
    const grant = grantFor(ids.wallet)
    expect(codeOf(await register(grantFor(createId())))).toEqual([422, 'TOKEN_GRANT_INVALID'])
    expect(codeOf(await register(grant, Buffer.alloc(64, 1)))).toEqual([422, 'TOKEN_GRANT_INVALID'])
    expect(codeOf(await register(grantFor(ids.wallet, 'nowhere')))).toEqual([422, 'TOKEN_GRANT_INVALID'])
    expect(codeOf(await register(grantFor(ids.wallet, 'visa', createId())))).toEqual([422, 'TOKEN_GRANT_INVALID'])
    expect(codeOf(await register(grant.subarray(0, -1), sign(null, grant.subarray(0, -1), privateKey)))).toEqual([
      422,
      'TOKEN_GRANT_INVALID',
    ])
    expect(codeOf(await register(grant, undefined, createId()))).toEqual([422, 'ISSUER_UNKNOWN'])
    expect(await edge.deps.tokens.find({ walletId: ids.wallet, tokenReferenceId: '77'.repeat(16) })).toBeUndefined()
  })

  test('pays no more after an alarm that the vault believes, and goes on after one that it does not', async () => {
    const payment = await edge.createPayment()
    expect(codeOf(await post(`/${ids.wallet}/alarm`, { message: 'bm9pc2U' }))).toEqual([422, 'CUSTODY_REJECTED'])
    expect((await edge.deps.tokens.find(token()))?.state).toBe('active')
    edge.link.failSuspensions(1)
    expect((await post(`/${ids.wallet}/alarm`, { message: 'YWxhcm0' })).statusCode).toBe(204)
    expect(codeOf(await pay(await seal(payment), payment.paymentId))).toEqual([422, 'TOKEN_NOT_ACTIVE'])
    // The link was away when the wallet froze: the sweeper tells the issuer, once.
    expect(edge.link.suspensions).toEqual([])
    for (let round = 0; round < 2; round += 1) await sweep(edge.deps)
    const { walletId, tokenReferenceId, issuerId } = token()
    expect(edge.link.suspensions).toEqual([{ walletId, tokenReferenceId, issuerId, cause: 'alarm' }])
  })
})

describe('a stop code', () => {
  const code = 'MZXW6YTBOJTG633CMFZGM33PM'
  const stop = (typed: unknown): Promise<Answer> => edge.app.inject({ method: 'POST', url: '/v1/stops', payload: { code: typed } })
  const state = async (): Promise<string | undefined> => (await edge.deps.tokens.find(token()))?.state

  test('stops the wallet that has it, however it is typed; the answer is the same for one that nobody has', async () => {
    edge.vault.stopCodes.set(bytesToHex(hashStopCode(code)), ids.wallet)
    const nobody = await stop('A'.repeat(25))
    expect([nobody.statusCode, nobody.body, await state()]).toEqual([204, '', 'active'])
    const somebody = await stop('mzxw6-ytboj-tg633-cmfzg-m33pm')
    expect([somebody.statusCode, somebody.body, await state()]).toEqual([204, '', 'suspended'])
    expect(Object.keys(somebody.headers).toSorted()).toEqual(Object.keys(nobody.headers).toSorted())
    const payment = await edge.createPayment()
    expect(codeOf(await pay(await seal(payment), payment.paymentId))).toEqual([422, 'TOKEN_NOT_ACTIVE'])
  })

  test.each(['', 'A'.repeat(24), `${'A'.repeat(24)}9`, 'A'.repeat(61), 7])('is not %j', async (typed) => {
    expect(codeOf(await stop(typed))).toEqual([400, 'REQUEST_INVALID'])
    expect(await state()).toBe('active')
  })

  test('cannot be tried often', async () => {
    for (let count = 0; count < rateLimits.stops.burst; count += 1) expect((await stop('A'.repeat(25))).statusCode).toBe(204)
    expect(codeOf(await stop('A'.repeat(25)))).toEqual([429, 'REQUEST_TOO_MANY'])
  })
})

describe('around a payment', () => {
  test('the checkout shows the payment and the very bytes that the merchant signed', async () => {
    const payment = await edge.createPayment()
    const answer = await edge.app.inject({ url: `/v1/checkout/${payment.paymentId}` })
    expect(answer.json()).toEqual({ payment, request: (await edge.deps.payments.findById(payment.paymentId))?.payment.request })
    expect(codeOf(await edge.app.inject({ url: `/v1/checkout/${createId()}` }))).toEqual([404, 'REQUEST_NOT_FOUND'])
  })

  test('an attempt of another wallet is not there', async () => {
    const payment = await edge.createPayment()
    await pay(await seal(payment), payment.paymentId)
    expect(codeOf(await edge.app.inject({ url: `/v1/wallets/${createId()}/attempts/${ids.attempt}` }))).toEqual([404, 'REQUEST_NOT_FOUND'])
    expect(codeOf(await attempt(createId()))).toEqual([404, 'REQUEST_NOT_FOUND'])
  })

  test.each(['/v1/wallets', `/v1/wallets/${ids.wallet}/pay`, `/v1/checkout/${ids.payment}`])(
    '%s is open to pages of the device origin alone',
    async (url) => {
      const preflight = (origin: string): Promise<Answer> => edge.app.inject({ method: 'OPTIONS', url, headers: { origin } })
      const allowed = await preflight(deviceOrigin)
      expect(allowed.headers).toMatchObject({
        'access-control-allow-origin': deviceOrigin,
        'access-control-allow-headers': 'content-type',
        vary: 'Origin',
      })
      expect(allowed.headers).not.toHaveProperty('access-control-allow-credentials')
      for (const origin of ['http://localhost:8402', 'http://evil.example', 'null', `${deviceOrigin}.evil.example`]) {
        const refused = await preflight(origin)
        expect(Object.keys(refused.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
      }
    },
  )

  test('the merchant API is open to no page', async () => {
    const answer = await edge.app.inject({ url: `/v1/payments/${ids.payment}`, headers: { origin: deviceOrigin } })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test('a wallet that calls too often hears it, another one does not', async () => {
    for (let count = 0; count < rateLimits.wallet.burst; count += 1) expect((await attempt()).statusCode).toBe(404)
    expect(codeOf(await attempt())).toEqual([429, 'REQUEST_TOO_MANY'])
    expect((await edge.app.inject({ url: `/v1/wallets/${createId()}/attempts/${ids.attempt}` })).statusCode).toBe(404)
  })

  test('operations need their key, and page through every payment once', async () => {
    for (let count = 0; count < 5; count += 1) await edge.createPayment()
    const list = (query: string, key = operationsKey): Promise<Answer> =>
      edge.app.inject({ url: `/v1/ops/payments${query}`, headers: { authorization: `Bearer ${key}` } })
    expect(codeOf(await list('', 'another-key'))).toEqual([401, 'IDENTITY_KEY_INVALID'])
    expect(codeOf(await list('?limit=1001'))).toEqual([400, 'REQUEST_INVALID'])
    expect(codeOf(await list('?after=x'))).toEqual([400, 'REQUEST_INVALID'])
    const seen: string[] = []
    for (let next: string | undefined = ''; next !== undefined;) {
      const page: Page = (await list(`?limit=2${next === '' ? '' : `&after=${next}`}`)).json<Page>()
      seen.push(...page.payments.map((payment) => payment.paymentId))
      next = page.next
    }
    expect([seen.length, new Set(seen).size]).toEqual([5, 5])
    expect((await list('')).json<{ payments: object[] }>().payments[0]).toMatchObject({ createdAt: now, state: 'requires_confirmation' })
  })
})
