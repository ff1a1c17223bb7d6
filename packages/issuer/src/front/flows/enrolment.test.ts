import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CardData, EnrolmentOpened, EnrolmentSubmit } from '@symbolon/contracts/issuer-api'
import { encodeDeviceSignatureInput, verifyGrant } from '@symbolon/custody/issuer'
import { base64urlToBytes, bytesToBase64url, bytesToHex, hexToBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { isLuhnValid } from '@symbolon/formats/cards'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAccountVault } from '../adapters/account-vault.ts'
import { createKeys, loadKeys, type FrontKeys } from '../adapters/keys.ts'
import { createSignatureVerifier } from '../adapters/signatures.ts'
import type { BoundToken } from '../rules/rebind.ts'
import { defaultKeyLimits } from '../rules/key-limits.ts'
import { decideEnrolment } from './decide-enrolment.ts'
import { encodeBind, encodeRecord, sealCard, type BindFields } from './device.fake.ts'
import { enrolmentSeconds, submissionsPerEnrolment, type EnrolmentDependencies } from './enrolment-dependencies.ts'
import { createMemoryEnrolmentStore } from './enrolment-store.fake.ts'
import { openEnrolment } from './open-enrolment.ts'
import { showEnrolment } from './show-enrolment.ts'
import { submitEnrolment } from './submit-enrolment.ts'

const now = Date.UTC(2_026, 10, 25) / 1_000
const id = (byte: number): Uint8Array => new Uint8Array(16).fill(byte)
const walletId = bytesToHex(id(1))
const operatorId = bytesToHex(id(2))
const issuerId = id(3)
const joint = generateKeyPairSync('ed25519')
const device = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const deviceKey = new Uint8Array(device.publicKey.export({ format: 'der', type: 'spki' }))
const walletKey = new Uint8Array(joint.publicKey.export({ format: 'der', type: 'spki' }).subarray(12))
const card: CardData = {
  primaryAccountNumber: '4111111111111111',
  expiry: '2812',
  securityCode: '123',
  holderName: 'KIM MINJI',
  phoneNumber: '010-1234-5678',
  postalAddress: '',
}

let folder: string
let keys: FrontKeys
let deps: EnrolmentDependencies
let store: ReturnType<typeof createMemoryEnrolmentStore>
let clock: number
let others: readonly BoundToken[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'issuer-keys-'))
  await createKeys(folder)
  keys = await loadKeys(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  clock = now
  others = []
  store = createMemoryEnrolmentStore()
  deps = {
    issuerId,
    origin: 'http://localhost:8411',
    operatorIds: [operatorId],
    accountPolicy: {
      accountRanges: [{ low: '41000000', high: '42999999', panLengths: [16], network: 'visa' }],
      blockedCards: [{ primaryAccountNumber: '4242424242424242', status: 'stolen' }],
    },
    tokenRange: { low: '43000000', high: '43099999' },
    keys,
    vault: createAccountVault(keys),
    signatures: createSignatureVerifier(['http://localhost:8401']),
    judgeRegistration: async () => 'none',
    keyLimits: defaultKeyLimits,
    chatOriginsOf: () => ['http://127.0.0.1:8400'],
    store,
    bindings: { findOthers: async () => others },
    newBindingLimits: { seconds: 86_400, perPurchaseByCurrency: new Map([['410', 300_000n]]) },
    now: () => clock,
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  }
})

type Change = {
  readonly card?: Partial<CardData> & Record<string, unknown>
  readonly plaintext?: string
  readonly bind?: Partial<BindFields>
  readonly sealedFor?: Uint8Array
}

async function openOne(): Promise<EnrolmentOpened> {
  const opened = await openEnrolment(deps, { walletId, operatorId })
  if (!opened.ok) throw new Error('an enrolment opens')
  return opened.value
}

