import { createHash, generateKeyPairSync, KeyObject, sign, webcrypto } from 'node:crypto'
// First: it brings the reflection that the certificate library wants to find.
import { createAttestationJudge } from './attestation.ts'
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509'
import { beforeAll, describe, expect, it } from 'vitest'

const origin = 'http://localhost:8401'
const walletId = new Uint8Array(16).fill(1)
const signing = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const credential = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const deviceKey = new Uint8Array(credential.publicKey.export({ format: 'der', type: 'spki' }))
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** A maker of authenticators: a root, and a batch certificate under it (WebAuthn Level 3, section 8.2.1). */
type Maker = { readonly root: string; readonly batch: Uint8Array; readonly batchKey: KeyObject }
let maker: Maker
let otherMaker: Maker

beforeAll(async () => {
  ;[maker, otherMaker] = await Promise.all([createMaker('Maker'), createMaker('Other')])
})

type Said = {
  readonly format?: 'none' | 'packed' | 'unheard-of'
  readonly key?: KeyObject
  readonly signer?: KeyObject
  readonly chain?: readonly Uint8Array[]
  readonly host?: string
  readonly flags?: number
  readonly clientData?: Readonly<Record<string, unknown>>
}

function register(said: Said = {}): Parameters<ReturnType<typeof createAttestationJudge>>[0] {
  const { format = 'packed', key = credential.publicKey, chain, clientData = {} } = said
  const challenge = sha256(frame('passkey', [walletId])).toString('base64url')
  const clientDataJson = Buffer.from(JSON.stringify({ type: 'webauthn.create', challenge, origin, crossOrigin: true, ...clientData }))
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const cose = new Map<number, unknown>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ])
  const id = Buffer.alloc(32, 7)
  const authenticatorData = Buffer.concat([
    sha256(said.host ?? 'localhost'),
    Buffer.of(said.flags ?? 0x45, 0, 0, 0, 1),
    Buffer.alloc(16),
    Buffer.of(0, id.length),
    id,
    cbor(cose),
  ])
  const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientDataJson)]), said.signer ?? credential.privateKey)
  const statement = new Map<string, unknown>([['alg', -7], ['sig', signature], ...(chain === undefined ? [] : [['x5c', chain] as const])])
  const attestationObject = cbor(
    new Map<string, unknown>([
      ['fmt', format],
      ['attStmt', format === 'none' ? new Map() : statement],
      ['authData', authenticatorData],
    ]),
  )
  return { attestationObject: new Uint8Array(attestationObject), clientDataJson: new Uint8Array(clientDataJson), walletId, deviceKey }
}

const certified = (said: Said = {}): Said => ({ chain: [maker.batch], signer: maker.batchKey, ...said })

describe('what a registration proves', () => {
  const judgeOf = (roots: readonly string[]): ReturnType<typeof createAttestationJudge> => createAttestationJudge(roots, [origin])

  it('is nothing when the authenticator says nothing, and its own word when it signs itself', async () => {
    expect(await judgeOf([])(register({ format: 'none' }))).toBe('none')
    expect(await judgeOf([])(register())).toBe('self')
  })

  it('is the word of its maker when the issuer trusts the maker', async () => {
    expect(await judgeOf([maker.root])(register(certified()))).toBe('verified')
    expect(await judgeOf([otherMaker.root, maker.root])(register(certified()))).toBe('verified')
    expect(await judgeOf([otherMaker.root])(register(certified()))).toBe('none')
    expect(await judgeOf([])(register(certified()))).toBe('none')
  })

  it.each<[string, () => Said]>([
    ['another credential key', () => certified({ key: stranger.publicKey })],
    ['a signature of another maker', () => certified({ signer: otherMaker.batchKey })],
    ['a chain of another maker', () => certified({ chain: [otherMaker.batch] })],
    ['another challenge', () => certified({ clientData: { challenge: 'AAAA' } })],
    ['another origin', () => certified({ clientData: { origin: 'http://localhost:9999' } })],
    ['an assertion', () => certified({ clientData: { type: 'webauthn.get' } })],
    ['another relying party', () => certified({ host: 'evil.example' })],
    ['nobody verified', () => certified({ flags: 0x41 })],
    ['a format that is unknown', () => certified({ format: 'unheard-of' })],
    ['a self-signature of another key', () => ({ signer: stranger.privateKey })],
    ['the self-signature of another key', () => ({ key: stranger.publicKey, signer: stranger.privateKey })],
  ])('is nothing with %s', async (_, said) => expect(await judgeOf([maker.root])(register(said()))).toBe('none'))

  it('is nothing for another wallet, and for bytes that are none', async () => {
    const registration = register(certified())
    expect(await judgeOf([maker.root])({ ...registration, walletId: new Uint8Array(16) })).toBe('none')
    expect(await judgeOf([maker.root])({ ...registration, attestationObject: new Uint8Array(5) })).toBe('none')
    expect(await judgeOf([maker.root])({ ...registration, clientDataJson: new Uint8Array(5) })).toBe('none')
  })
})

async function createMaker(name: string): Promise<Maker> {
  const [rootKeys, batchKeys] = await Promise.all([generatePair(), generatePair()])
  const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2099-01-01'), signingAlgorithm: signing }
  const root = await X509CertificateGenerator.createSelfSigned(
    { ...validity, serialNumber: '01', name: `CN=${name} root`, keys: rootKeys, extensions: [new BasicConstraintsExtension(true)] },
    webcrypto,
  )
  const batch = await X509CertificateGenerator.create(
    {
      ...validity,
      serialNumber: '02',
      subject: `C=KR, O=${name}, OU=Authenticator Attestation, CN=${name} batch`,
      issuer: root.subject,
      publicKey: batchKeys.publicKey,
      signingKey: rootKeys.privateKey,
      extensions: [new BasicConstraintsExtension(false)],
    },
    webcrypto,
  )
  return { root: root.toString('pem'), batch: new Uint8Array(batch.rawData), batchKey: KeyObject.from(batchKeys.privateKey) }
}

function generatePair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(signing, true, ['sign', 'verify'])
}

function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function frame(name: string, fields: readonly Uint8Array[]): Uint8Array {
  const tag = Buffer.from(`symbolon/v1/${name}`)
  return Buffer.concat([
    Buffer.of(tag.length),
    tag,
    Buffer.of(fields.length),
    ...fields.flatMap((field) => [Buffer.of(0, field.length), field]),
  ])
}

/** RFC 8949, as much of it as an attestation needs. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)])
  if (value instanceof Map) {
    const entries: readonly (readonly [unknown, unknown])[] = [...value.entries()]
    return Buffer.concat([head(5, entries.length), ...entries.flat().map(cbor)])
  }
  throw new Error('not needed')
}

function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.of((major << 5) | size)
  return size < 256 ? Buffer.of((major << 5) | 24, size) : Buffer.of((major << 5) | 25, size >> 8, size & 255)
}
