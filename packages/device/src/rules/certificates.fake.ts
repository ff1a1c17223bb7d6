import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { Directory, IssuerEntry, SignedCertificate } from '@symbolon/contracts/directory'

/** An issuer's certificate key and what it says, written byte by byte from docs/custody.md 2 and 10, not by the code under test. */
export type FakeIssuer = { readonly issuerId: string; readonly privateKey: KeyObject; readonly certificateKey: string }
export type FakeCertificate = {
  readonly tag: 'opcert' | 'skcert' | 'mkcert'
  readonly subjectId: string
  readonly key: Uint8Array
  readonly from?: number
  readonly to?: number
}

export function createFakeIssuer(issuerId: string): FakeIssuer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { issuerId, privateKey, certificateKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64url') }
}

export function certifyAs(issuer: FakeIssuer, { tag, subjectId, key, from = 0, to = 4_000_000_000 }: FakeCertificate): SignedCertificate {
  const name = Buffer.from(`symbolon/v1/${tag}`)
  const fields = [Buffer.from(subjectId, 'hex'), Buffer.from(key), seconds(from), seconds(to)]
  const bytes = Buffer.concat([Buffer.of(name.length), name, Buffer.of(fields.length), ...fields.flatMap((field) => [size(field), field])])
  return { certificate: bytes.toString('base64url'), signature: sign(null, bytes, issuer.privateKey).toString('base64url') }
}

export function directoryOf(issuer: FakeIssuer, changes: { readonly operatorId: string } & Partial<IssuerEntry>): Directory {
  const { operatorId, ...entry } = changes
  const name = { ko: '시험', en: 'Test' }
  return {
    version: 1,
    operator: { operatorId, name, origin: 'http://127.0.0.1:1', vaultKeyCertificates: [] },
    issuers: [
      {
        issuerId: issuer.issuerId,
        name,
        origin: 'http://localhost:2',
        accountRanges: [{ low: '41000000', high: '41999999', panLengths: [16], network: 'visa' }],
        sealingKeys: [{ keyId: '00'.repeat(8), publicKey: 'AA', certificate: 'AA', signature: 'AA' }],
        certificateKey: issuer.certificateKey,
        ...entry,
      },
    ],
  }
}

function seconds(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

function size({ length }: Buffer): Buffer {
  return Buffer.of(length >> 8, length & 0xff)
}
