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

export const IssuerEntry = Type.Object(
  {
    issuerId: Id,
    name: LocalisedText,
    origin: Origin,
    accountRanges: Type.Array(AccountRange, { minItems: 1, maxItems: 200 }),
    sealingKey: Type.Object({ keyId: Type.String({ pattern: '^[0-9a-f]{16}$' }), publicKey: Base64url(1_700) }, closed),
    certificateKey: Base64url(43),
  },
  closed,
)
export type IssuerEntry = Static<typeof IssuerEntry>

/** Pinned in the device frame's bundle: whom it seals to, whose signatures it believes, which operator it talks to. */
export const Directory = Type.Object(
  {
    version: Type.Literal(1),
    operator: Type.Object({ operatorId: Id, name: LocalisedText, origin: Origin, vaultPublicKey: Base64url(43) }, closed),
    issuers: Type.Array(IssuerEntry, { maxItems: 100 }),
  },
  { ...closed, $id: 'Directory' },
)
export type Directory = Static<typeof Directory>
