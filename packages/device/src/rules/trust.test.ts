import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { CertifiedSealingKey, Directory } from '@symbolon/contracts/directory'
import { certifyAs, createFakeIssuer, directoryOf, type FakeCertificate, type FakeIssuer } from './certificates.fake.ts'
import { acceptDirectory, chooseSealingKey, decideVaultKeys, isMerchantKeyCertified, listVaultKeyCertificates } from './trust.ts'

const now = 1_900_000_000
const operatorId = '0a'.repeat(16)
const merchantId = '0c'.repeat(16)
const issuer = createFakeIssuer('0b'.repeat(16))
const foreign = createFakeIssuer('0d'.repeat(16))
const key = new Uint8Array(32).fill(7)
const next = new Uint8Array(32).fill(8)

const withVaultKeys = (...entries: readonly (readonly [FakeIssuer, FakeCertificate, issuerId?: string])[]): Directory => {
  const directory = directoryOf(issuer, { operatorId })
  const vaultKeyCertificates = entries.map(([by, wish, issuerId]) => ({ issuerId: issuerId ?? by.issuerId, ...certifyAs(by, wish) }))
  return { ...directory, operator: { ...directory.operator, vaultKeyCertificates } }
}
const vaultKeysOf = (directory: Directory, at = now): readonly number[] =>
  decideVaultKeys(listVaultKeyCertificates(directory), { operatorId, now: at }).map((bytes) => bytes[0] ?? 0)

describe('a vault key', () => {
  const good: FakeCertificate = { tag: 'opcert', subjectId: operatorId, key, from: now, to: now + 100 }
  const rows: readonly (readonly [string, Directory, readonly number[]])[] = [
    ['counts from the first second of its certificate', withVaultKeys([issuer, good]), [7]],
    ['does not count before it', withVaultKeys([issuer, { ...good, from: now + 1 }]), []],
    ['does not count from its end on', withVaultKeys([issuer, { ...good, from: 0, to: now }]), []],
    ['of another operator does not count', withVaultKeys([issuer, { ...good, subjectId: '0e'.repeat(16) }]), []],
    ['certified by an issuer that is not pinned does not count', withVaultKeys([foreign, good]), []],
    ['certified by a stranger in a pinned issuer’s name does not count', withVaultKeys([foreign, good, issuer.issuerId]), []],
    ['is not certified by a merchant’s certificate', withVaultKeys([issuer, { ...good, tag: 'mkcert' }]), []],
    ['is not certified by a sealing key’s certificate', withVaultKeys([issuer, { ...good, tag: 'skcert' }]), []],
    ['and the next one count both while they overlap', withVaultKeys([issuer, good], [issuer, { ...good, key: next }]), [7, 8]],
    ['is named once, however many vouch for it', withVaultKeys([issuer, good], [issuer, { ...good, to: now + 5 }]), [7]],
    ['is unknown where nothing is certified', withVaultKeys(), []],
  ]
  test.each(rows)('%s', (_, directory, expected) => expect(vaultKeysOf(directory)).toEqual(expected))

  test('goes over to the next by time alone', () => {
    const directory = withVaultKeys([issuer, good], [issuer, { ...good, key: next, from: now + 50, to: now + 300 }])
    expect([now, now + 50, now + 99, now + 100, now + 300].map((at) => vaultKeysOf(directory, at))).toEqual([[7], [7, 8], [7, 8], [8], []])
  })

  test('is not believed with one changed bit anywhere', () => {
    const { certificate, signature } = certifyAs(issuer, good)
    const directory = withVaultKeys()
    for (const [member, text] of Object.entries({ certificate, signature })) {
      const bytes = Buffer.from(text, 'base64url')
      for (let at = 0; at < bytes.length; at += 7) {
        const broken = Buffer.from(bytes)
        broken[at] = (broken[at] ?? 0) ^ 1
        const entry = { issuerId: issuer.issuerId, certificate, signature, [member]: broken.toString('base64url') }
        expect(vaultKeysOf({ ...directory, operator: { ...directory.operator, vaultKeyCertificates: [entry] } })).toEqual([])
      }
    }
  })
})

