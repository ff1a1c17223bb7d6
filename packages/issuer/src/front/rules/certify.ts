import { encodeCertificate, hashSealingKey } from '@symbolon/custody/issuer'
import { certificateLimits, type CertifiedKey, type CertifyRequest } from '@symbolon/contracts/certificates'
import { base64urlToBytes, bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'

export type CertifyProblem = { readonly code: 'PERIOD_REFUSED' | 'SEALING_KEY_FOREIGN' }
export type ToSign = CertifiedKey & { readonly bytes: Uint8Array }

/** Decides what an issuer signs: nothing for longer than the limit, and as a sealing key only one that it holds itself. */
export function decideCertificates(
  request: CertifyRequest,
  ownSealingKeys: readonly { readonly publicKey: string }[],
): Result<readonly ToSign[], CertifyProblem> {
  const { from, to } = request
  if (to <= from || to - from > certificateLimits.longestSeconds) return fail({ code: 'PERIOD_REFUSED' })
  const own = ownSealingKeys.map(({ publicKey }) => bytesToHex(hashSealingKey(base64urlToBytes(publicKey))))
  const isForeign = ({ kind, subjectId, key }: CertifiedKey): boolean =>
    kind === 'sealing-key' && (subjectId !== request.issuerId || !own.includes(key))
  if (request.keys.some(isForeign)) return fail({ code: 'SEALING_KEY_FOREIGN' })
  const encode = ({ kind, subjectId, key }: CertifiedKey): Uint8Array =>
    encodeCertificate(kind, { subjectId: hexToBytes(subjectId), key: hexToBytes(key), from, to })
  return ok(request.keys.map((wanted) => ({ ...wanted, bytes: encode(wanted) })))
}
