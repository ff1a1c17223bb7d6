import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { Directory, SignedCertificate } from '@symbolon/contracts/directory'
import type { Payment, PaymentState } from '@symbolon/contracts/merchant-api'
import { deriveMerchantId, merchantKeysPath, paymentRequestType, type PaymentRequest } from '@symbolon/contracts/payment-request'
import { problemCodes, type Problem, type ProblemCode } from '@symbolon/contracts/problems'
import {
  createSealingKey,
  encodeGrant,
  hashSealingKey,
  importSealingKey,
  openCard,
  verifyGrant,
  parseSignable,
  verifyJointSignature,
} from '@symbolon/custody/issuer'
import type { Transport, TransportAnswer, TransportRequest } from '@symbolon/device'
import { Fault } from '@symbolon/formats/result'
import { signCertificate, type CertificateWish } from '../certificates.ts'
import { CoSigner, type PayAnswer } from './co-signer.ts'

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'))
const newId = (): string => randomBytes(16).toString('hex')

export const operatorOrigin = 'http://127.0.0.1:1'
export const issuerOrigin = 'http://localhost:2'
export const shopOrigin = 'http://127.0.0.1:3'
export const operatorId = '07'.repeat(16)
export const issuerId = '0b'.repeat(16)

type Rebind = {
  readonly walletId: string
  readonly nonce: string
  readonly tokens: readonly string[]
  state: string
  isVouchedFor?: boolean
}
type Enrolment = { readonly walletId: string; readonly nonce: string; state: string; card?: Record<string, string>; grant?: string }

/** Everybody whom a wallet talks to, in one process, behind one transport that a test can cut, delay or falsify. */
export class World {
  readonly directory: Directory
  readonly coSigner: CoSigner
  readonly payments = new Map<string, { payment: Payment; request: string; attemptId?: string }>()
  readonly enrolments = new Map<string, Enrolment>()
  readonly rebinds = new Map<string, Rebind>()
  /** Which wallet each token pays in, by the grants that were registered. */
  readonly walletByToken = new Map<string, string>()
  readonly calls: string[] = []
  /** How an authorization ends. */
  decide: (amount: string) => PaymentState = () => 'captured'
  /** Stands between device and world: forward, lose, double or falsify. */
  intercept: (request: TransportRequest, forward: () => Promise<TransportAnswer>) => Promise<TransportAnswer> = (_, forward) => forward()
  readonly #sealingSeed: Uint8Array
  readonly #certificate = generateKeyPairSync('ed25519')
  readonly #certificateKey = new Uint8Array(this.#certificate.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32))
  readonly #shop = generateKeyPairSync('ed25519')