describe('a sealing key', () => {
  const sealingKey = (fill: number, changes: Partial<FakeCertificate> = {}, by = issuer): CertifiedSealingKey => {
    const publicKey = new Uint8Array(1_216).fill(fill)
    const hash = createHash('sha256').update(publicKey).digest()
    const wish: FakeCertificate = { tag: 'skcert', subjectId: issuer.issuerId, key: hash, from: now - 10, to: now + 10, ...changes }
    return { keyId: hash.subarray(0, 8).toString('hex'), publicKey: Buffer.from(publicKey).toString('base64url'), ...certifyAs(by, wish) }
  }
  const choose = (...sealingKeys: readonly CertifiedSealingKey[]): number | undefined => {
    const [entry] = directoryOf(issuer, { operatorId, sealingKeys: [...sealingKeys] }).issuers
    return entry === undefined ? undefined : chooseSealingKey(entry, now)?.publicKey[0]
  }
  const otherKey = createHash('sha256').update('other').digest()
  const rows: readonly (readonly [string, number | undefined, readonly CertifiedSealingKey[]])[] = [
    ['is taken when its issuer certifies it', 1, [sealingKey(1)]],
    ['certified later is preferred', 2, [sealingKey(1), sealingKey(2, { from: now - 1 })]],
    ['certified for later is not taken yet', 1, [sealingKey(1), sealingKey(2, { from: now + 1, to: now + 9 })]],
    ['that has ended gives way to the older one', 1, [sealingKey(1), sealingKey(2, { from: now - 5, to: now })]],
    ['of another issuer is not taken', undefined, [sealingKey(1, { subjectId: foreign.issuerId })]],
    ['certified by another issuer is not taken', undefined, [sealingKey(1, {}, foreign)]],
    ['with another key’s certificate is not taken', undefined, [sealingKey(1, { key: otherKey })]],
    ['under another id is not taken', undefined, [{ ...sealingKey(1), keyId: '00'.repeat(8) }]],
    ['is not certified by a vault key’s certificate', undefined, [sealingKey(1, { tag: 'opcert' })]],
  ]
  test.each(rows)('%s', (_, expected, keys) => expect(choose(...keys)).toBe(expected))
})

describe('a merchant key', () => {
  const good: FakeCertificate = { tag: 'mkcert', subjectId: merchantId, key, from: now, to: now + 1 }
  const directory = directoryOf(issuer, { operatorId })
  const isCertified = (by: FakeIssuer, wish: FakeCertificate, issuerId = by.issuerId): boolean => {
    const claim = { merchantId, x: Buffer.from(key).toString('base64url'), certificates: [{ issuerId, ...certifyAs(by, wish) }] }
    return isMerchantKeyCertified(directory, claim, now)
  }
  test.each<{
    readonly name: string
    readonly is?: true
    readonly by?: FakeIssuer
    readonly wish?: Partial<FakeCertificate>
    readonly as?: string
  }>([
    { name: 'is believed with a certificate of a pinned issuer', is: true },
    { name: 'is not believed before', wish: { from: now + 1, to: now + 2 } },
    { name: 'is not believed afterwards', wish: { from: 0, to: now } },
    { name: 'is not believed for another merchant', wish: { subjectId: operatorId } },
    { name: 'is not believed on another key’s certificate', wish: { key: next } },
    { name: 'is not believed on a foreign issuer’s word', by: foreign },
    { name: 'is not believed on a stranger’s word in the issuer’s name', by: foreign, as: issuer.issuerId },
    { name: 'is not believed on an operator’s certificate', wish: { tag: 'opcert' } },
  ])('$name', ({ is, by, wish, as }) => expect(isCertified(by ?? issuer, { ...good, ...wish }, as)).toBe(is ?? false))
})

describe('a directory that comes while the page runs', () => {
  const pinned = directoryOf(issuer, { operatorId })
  const [entry] = pinned.issuers
  if (entry === undefined) throw new Error('the directory names an issuer')
  const sealingKeys = [{ keyId: '11'.repeat(8), publicKey: 'BB', certificate: 'BB', signature: 'BB' }]
  const rows: readonly (readonly [string, boolean, Directory])[] = [
    ['other sealing keys', true, { ...pinned, issuers: [{ ...entry, sealingKeys }] }],
    ['other certificates of the vault', true, withVaultKeys([issuer, { tag: 'opcert', subjectId: operatorId, key }])],
    ['another anchor', false, { ...pinned, issuers: [{ ...entry, certificateKey: foreign.certificateKey }] }],
    ['another origin of an issuer', false, { ...pinned, issuers: [{ ...entry, origin: 'http://localhost:3' }] }],
    ['an issuer more', false, { ...pinned, issuers: [entry, { ...entry, issuerId: foreign.issuerId }] }],
    ['an issuer less', false, { ...pinned, issuers: [] }],
    ['another operator', false, { ...pinned, operator: { ...pinned.operator, operatorId: foreign.issuerId } }],
    ['another origin of the operator', false, { ...pinned, operator: { ...pinned.operator, origin: 'http://127.0.0.1:9' } }],
  ]
  test.each(rows)('with %s: %s', (_, isAccepted, offered) =>
    expect(acceptDirectory(pinned, offered)).toEqual(isAccepted ? offered : undefined),
  )
})
