import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { CardData } from '@symbolon/contracts/issuer-api'
import type { IssuerCertificate, IssuerEntry } from '@symbolon/contracts/directory'
import { parseSignable } from '@symbolon/custody/device'
import { createSealingKey, encodeGrant, hashSealingKey, importSealingKey, openCard, verifyJointSignature } from '@symbolon/custody/issuer'
import type { TransportAnswer } from '@symbolon/device'
import { base64urlToBytes, bytesToBase64url, hexToBytes } from '@symbolon/formats/bytes'
import { signCertificate, type CertificateWish } from '@symbolon/testing/certificates'
import { problemAnswer, textMembers } from './answers.ts'

/** An issuer in this process, on the issuer's door of custody: seals, opens cards, verifies bindings, grants tokens. Every person approves. */
export type Issuer = {
  readonly entry: IssuerEntry
  readonly cards: readonly CardData[]
  /** Keys that bindings were made for, by token reference: what the issuer verifies payments with. */
  readonly walletKeysByToken: ReadonlyMap<string, Uint8Array>
  /** What this issuer says of a key. */
  certify(wish: CertificateWish): IssuerCertificate
  answer(method: string, path: readonly string[], body: unknown): Promise<TransportAnswer>
}

type Opened = { readonly walletId: string; readonly nonce: string; token?: string; card?: CardData }

const name = { ko: '시험', en: 'Test' }
const issuerId = '0b'.repeat(16)
const newId = (): string => randomBytes(16).toString('hex')

export async function createIssuer(origin: string): Promise<Issuer> {
  const sealing = await createSealingKey((size) => new Uint8Array(randomBytes(size)))
  const { keyPair, keyId } = await importSealingKey(sealing.seed)
  const certificate = generateKeyPairSync('ed25519')
  const opened = new Map<string, Opened>()
  const cards: CardData[] = []
  const walletKeysByToken = new Map<string, Uint8Array>()

  const submit = async (enrolment: Opened, members: Readonly<Record<string, string>>): Promise<boolean> => {
    const binding = { issuerId: hexToBytes(issuerId), issuerNonce: hexToBytes(enrolment.nonce), walletId: hexToBytes(enrolment.walletId) }
    const card = await openCard(keyPair, binding, {
      encapsulatedSecret: base64urlToBytes(members['encapsulatedSecret'] ?? ''),
      ciphertext: base64urlToBytes(members['ciphertext'] ?? ''),
    })
    const message = base64urlToBytes(members['message'] ?? '')
    const walletKey = readWalletKey(message)
    if (!card.ok || !verifyJointSignature({ walletKey, message, signature: base64urlToBytes(members['signature'] ?? '') })) return false
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sealed by our own device a moment ago
    const data = JSON.parse(Buffer.from(card.value).toString('utf8')) as CardData
    Object.assign(enrolment, { token: newId(), card: data })
    cards.push(data)
    walletKeysByToken.set(enrolment.token ?? '', walletKey)
    return true
  }
  const describe = (enrolmentId: string, { walletId, token, card }: Opened): TransportAnswer => {
    const base = { enrolmentId, approvalUrl: `${origin}/approve/${enrolmentId}` }
    if (token === undefined) return { status: 200, body: { ...base, state: 'open' } }
    const lastFour = card?.primaryAccountNumber.slice(-4) ?? ''
    const ids = { issuerId: hexToBytes(issuerId), walletId: hexToBytes(walletId), tokenReferenceId: hexToBytes(token) }
    const grant = encodeGrant({ ...ids, network: 'visa', lastFour, grantNumber: 1 })
    const signature = bytesToBase64url(new Uint8Array(sign(null, grant, certificate.privateKey)))
    return { status: 200, body: { ...base, state: 'active', tokenReferenceId: token, grant: bytesToBase64url(grant), signature } }
  }
  const certifyOwn = (sealingKey: Uint8Array) =>
    signCertificate(certificate.privateKey, { kind: 'sealing-key', subjectId: issuerId, key: hashSealingKey(sealingKey) })
  return {
    cards,
    walletKeysByToken,
    certify: (wish) => ({ issuerId, ...signCertificate(certificate.privateKey, wish) }),
    entry: {
      issuerId,
      name,
      origin,
      accountRanges: [{ low: '41111111', high: '42424242', panLengths: [16], network: 'visa' }],
      sealingKeys: [{ keyId, publicKey: bytesToBase64url(sealing.publicKey), ...certifyOwn(sealing.publicKey) }],
      certificateKey: bytesToBase64url(new Uint8Array(certificate.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32))),
    },
    answer: async (method, [, enrolmentId], body) => {
      const members = textMembers(body)
      if (enrolmentId === undefined) {
        const [id, nonce] = [newId(), newId()]
        opened.set(id, { walletId: members['walletId'] ?? '', nonce })
        return { status: 200, body: { enrolmentId: id, nonce, expiresAt: 4_000_000_000 } }
      }
      const enrolment = opened.get(enrolmentId)
      if (enrolment === undefined) return problemAnswer('REQUEST_NOT_FOUND')
      if (method === 'POST' && !(await submit(enrolment, members))) return problemAnswer('ENROLMENT_BINDING_INVALID')
      return describe(enrolmentId, enrolment)
    },
  }
}

function readWalletKey(message: Uint8Array): Uint8Array {
  const signable = parseSignable(message)
  return signable.ok && signable.value.kind === 'bind' ? signable.value.walletKey : new Uint8Array(32)
}