async function createSubmit(opened: EnrolmentOpened, change: Change = {}): Promise<EnrolmentSubmit> {
  const plaintext = change.plaintext ?? JSON.stringify({ ...card, ...change.card })
  const issuerNonce = change.sealedFor ?? hexToBytes(opened.nonce)
  const publicKey = base64urlToBytes(keys.publicKeys.sealingKeys[0]?.publicKey ?? '')
  const sealed = await sealCard(publicKey, { issuerId, issuerNonce, walletId: id(1) }, utf8ToBytes(plaintext))
  const message = encodeBind({
    walletId: id(1),
    slotHash: new Uint8Array(32).fill(5),
    paymentAttemptId: id(6),
    walletKey,
    deviceKey,
    operatorId: id(2),
    issuerNonce: hexToBytes(opened.nonce),
    expiresAt: clock + 60,
    ...change.bind,
  })
  return {
    keyId: keys.publicKeys.sealingKeys[0]?.keyId ?? '',
    encapsulatedSecret: bytesToBase64url(sealed.encapsulatedSecret),
    ciphertext: bytesToBase64url(sealed.ciphertext),
    message: bytesToBase64url(message),
    signature: bytesToBase64url(sign(null, message, joint.privateKey)),
    deviceKeyKind: 0,
    deviceSignature: bytesToBase64url(
      sign('sha256', encodeDeviceSignatureInput(message), { key: device.privateKey, dsaEncoding: 'ieee-p1363' }),
    ),
  }
}

const formTokenOf = async (enrolmentId: string): Promise<string> =>
  (await store.find(hexToBytes(enrolmentId)))?.submission?.formToken ?? 'no form token'
const stateOf = async (enrolmentId: string): Promise<string> => {
  const shown = await showEnrolment(deps, enrolmentId)
  return shown.ok ? shown.value.state : shown.problem.code
}
const submitCode = async (enrolmentId: string, submit: EnrolmentSubmit): Promise<string> => {
  const submitted = await submitEnrolment(deps, enrolmentId, submit)
  return submitted.ok ? submitted.value.state : `${submitted.problem.code}${submitted.problem.param ?? ''}`
}

