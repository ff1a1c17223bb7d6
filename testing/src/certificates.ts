import { sign, type KeyObject } from 'node:crypto'
import type { SignedCertificate } from '@symbolon/contracts/directory'
import { encodeCertificate, type CertificateKind } from '@symbolon/custody/issuer'

export type CertificateWish = {
  readonly kind: CertificateKind
  /** Sixteen bytes as hex. */
  readonly subjectId: string
  readonly key: Uint8Array
  readonly from?: number
  readonly to?: number
}

/** A certificate as an issuer's certificate key signs it; good from the beginning of time for long, when nothing else is wished. */
export function signCertificate(
  certificateKey: KeyObject,
  { kind, subjectId, key, from = 0, to = 4_000_000_000 }: CertificateWish,
): SignedCertificate {
  const bytes = encodeCertificate(kind, { subjectId: new Uint8Array(Buffer.from(subjectId, 'hex')), key, from, to })
  return { certificate: Buffer.from(bytes).toString('base64url'), signature: sign(null, bytes, certificateKey).toString('base64url') }
}
