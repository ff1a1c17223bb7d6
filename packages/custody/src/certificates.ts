import { sha256 } from '@noble/hashes/sha2.js'
import { isEqualBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { nobleGroup } from './group/noble.ts'
import { frames } from './messages.ts'
import type { CustodyProblem } from './problem.ts'

/**
 * Which key an issuer certifies (docs/custody.md 10): an operator's vault key, its own sealing key (by hash: it is long), or the key with
 * which a merchant signs payment requests. The kind is the frame's tag, so a certificate of one kind never passes for another.
 */
export type CertificateKind = 'vault-key' | 'sealing-key' | 'merchant-key'

/** The subject is the operator, the issuer itself or the merchant; `from` inclusive, `to` exclusive, in seconds. */
export type CertificateFields = { readonly subjectId: Uint8Array; readonly key: Uint8Array; readonly from: number; readonly to: number }
/** The bytes of a certificate and the issuer's Ed25519 signature over them. */
export type SignedCertificate = { readonly certificate: Uint8Array; readonly signature: Uint8Array }

const frameByKind = {
  'vault-key': frames.operatorCertificate,
  'sealing-key': frames.sealingCertificate,
  'merchant-key': frames.merchantCertificate,
}

/** The bytes of a certificate: what the issuer signs with its certificate key. */
export function encodeCertificate(kind: CertificateKind, fields: CertificateFields): Uint8Array {
  return frameByKind[kind].encode(fields)
}

/** Reads a certificate that this certificate key signed. For whom and when it is good is `decideCertificate`'s question. */
export function verifyCertificate(
  kind: CertificateKind,
  { certificate, signature }: SignedCertificate,
  certificateKey: Uint8Array,
): Result<CertificateFields, CustodyProblem> {
  if (!nobleGroup.verify(signature, certificate, certificateKey)) return fail({ code: 'CUSTODY_SIGNATURE_INVALID' })
  return frameByKind[kind].parse(certificate)
}

/** Whether a certificate that verifies is about this subject and good at this moment. */
export function decideCertificate(
  fields: CertificateFields,
  wanted: { readonly subjectId: Uint8Array; readonly now: number },
): Result<CertificateFields, CustodyProblem> {
  if (!isEqualBytes(fields.subjectId, wanted.subjectId)) return fail({ code: 'CUSTODY_MISMATCH' })
  return fields.from <= wanted.now && wanted.now < fields.to ? ok(fields) : fail({ code: 'CUSTODY_EXPIRED' })
}

/** What stands in the certificate of a sealing key: SHA-256 of the public key, whose first eight bytes are its key id. */
export function hashSealingKey(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey)
}
