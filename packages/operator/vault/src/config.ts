import { groupNames } from '@symbolon/custody/operator'
import { Type, type Static } from 'typebox'
import { Id, Origin } from '@symbolon/contracts/limits'
import { databaseConfigSchema } from '@symbolon/service/database'

const closed = { additionalProperties: false } as const

/** Bounds of what the vault keeps in memory; every member may be left out. */
const limitsSchema = Type.Object(
  {
    slotSeconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 600, description: 'life of a slot from open to sign' })),
    liveSlots: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    opensPerMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'per wallet' })),
    cachedWallets: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'sealed rows remembered, some 3 kB each' })),
    offerSeconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 3_600, description: 'life of a wallet offer' })),
    liveOffers: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  },
  closed,
)

/** A PKCS #11 token that wraps the generations of one store. The PIN lies in a file of mode 0600. */
const pkcs11Schema = Type.Object(
  {
    module: Type.String({ minLength: 1, description: 'the library of the token, e.g. /usr/lib/softhsm/libsofthsm2.so' }),
    tokenLabel: Type.String({ pattern: '^[A-Za-z0-9 ._-]{1,32}$' }),
    pinFile: Type.String({ minLength: 1 }),
    tool: Type.Optional(Type.String({ minLength: 1, description: 'pkcs11-tool of OpenSC, where it is not on the path' })),
  },
  closed,
)
export type Pkcs11Config = Static<typeof pkcs11Schema>

/** Configuration of the vault. `keysFolder` holds what keygen.js made: key-encryption keys by generation and the signing key. */
export const configSchema = Type.Object(
  {
    listen: Type.Object({ socketPath: Type.String({ minLength: 1, maxLength: 100 }) }, closed),
    database: databaseConfigSchema,
    keysFolder: Type.String({ minLength: 1 }),
    /** Where generations of key-encryption keys are kept, outside the database and its backups: two places that fail apart. */
    keyStores: Type.Optional(
      Type.Array(Type.Object({ folder: Type.String({ minLength: 1 }), pkcs11: Type.Optional(pkcs11Schema) }, closed), {
        minItems: 1,
        maxItems: 2,
      }),
    ),
    /** Goes on with a database that was put back from a backup, under this name; a name is good once. */
    acceptRestore: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._:-]{1,60}$' })),
    operatorId: Id,
    deviceOrigins: Type.Optional(Type.Array(Origin, { maxItems: 10, description: 'whose passkeys are believed; none when absent' })),
    /** The first back end that is tried; slower ones follow where it does not load or fails RFC 9591. */
    arithmetic: Type.Optional(Type.Union(groupNames.map((name) => Type.Literal(name)))),
    limits: Type.Optional(limitsSchema),
  },
  closed,
)
export type Config = Static<typeof configSchema>

export type Limits = Required<Static<typeof limitsSchema>>

/** A slot lives long enough to type a PIN; a wallet opens at most twice a second over a minute. */
export const defaultLimits: Limits = {
  slotSeconds: 120,
  liveSlots: 50_000,
  opensPerMinute: 120,
  offerSeconds: 300,
  liveOffers: 10_000,
  cachedWallets: 20_000,
}
