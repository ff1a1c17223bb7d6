import { Type, type Static } from 'typebox'
import { Base64url, Id, LocalisedText, NetworkName, Origin } from './limits.ts'

const closed = { additionalProperties: false } as const

/** A range of account numbers: the first eight digits, low to high inclusive. */
export const AccountRange = Type.Object(
  {
    low: Type.String({ pattern: '^[0-9]{8}$' }),
    high: Type.String({ pattern: '^[0-9]{8}$' }),
    panLengths: Type.Array(Type.Integer({ minimum: 12, maximum: 19 }), { minItems: 1, maxItems: 8 }),
    network: NetworkName,
  },
  closed,
)
export type AccountRange = Static<typeof AccountRange>

/** A statement of an issuer about a key (docs/custody.md 10): frame(opcert | skcert | mkcert; subject16 key32 from8 to8) and Ed25519. */
export const SignedCertificate = Type.Object({ certificate: Base64url(200), signature: Base64url(86) }, closed)
export type SignedCertificate = Static<typeof SignedCertificate>

/** A certificate by an issuer that the directory names. */
export const IssuerCertificate = Type.Object({ issuerId: Id, certificate: Base64url(200), signature: Base64url(86) }, closed)
export type IssuerCertificate = Static<typeof IssuerCertificate>

/** A key to which card numbers are sealed: named by the first eight bytes of its SHA-256, certified by the issuer's certificate key. */
export const CertifiedSealingKey = Type.Object(
  {
    keyId: Type.String({ pattern: '^[0-9a-f]{16}$' }),
    publicKey: Base64url(1_700),
    certificate: Base64url(200),
    signature: Base64url(86),
  },
  closed,
)
export type CertifiedSealingKey = Static<typeof CertifiedSealingKey>

export const IssuerEntry = Type.Object(
  {
    issuerId: Id,
    name: LocalisedText,
    origin: Origin,
    accountRanges: Type.Array(AccountRange, { minItems: 1, maxItems: 200 }),
    /** The one to use first; while a key is exchanged, the one before it is listed too. */
    sealingKeys: Type.Array(CertifiedSealingKey, { minItems: 1, maxItems: 4 }),
    /** The trust anchor: it signs grants and certificates, and changes only with the page. */
    certificateKey: Base64url(43),
  },
  closed,
)
export type IssuerEntry = Static<typeof IssuerEntry>

/** Where the device origin serves the directory, beside the bundle of the frame. */
export const directoryPath = '/directory.json'

/** Pinned for the device frame by its own origin: whom it seals to, whose signatures it believes, which operator it talks to. */
export const Directory = Type.Object(
  {
    version: Type.Literal(1),
    operator: Type.Object(
      {
        operatorId: Id,
        name: LocalisedText,
        origin: Origin,
        /** A vault key is believed only through one of these; without any, no wallet opens. */
        vaultKeyCertificates: Type.Array(IssuerCertificate, { maxItems: 200 }),
      },
      closed,
    ),
    issuers: Type.Array(IssuerEntry, { maxItems: 100 }),
  },
  { ...closed, $id: 'Directory' },
)
export type Directory = Static<typeof Directory>