describe('an enrolment', () => {
  it('ends in a token that the issuer grants to this wallet after a person pressed', async () => {
    const opened = await openOne()
    const submitted = await submitEnrolment(deps, opened.enrolmentId, await createSubmit(opened))
    expect(submitted.ok && submitted.value).toEqual({
      enrolmentId: opened.enrolmentId,
      state: 'awaiting_approval',
      approvalUrl: `http://localhost:8411/approve/${opened.enrolmentId}`,
    })
    const press = { decision: 'approve', formToken: await formTokenOf(opened.enrolmentId) } as const
    expect(await decideEnrolment(deps, opened.enrolmentId, press)).toBe('approved')
    const shown = await showEnrolment(deps, opened.enrolmentId)
    if (!shown.ok) throw new Error('an enrolment can be shown')
    const { grant = '', signature = '', tokenReferenceId, network, lastFour, state } = shown.value
    expect({ network, lastFour, state }).toEqual({ network: 'visa', lastFour: '1111', state: 'active' })
    const verified = verifyGrant({
      grant: base64urlToBytes(grant),
      signature: base64urlToBytes(signature),
      certificateKey: base64urlToBytes(keys.publicKeys.certificateKey),
    })
    expect(verified).toEqual({
      ok: true,
      value: {
        issuerId,
        walletId: id(1),
        tokenReferenceId: hexToBytes(tokenReferenceId ?? ''),
        network: 'visa',
        lastFour: '1111',
        grantNumber: 1,
      },
    })
    expect(store.tokens).toHaveLength(1)
    expect(store.tokens[0]?.paymentToken).toMatch(/^430[0-9]{13}$/u)
    expect(isLuhnValid(store.tokens[0]?.paymentToken ?? '')).toBe(true)
  })

  it('is not opened for an operator the issuer does not know', async () => {
    expect(await openEnrolment(deps, { walletId, operatorId: walletId })).toEqual({
      ok: false,
      problem: { code: 'REQUEST_INVALID', param: '/operatorId' },
    })
  })

  it.each<[string, Change, string]>([
    ['a card of another issuer', { card: { primaryAccountNumber: '5555555555554444' } }, 'ENROLMENT_CARD_REFUSED'],
    ['a wrong check digit', { card: { primaryAccountNumber: '4111111111111112' } }, 'ENROLMENT_CARD_REFUSED'],
    ['a card that ran out', { card: { expiry: '2610' } }, 'ENROLMENT_CARD_REFUSED'],
    ['a stolen card', { card: { primaryAccountNumber: '4242424242424242' } }, 'ENROLMENT_CARD_REFUSED'],
    ['a month thirteen', { card: { expiry: '2813' } }, 'REQUEST_INVALID/ciphertext'],
    ['a member too many', { card: { pin: '1234' } }, 'REQUEST_INVALID/ciphertext'],
    ['a text that is no JSON', { plaintext: '{' }, 'REQUEST_INVALID/ciphertext'],
    ['a card sealed for another enrolment', { sealedFor: id(9) }, 'REQUEST_INVALID/ciphertext'],
    ['a binding of another wallet', { bind: { walletId: id(9) } }, 'ENROLMENT_BINDING_INVALID'],
    ['a binding to another operator', { bind: { operatorId: id(9) } }, 'ENROLMENT_BINDING_INVALID'],
    ['a binding with another nonce', { bind: { issuerNonce: id(9) } }, 'ENROLMENT_BINDING_INVALID'],
    ['a binding of another key', { bind: { walletKey: new Uint8Array(32).fill(1) } }, 'ENROLMENT_BINDING_INVALID'],
    ['a binding of another device', { bind: { deviceKey: new Uint8Array(91).fill(1) } }, 'ENROLMENT_BINDING_INVALID'],
    ['a binding that ran out', { bind: { expiresAt: now - 60 } }, 'ENROLMENT_BINDING_INVALID'],
    ['a wrong binding and a wrong card', { bind: { issuerNonce: id(9) }, card: { expiry: '2610' } }, 'ENROLMENT_BINDING_INVALID'],
  ])('refuses %s, and may be tried again', async (_name, change, code) => {
    const opened = await openOne()
    expect(await submitCode(opened.enrolmentId, await createSubmit(opened, change))).toBe(code)
    expect(await stateOf(opened.enrolmentId)).toBe('open')
    expect(await submitCode(opened.enrolmentId, await createSubmit(opened))).toBe('awaiting_approval')
  })

  it.each<[string, Partial<EnrolmentSubmit>, string]>([
    ['an unknown key', { keyId: '0000000000000000' }, 'ISSUER_KEY_UNKNOWN'],
    ['a key kind that is not built', { deviceKeyKind: 1 }, 'ENROLMENT_BINDING_INVALID'],
    ['a flipped signature', { signature: bytesToBase64url(new Uint8Array(64).fill(1)) }, 'ENROLMENT_BINDING_INVALID'],
    ['a flipped device signature', { deviceSignature: bytesToBase64url(new Uint8Array(64).fill(1)) }, 'ENROLMENT_BINDING_INVALID'],
    ['a message that is no frame', { message: 'AAAA' }, 'ENROLMENT_BINDING_INVALID'],
    ['base64url with a loose bit', { message: 'AAB' }, 'REQUEST_ENCODING_INVALID'],
    ['a ciphertext of another card', { ciphertext: 'AAAA' }, 'REQUEST_INVALID/ciphertext'],
  ])('refuses %s', async (_name, change, code) => {
    const opened = await openOne()
    expect(await submitCode(opened.enrolmentId, { ...(await createSubmit(opened)), ...change })).toBe(code)
  })

  it('takes a payment message for no binding', async () => {
    const opened = await openOne()
    const message = encodeRecord({
      walletId: id(1),
      slotHash: new Uint8Array(32),
      paymentAttemptId: id(6),
      expiresAt: now,
    })
    expect(await submitCode(opened.enrolmentId, { ...(await createSubmit(opened)), message: bytesToBase64url(message) })).toBe(
      'ENROLMENT_BINDING_INVALID',
    )
  })

  it('answers the same bytes again and refuses others once it was submitted', async () => {
    const opened = await openOne()
    const submit = await createSubmit(opened)
    expect(await submitCode(opened.enrolmentId, submit)).toBe('awaiting_approval')
    expect(await submitCode(opened.enrolmentId, submit)).toBe('awaiting_approval')
    expect(await submitCode(opened.enrolmentId, await createSubmit(opened))).toBe('ENROLMENT_STATE_CONFLICT')
  })

  it('allows few submissions', async () => {
    const opened = await openOne()
    const wrong = { ...(await createSubmit(opened)), keyId: '0000000000000000' }
    for (let count = 0; count < submissionsPerEnrolment; count += 1) await submitEnrolment(deps, opened.enrolmentId, wrong)
    expect(await submitCode(opened.enrolmentId, await createSubmit(opened))).toBe('REQUEST_TOO_MANY')
  })

  it('is over after a quarter of an hour, in every state before a decision', async () => {
    const [early, late] = [await openOne(), await openOne()]
    await submitEnrolment(deps, late.enrolmentId, await createSubmit(late))
    const formToken = await formTokenOf(late.enrolmentId)
    clock = now + enrolmentSeconds
    expect([await stateOf(early.enrolmentId), await stateOf(late.enrolmentId)]).toEqual(['expired', 'expired'])
    expect(await submitCode(early.enrolmentId, await createSubmit(early))).toBe('ENROLMENT_EXPIRED')
    expect(await decideEnrolment(deps, late.enrolmentId, { decision: 'approve', formToken })).toBe('gone')
    expect(store.tokens).toEqual([])
  })

  it('does not exist for whoever does not know its id', async () => {
    expect(await stateOf(walletId)).toBe('REQUEST_NOT_FOUND')
    expect(await decideEnrolment(deps, walletId, { decision: 'approve', formToken: '' })).toBe('gone')
  })
})

