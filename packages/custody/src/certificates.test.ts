import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decideCertificate, encodeCertificate, verifyCertificate, type CertificateKind } from './certificates.ts'

const fill = (byte: number, size: number): Uint8Array => new Uint8Array(size).fill(byte)
const fields = { subjectId: fill(1, 16), key: fill(2, 32), from: 1_800_000_000, to: 1_900_000_000 }
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const certificateKey = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }).subarray(-32))
const issue = (kind: CertificateKind) => {
  const certificate = encodeCertificate(kind, fields)
  return { certificate, signature: new Uint8Array(sign(null, certificate, privateKey)) }
}

const kinds: readonly CertificateKind[] = ['vault-key', 'sealing-key', 'merchant-key']

describe('a certificate', () => {
  test('of an operator is frame(opcert; operator16 vk32 from8 to8), byte by byte', () => {
    const tag = Buffer.from('symbolon/v1/opcert').toString('hex')
    const parts = [
      '12',
      tag,
      '04',
      '0010',
      '01'.repeat(16),
      '0020',
      '02'.repeat(32),
      '0008',
      '000000006b49d200',
      '0008',
      '00000000713fb300',
    ]
    expect(Buffer.from(encodeCertificate('vault-key', fields)).toString('hex')).toBe(parts.join(''))
  })

  test.each(kinds)('of a %s is read under its own kind and no other', (kind) => {
    for (const other of kinds) {
      const read = verifyCertificate(other, issue(kind), certificateKey)
      expect(read).toEqual(other === kind ? { ok: true, value: fields } : { ok: false, problem: { code: 'CUSTODY_FRAME_INVALID' } })
    }
  })

  test('is not read under another key, nor with bytes behind it', () => {
    const signed = issue('vault-key')
    expect(verifyCertificate('vault-key', signed, fill(9, 32)).ok).toBe(false)
    const longer = Uint8Array.of(...signed.certificate, 0)
    const resigned = { certificate: longer, signature: new Uint8Array(sign(null, longer, privateKey)) }
    expect(verifyCertificate('vault-key', resigned, certificateKey)).toEqual({ ok: false, problem: { code: 'CUSTODY_FRAME_INVALID' } })
  })

  test.each([
    ['before its first second', fill(1, 16), 1_799_999_999, 'CUSTODY_EXPIRED'],
    ['at its first second', fill(1, 16), 1_800_000_000, 'good'],
    ['at its last second', fill(1, 16), 1_899_999_999, 'good'],
    ['at its end', fill(1, 16), 1_900_000_000, 'CUSTODY_EXPIRED'],
    ['about another subject', fill(3, 16), 1_850_000_000, 'CUSTODY_MISMATCH'],
  ])('%s', (_, subjectId, now, expected) => {
    const decided = decideCertificate(fields, { subjectId, now })
    expect(decided.ok ? 'good' : decided.problem.code).toBe(expected)
  })
})
