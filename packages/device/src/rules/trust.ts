import type { Directory, IssuerEntry, IssuerCertificate, SignedCertificate } from '@symbolon/contracts/directory'
import {
  decideCertificate,
  deriveSealingKeyId,
  hashSealingKey,
  verifyCertificate,
  type CertificateFields,
  type CertificateKind,
} from '@symbolon/custody/device'
import { base64urlToBytes, bytesToBase64url, hexToBytes, isEqualBytes, parseBase64url } from '@symbolon/formats/bytes'

/**
 * Which keys the device believes (docs/custody.md 10). The anchors are the certificate keys of the issuers in the pinned directory;
 * every other key counts only through a certificate of one of them, for the right subject, at this moment.
 */

/** Every certificate of the operator's vault keys that a pinned issuer signed, whenever it is good. */
export function listVaultKeyCertificates(directory: Directory): readonly CertificateFields[] {
  return directory.operator.vaultKeyCertificates
    .map((entry) => verifyByIssuer('vault-key', directory, entry))
    .filter((fields) => fields !== undefined)
}

/** The vault keys that are good now; two while one is exchanged for the next. */
export function decideVaultKeys(
  certificates: readonly CertificateFields[],
  wanted: { readonly operatorId: string; readonly now: number },
): readonly Uint8Array[] {
  const subject = { subjectId: hexToBytes(wanted.operatorId), now: wanted.now }
  const good = certificates.filter((fields) => decideCertificate(fields, subject).ok).map(({ key }) => key)
  return good.filter((key, index) => good.findIndex((other) => isEqualBytes(other, key)) === index)
}

export type ChosenSealingKey = { readonly keyId: string; readonly publicKey: Uint8Array }

/** The key to seal card data with: the one certified last, of those that the issuer certifies now. Never another suite. */
export function chooseSealingKey(issuer: IssuerEntry, now: number): ChosenSealingKey | undefined {
  const good = issuer.sealingKeys.flatMap(({ keyId, publicKey, ...signed }) => {
    const bytes = parseBase64url(publicKey)
    const fields = verifyOwn('sealing-key', issuer, signed)
    if (!bytes.ok || fields === undefined) return []
    const isThis = isEqualBytes(fields.key, hashSealingKey(bytes.value)) && keyId === deriveSealingKeyId(bytes.value)
    const isGood = isThis && decideCertificate(fields, { subjectId: hexToBytes(issuer.issuerId), now }).ok
    return isGood ? [{ from: fields.from, chosen: { keyId, publicKey: bytes.value } }] : []
  })
  return good.toSorted((left, right) => right.from - left.from)[0]?.chosen
}

export type MerchantKeyClaim = {
  readonly merchantId: string
  /** Ed25519 public key, base64url, as in a JWK. */
  readonly x: string
  readonly certificates: readonly IssuerCertificate[]
}

/** Whether a pinned issuer certifies this key for this merchant now. The merchant's own origin alone is not believed. */
export function isMerchantKeyCertified(directory: Directory, claim: MerchantKeyClaim, now: number): boolean {
  const subject = { subjectId: hexToBytes(claim.merchantId), now }
  return claim.certificates.some((entry) => {
    const fields = verifyByIssuer('merchant-key', directory, entry)
    return fields !== undefined && bytesToBase64url(fields.key) === claim.x && decideCertificate(fields, subject).ok
  })
}

/**
 * A directory fetched while the page runs may bring other keys and certificates, and nothing else: operator, issuers, origins,
 * ranges and anchors stay as the page was loaded with, or the offer is refused.
 */
export function acceptDirectory(pinned: Directory, offered: Directory): Directory | undefined {
  return JSON.stringify(withoutKeys(pinned)) === JSON.stringify(withoutKeys(offered)) ? offered : undefined
}

function withoutKeys({ version, operator, issuers }: Directory): unknown {
  const { operatorId, name, origin } = operator
  const anchors = issuers.map((issuer) => [
    issuer.issuerId,
    issuer.name.ko,
    issuer.name.en,
    issuer.origin,
    issuer.certificateKey,
    issuer.accountRanges.map(({ low, high, panLengths, network }) => [low, high, panLengths, network]),
  ])
  return [version, operatorId, name.ko, name.en, origin, anchors]
}

function verifyByIssuer(
  kind: CertificateKind,
  directory: Directory,
  { issuerId, ...signed }: IssuerCertificate,
): CertificateFields | undefined {
  const issuer = directory.issuers.find((one) => one.issuerId === issuerId)
  return issuer === undefined ? undefined : verifyOwn(kind, issuer, signed)
}

function verifyOwn(kind: CertificateKind, issuer: IssuerEntry, signed: SignedCertificate): CertificateFields | undefined {
  const [certificate, signature] = [parseBase64url(signed.certificate), parseBase64url(signed.signature)]
  if (!certificate.ok || !signature.ok) return undefined
  const verified = verifyCertificate(
    kind,
    { certificate: certificate.value, signature: signature.value },
    base64urlToBytes(issuer.certificateKey),
  )
  return verified.ok ? verified.value : undefined
}