describe('the press of a button', () => {
  it('needs the form token of the page', async () => {
    const opened = await openOne()
    await submitEnrolment(deps, opened.enrolmentId, await createSubmit(opened))
    expect(await decideEnrolment(deps, opened.enrolmentId, { decision: 'approve', formToken: '0'.repeat(64) })).toBe('stale')
    expect(await decideEnrolment(deps, opened.enrolmentId, { decision: 'refuse', formToken: '' })).toBe('stale')
    expect(await stateOf(opened.enrolmentId)).toBe('awaiting_approval')
  })

  it('counts once: a refusal stays one, and so does an approval', async () => {
    for (const [first, second, outcome] of [
      ['refuse', 'approve', 'refused'],
      ['approve', 'refuse', 'approved'],
    ] as const) {
      const opened = await openOne()
      await submitEnrolment(deps, opened.enrolmentId, await createSubmit(opened))
      const formToken = await formTokenOf(opened.enrolmentId)
      expect(await decideEnrolment(deps, opened.enrolmentId, { decision: first, formToken })).toBe(outcome)
      expect(await decideEnrolment(deps, opened.enrolmentId, { decision: second, formToken })).toBe(outcome)
    }
    expect(store.tokens).toHaveLength(1)
  })

  it('does nothing before a card was submitted', async () => {
    const opened = await openOne()
    expect(await decideEnrolment(deps, opened.enrolmentId, { decision: 'approve', formToken: '' })).toBe('gone')
  })

  it('draws another payment token when one is taken', async () => {
    const opened = await openOne()
    await submitEnrolment(deps, opened.enrolmentId, await createSubmit(opened))
    store.takeNextToken()
    const formToken = await formTokenOf(opened.enrolmentId)
    expect(await decideEnrolment(deps, opened.enrolmentId, { decision: 'approve', formToken })).toBe('approved')
  })
})

describe('the keys of a front', () => {
  it('are made once, are private, and say only their public part', async () => {
    expect(await createKeys(folder)).toEqual(keys.publicKeys)
    expect(JSON.parse(readFileSync(join(folder, 'public.json'), 'utf8'))).toEqual(keys.publicKeys)
    for (const name of ['sealing.key', 'certificate.key', 'vault.key', 'lookup.key'])
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
  })

  it('open an account number only where it was sealed', () => {
    const vault = createAccountVault(keys)
    const sealed = vault.seal(card.primaryAccountNumber)
    const accountKey = vault.deriveAccountKey(card.primaryAccountNumber)
    expect(vault.open(sealed, accountKey)).toBe(card.primaryAccountNumber)
    expect(Buffer.from(sealed).includes(card.primaryAccountNumber)).toBe(false)
    expect(() => vault.open(sealed, vault.deriveAccountKey('4242424242424242'))).toThrow()
    expect(() =>
      vault.open(
        sealed.map((byte, index) => (index === 14 ? byte ^ 1 : byte)),
        accountKey,
      ),
    ).toThrow()
  })
})