  private constructor(coSigner: CoSigner, sealing: { readonly seed: Uint8Array; readonly publicKey: Uint8Array; readonly keyId: string }) {
    this.coSigner = coSigner
    this.#sealingSeed = sealing.seed
    const name = { ko: '시험', en: 'Test' }
    this.directory = {
      version: 1,
      operator: {
        operatorId,
        name,
        origin: operatorOrigin,
        vaultKeyCertificates: [{ issuerId, ...this.certify({ kind: 'vault-key', subjectId: operatorId, key: coSigner.vaultPublicKey }) }],
      },
      issuers: [
        {
          issuerId,
          name,
          origin: issuerOrigin,
          accountRanges: [{ low: '41111111', high: '42424242', panLengths: [16], network: 'visa' }],
          sealingKeys: [
            {
              keyId: sealing.keyId,
              publicKey: base64url(sealing.publicKey),
              ...this.certify({ kind: 'sealing-key', subjectId: issuerId, key: hashSealingKey(sealing.publicKey) }),
            },
          ],
          certificateKey: base64url(this.#certificateKey),
        },
      ],
    }
  }

  /** `deviceOrigins`: where the assertions of passkeys may come from. */
  static async create(deviceOrigins: readonly string[] = [], coSigner?: CoSigner): Promise<World> {
    const { seed, publicKey } = await createSealingKey((size) => new Uint8Array(randomBytes(size)))
    const { keyId } = await importSealingKey(seed)
    return new World(coSigner ?? (await CoSigner.create({ deviceOrigins })), { seed, publicKey, keyId })
  }

  /** What the issuer says of a key, signed with its certificate key. */
  certify(wish: CertificateWish): SignedCertificate {
    return signCertificate(this.#certificate.privateKey, wish)
  }

  readonly transport: Transport = async (request) => {
    this.calls.push(`${request.method} ${new URL(request.url).pathname}`)
    return await this.intercept(request, () => this.#answer(request))
  }

  /** No answer ever comes. */
  static readonly silence = (): Promise<TransportAnswer> => Promise.reject(new Fault('SERVICE_FAULT', { retry: 'later' }))

  order(changes: Partial<PaymentRequest> = {}): string {
    const request: PaymentRequest = {
      version: 1,
      merchantId: deriveMerchantId(shopOrigin, 'tea'),
      merchantName: 'Tea',
      merchantOrigin: shopOrigin,
      merchantSlug: 'tea',
      orderId: newId(),
      orderName: 'Two cups',
      amountMinorUnits: '12000',
      currency: 'KRW',
      instalmentMonthsAllowed: [0, 3],
      expiresAt: Math.floor(this.coSigner.nowMs / 1_000) + 3_600,
      ...changes,
    }
    const header = { alg: 'EdDSA', typ: paymentRequestType, kid: 'k1' }
    const signingInput = [header, request].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const compactJws = `${signingInput}.${sign(null, Buffer.from(signingInput), this.#shop.privateKey).toString('base64url')}`
    const paymentId = newId()
    const { merchantId, orderId, orderName, amountMinorUnits, currency, expiresAt } = request
    const shared = { merchantId, orderId, orderName, amountMinorUnits, currency, expiresAt }
    const createdAt = Math.floor(this.coSigner.nowMs / 1_000)
    const payment: Payment = { paymentId, version: 1, state: 'requires_confirmation', ...shared, createdAt, checkoutUrl: operatorOrigin }
    this.payments.set(paymentId, { payment, request: compactJws })
    return paymentId
  }

  /** What the person decides on the page of the latest rebind. */
  pressRebind(decision: 'active' | 'refused'): void {
    const latest = [...this.rebinds.values()].at(-1)
    if (latest !== undefined) latest.state = decision
  }

  press(enrolmentId: string, decision: 'active' | 'refused'): void {
    const enrolment = this.enrolments.get(enrolmentId)
    if (enrolment !== undefined) enrolment.state = decision
  }

  async #answer({ method, url, body }: TransportRequest): Promise<TransportAnswer> {
    const { origin, pathname } = new URL(url)
    if (origin === shopOrigin && pathname === merchantKeysPath) return { status: 200, body: this.#shopKeys() }
    const members = textMembers(JSON.stringify(body ?? {}))
    const parts = pathname.split('/').slice(2)
    if (origin === issuerOrigin)
      return parts[0] === 'rebinds' ? this.#answerRebind(parts[1] ?? '', members, body) : await this.#answerAsIssuer(method, parts, members)
    const [room, id = '', verb, attemptId] = parts
    if (room === 'checkout') return this.#checkout(id)
    if (id === '') {
      const { walletId, offer } = await this.coSigner.offer()
      return { status: 200, body: { walletId, offer: base64url(offer) } }
    }
    const message = bytesOf(members['message'] ?? '')
    switch (verb) {
      case undefined:
        return (await this.coSigner.accept(id, bytesOf(members['sealed'] ?? '')))
          ? { status: 200, body: { walletId: id } }
          : refuse('REQUEST_INVALID')
      case 'open':
        return toAnswer(await this.coSigner.open(id, message), (done) => ({ message: base64url(done) }))
      case 'pay':
        return await this.#pay(id, message, members['paymentId'])
      case 'alarm':
        return (await this.coSigner.alarm(id, message)) ? { status: 200, body: {} } : refuse('CUSTODY_WALLET_UNKNOWN')
      case 'tokens': {
        const granted = verifyGrant({
          grant: bytesOf(members['grant'] ?? ''),
          signature: bytesOf(members['signature'] ?? ''),
          certificateKey: this.#certificateKey,
        })
        if (!granted.ok) return refuse('TOKEN_GRANT_INVALID')
        this.walletByToken.set(Buffer.from(granted.value.tokenReferenceId).toString('hex'), id)
        return { status: 200, body: {} }
      }
      default: {
        const found = [...this.payments.values()].find((payment) => payment.attemptId === attemptId)
        return found === undefined ? refuse('REQUEST_NOT_FOUND') : { status: 200, body: found.payment }
      }
    }
  }

  async #pay(walletId: string, message: Uint8Array, paymentId: string | undefined): Promise<TransportAnswer> {
    const held = paymentId === undefined ? undefined : this.payments.get(paymentId)
    if (held !== undefined && held.payment.state !== 'requires_confirmation' && held.attemptId === undefined)
      return refuse('PAYMENT_STATE_CONFLICT')
    const answer = await this.coSigner.pay(walletId, message)
    if (answer.kind === 'done' && answer.signed?.signable.kind === 'pay' && held !== undefined) {
      held.attemptId = Buffer.from(answer.signed.signable.paymentAttemptId).toString('hex')
      held.payment = { ...held.payment, version: 2, state: this.decide(held.payment.amountMinorUnits) }
    }
    return toAnswer(answer, (done) => ({ done: base64url(done), ...(held === undefined ? {} : { payment: held.payment }) }))
  }

  #checkout(paymentId: string): TransportAnswer {
    const found = this.payments.get(paymentId)
    return found === undefined ? refuse('REQUEST_NOT_FOUND') : { status: 200, body: { payment: found.payment, request: found.request } }
  }

  #shopKeys(): unknown {
    const key = new Uint8Array(this.#shop.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32))
    const certificate = this.certify({ kind: 'merchant-key', subjectId: deriveMerchantId(shopOrigin, 'tea'), key })
    const keys = [{ kid: 'k1', kty: 'OKP', crv: 'Ed25519', x: base64url(key), certificates: [{ issuerId, ...certificate }] }]
    return { merchants: [{ merchantId: deriveMerchantId(shopOrigin, 'tea'), merchantSlug: 'tea', keys }] }
  }

  async #answerAsIssuer(
    method: string,
    [, enrolmentId = '']: readonly string[],
    members: Record<string, string>,
  ): Promise<TransportAnswer> {
    if (enrolmentId === '') {
      const [id, nonce] = [newId(), newId()]
      this.enrolments.set(id, { walletId: members['walletId'] ?? '', nonce, state: 'open' })
      return { status: 200, body: { enrolmentId: id, nonce, expiresAt: 4_000_000_000 } }
    }
    const enrolment = this.enrolments.get(enrolmentId)
    if (enrolment === undefined) return refuse('REQUEST_NOT_FOUND')
    if (method === 'POST' && !(await this.#submit(enrolment, members))) return refuse('ENROLMENT_BINDING_INVALID')
    const base = { enrolmentId, state: enrolment.state, approvalUrl: `${issuerOrigin}/approve/${enrolmentId}` }
    return { status: 200, body: enrolment.state === 'active' ? { ...base, ...this.#grant(enrolment) } : base }
  }

  async #submit(enrolment: Enrolment, members: Record<string, string>): Promise<boolean> {
    const { keyPair } = await importSealingKey(this.#sealingSeed)
    const binding = {
      issuerId: new Uint8Array(16).fill(0x0b),
      issuerNonce: Buffer.from(enrolment.nonce, 'hex'),
      walletId: Buffer.from(enrolment.walletId, 'hex'),
    }
    const opened = await openCard(keyPair, binding, {
      encapsulatedSecret: bytesOf(members['encapsulatedSecret'] ?? ''),
      ciphertext: bytesOf(members['ciphertext'] ?? ''),
    })
    const message = bytesOf(members['message'] ?? '')
    // As an issuer does: the key that the binding names, whose signature the binding carries.
    const bind = parseSignable(message)
    const walletKey = bind.ok && bind.value.kind === 'bind' ? bind.value.walletKey : new Uint8Array(32)
    const isBound = verifyJointSignature({ walletKey, message, signature: bytesOf(members['signature'] ?? '') })
    if (!opened.ok || !isBound) return false
    enrolment.card = textMembers(Buffer.from(opened.value).toString())
    enrolment.state = 'awaiting_approval'
    return true
  }

  #answerRebind(rebindId: string, members: Record<string, string>, body: unknown): TransportAnswer {
    if (rebindId === '') {
      const tokens =
        typeof body === 'object' && body !== null && 'tokenReferenceIds' in body && Array.isArray(body.tokenReferenceIds)
          ? body.tokenReferenceIds.map(String)
          : []
      if (!tokens.every((token) => this.walletByToken.has(token))) return refuse('REQUEST_NOT_FOUND')
      const [id, nonce] = [newId(), newId()]
      this.rebinds.set(id, { walletId: members['walletId'] ?? '', nonce, tokens, state: 'open' })
      return { status: 200, body: { rebindId: id, nonce, expiresAt: 4_000_000_000 } }
    }
    const rebind = this.rebinds.get(rebindId)
    if (rebind === undefined) return refuse('REQUEST_NOT_FOUND')
    const { message = '', signature = '', oldDeviceSignature } = members
    if (message !== '') {
      const walletKey = this.coSigner.wallets.get(rebind.walletId)?.enrolled.walletKey ?? new Uint8Array(32)
      if (!verifyJointSignature({ walletKey, message: bytesOf(message), signature: bytesOf(signature) }))
        return refuse('ENROLMENT_BINDING_INVALID')
      rebind.state = 'awaiting_approval'
      rebind.isVouchedFor = oldDeviceSignature !== undefined
    }
    const base = { rebindId, state: rebind.state, approvalUrl: `${issuerOrigin}/rebind/${rebindId}` }
    if (rebind.state !== 'active') return { status: 200, body: base }
    const tokens = rebind.tokens.map((tokenReferenceId) => ({
      ...this.#signGrant({ walletId: rebind.walletId, tokenReferenceId, lastFour: '1111', grantNumber: 2 }),
      tokenReferenceId,
      network: 'visa',
      lastFour: '1111',
    }))
    return { status: 200, body: { ...base, tokens } }
  }

  #grant({ walletId, card }: Enrolment): Record<string, string> {
    const tokenReferenceId = newId()
    const lastFour = card?.['primaryAccountNumber']?.slice(-4) ?? ''
    return { tokenReferenceId, ...this.#signGrant({ walletId, tokenReferenceId, lastFour, grantNumber: 1 }) }
  }

  #signGrant({ walletId, tokenReferenceId, lastFour, grantNumber }: GrantWish): { readonly grant: string; readonly signature: string } {
    const grant = encodeGrant({
      issuerId: new Uint8Array(16).fill(0x0b),
      walletId: Buffer.from(walletId, 'hex'),
      tokenReferenceId: Buffer.from(tokenReferenceId, 'hex'),
      network: 'visa',
      lastFour,
      grantNumber,
    })
    return { grant: base64url(grant), signature: base64url(sign(null, grant, this.#certificate.privateKey)) }
  }
}

type GrantWish = { readonly walletId: string; readonly tokenReferenceId: string; readonly lastFour: string; readonly grantNumber: number }

function textMembers(json: string): Record<string, string> {
  const value: unknown = JSON.parse(json)
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(entries.map(([name, member]: [string, unknown]) => [name, typeof member === 'string' ? member : '']))
}

function toAnswer(answer: PayAnswer, body: (done: Uint8Array) => unknown): TransportAnswer {
  return answer.kind === 'done' ? { status: 200, body: body(answer.done) } : refuse(answer.code, answer.problem)
}

/** An RFC 9457 document as edge answers it. */
export function refuse(code: ProblemCode, details: Partial<Problem> = {}): TransportAnswer {
  const { status, title, retry } = problemCodes[code]
  const { retired, closingStatement } = details
  const extra = { ...(retired === undefined ? {} : { retired }), ...(closingStatement === undefined ? {} : { closingStatement }) }
  return { status, body: { type: `urn:${code}`, title, status, code, requestId: 'r', retry, ...extra } }
}
