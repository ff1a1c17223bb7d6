import { Type, type Static } from 'typebox'
import { AmountMinorUnits, Base64url, Hash, Id, Origin } from '@symbolon/contracts/limits'
import { databaseConfigSchema } from '@symbolon/service/database'

const closed = { additionalProperties: false } as const
const PrivateSocket = Type.Object({ socketPath: Type.String({ minLength: 1, maxLength: 107 }) }, closed)

/** A shop that may use the merchant API. Its signing keys are not here: they come from its own origin. */
export const merchantConfigSchema = Type.Object(
  {
    merchantId: Id,
    name: Type.String({ minLength: 1, maxLength: 40 }),
    origin: Origin,
    slug: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }),
    apiKeyHash: Type.String({ ...Hash, description: 'SHA-256 of the whole API key (sk_test_ and 43 base64url characters), hex' }),
  },
  closed,
)
export type MerchantConfig = Static<typeof merchantConfigSchema>

const AmountLimit = Type.Object({ minimum: AmountMinorUnits, maximum: AmountMinorUnits }, closed)

/** The configuration of edge, the operator's public plane. */
export const edgeConfigSchema = Type.Object(
  {
    operatorId: Id,
    origin: Type.String({ ...Origin, description: 'the address that browsers and merchants use; checkout links are made from it' }),
    listen: Type.Object({ host: Type.String({ maxLength: 255 }), port: Type.Integer({ minimum: 0, maximum: 65_535 }) }, closed),
    deviceOrigin: Type.String({ ...Origin, description: 'the only origin whose pages may call the wallet API (CORS)' }),
    deviceFrameHash: Type.Optional(
      Type.String({
        ...Hash,
        description: 'bundle hash of the device frame that the chat page may embed; absent: the page compares nothing',
      }),
    ),
    mallOrigin: Type.Optional(Type.String({ ...Origin, description: 'shown in the chat page as the place to shop' })),
    webRoot: Type.Optional(Type.String({ description: 'folder of the built chat page; absent: no page is served' })),
    database: databaseConfigSchema,
    vault: PrivateSocket,
    link: PrivateSocket,
    issuers: Type.Array(Type.Object({ issuerId: Id, certificateKey: Base64url(43) }, closed), { minItems: 1, maxItems: 100 }),
    merchants: Type.Array(merchantConfigSchema, { maxItems: 1_000 }),
    operationsKeyHash: Type.String({
      ...Hash,
      description: 'SHA-256 (hex) of the bearer key of GET /v1/ledger/summary and GET /v1/ops/payments',
    }),
    amountLimits: Type.Optional(
      Type.Object(
        {
          KRW: Type.Optional(AmountLimit),
          USD: Type.Optional(AmountLimit),
          JPY: Type.Optional(AmountLimit),
          EUR: Type.Optional(AmountLimit),
        },
        { ...closed, description: 'of one payment; a currency that is not named is not accepted' },
      ),
    ),
  },
  closed,
)
export type EdgeConfig = Static<typeof edgeConfigSchema>
