import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { CertifyRequest } from '@symbolon/contracts/certificates'
import { decideCertificates } from './certify.ts'

const day = 86_400
const issuerId = '0b'.repeat(16)
const publicKey = Buffer.alloc(1_216, 5)
const own = createHash('sha256').update(publicKey).digest('hex')
const request: CertifyRequest = {
  issuerId,
  from: 1_800_000_000,
  to: 1_800_000_000 + 365 * day,
  keys: [{ kind: 'vault-key', subjectId: '0a'.repeat(16), key: '07'.repeat(32) }],
}
const sealing = { kind: 'sealing-key', subjectId: issuerId, key: own } as const

test.each<[string, CertifyRequest, string]>([
  ['an operator’s key for a year', request, 'signed'],
  ['400 days', { ...request, to: request.from + 400 * day }, 'signed'],
  ['longer than 400 days', { ...request, to: request.from + 400 * day + 1 }, 'PERIOD_REFUSED'],
  ['a period that ends where it begins', { ...request, to: request.from }, 'PERIOD_REFUSED'],
  ['a sealing key of its own', { ...request, keys: [sealing] }, 'signed'],
  ['a sealing key that it does not hold', { ...request, keys: [{ ...sealing, key: '00'.repeat(32) }] }, 'SEALING_KEY_FOREIGN'],
  ['its sealing key under another name', { ...request, keys: [{ ...sealing, subjectId: '0a'.repeat(16) }] }, 'SEALING_KEY_FOREIGN'],
  [
    'nothing, when one of several is refused',
    { ...request, keys: [...request.keys, { ...sealing, key: '00'.repeat(32) }] },
    'SEALING_KEY_FOREIGN',
  ],
])('an issuer is asked for %s', (_, asked, expected) => {
  const decided = decideCertificates(asked, [{ publicKey: publicKey.toString('base64url') }])
  expect(decided.ok ? 'signed' : decided.problem.code).toBe(expected)
})
