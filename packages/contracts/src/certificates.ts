import { Type, type Static } from 'typebox'
import { Base64url, Hash, Id, UnixSeconds } from './limits.ts'

const closed = { additionalProperties: false } as const

/** What an issuer is asked to certify: an operator's vault key, its own sealing key (SHA-256 of it), a merchant's signing key. */
export const CertifiedKey = Type.Object({ kind: Type.Enum(['vault-key', 'sealing-key', 'merchant-key']), subjectId: Id, key: Hash }, closed)
export type CertifiedKey = Static<typeof CertifiedKey>

/** The longest time for which an issuer certifies a key, and how long before its end a key exchange has to have begun. */
export const certificateLimits = { longestSeconds: 400 * 86_400, overlapSeconds: 30 * 86_400 } as const

/** Read by an issuer's `certify` program on standard input: signed by nobody, so only whoever may run that program may ask. */
export const CertifyRequest = Type.Object(
  { issuerId: Id, from: UnixSeconds, to: UnixSeconds, keys: Type.Array(CertifiedKey, { minItems: 1, maxItems: 200 }) },
  closed,
)
export type CertifyRequest = Static<typeof CertifyRequest>

/** A certificate with what it says, readable without its encoding. Nothing in it is secret. */
export const IssuedCertificate = Type.Object(
  {
    kind: Type.Enum(['vault-key', 'sealing-key', 'merchant-key']),
    subjectId: Id,
    key: Hash,
    issuerId: Id,
    from: UnixSeconds,
    to: UnixSeconds,
    certificate: Base64url(200),
    signature: Base64url(86),
  },
  closed,
)
export type IssuedCertificate = Static<typeof IssuedCertificate>
export const IssuedCertificates = Type.Array(IssuedCertificate, { maxItems: 2_000 })
