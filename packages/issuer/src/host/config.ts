import { Type, type Static } from 'typebox'
import { AccountRange } from '@symbolon/contracts/directory'
import { AmountMinorUnits } from '@symbolon/contracts/limits'
import { databaseConfigSchema } from '@symbolon/service/database'

const closed = { additionalProperties: false } as const
const Address = Type.Object({ host: Type.String({ maxLength: 255 }), port: Type.Integer({ minimum: 0, maximum: 65_535 }) }, closed)
const AmountByCurrency = Type.Object(
  {
    KRW: Type.Optional(AmountMinorUnits),
    USD: Type.Optional(AmountMinorUnits),
    JPY: Type.Optional(AmountMinorUnits),
    EUR: Type.Optional(AmountMinorUnits),
  },
  { ...closed, description: 'minor units; a currency that is not named is not permitted' },
)

/** The configuration of a sandbox authorization host. It knows accounts by their number and nothing of tokens or wallets. */
export const hostConfigSchema = Type.Object(
  {
    listen: Address,
    database: databaseConfigSchema,
    link: Type.Object({ listen: Address, dialect: Type.Union([Type.Literal('ascii'), Type.Literal('bcd')]) }, closed),
    accountRanges: Type.Array(AccountRange, { minItems: 1, maxItems: 200 }),
    journalKey: Type.String({ minLength: 32, maxLength: 128, description: 'bearer key of GET /v1/journal' }),
    limits: Type.Object(
      { perPurchase: AmountByCurrency, balance: AmountByCurrency },
      { ...closed, description: 'of every account; see cards for exceptions' },
    ),
    scriptedOutcomes: Type.Optional(Type.Boolean({ description: 'answers by amount as docs/sandbox-outcomes.md says' })),
    cards: Type.Optional(
      Type.Array(
        Type.Object(
          { primaryAccountNumber: Type.String({ pattern: '^[0-9]{12,19}$' }), responseCode: Type.String({ pattern: '^[0-9]{2}$' }) },
          closed,
        ),
        { maxItems: 100, description: 'accounts that always get this answer' },
      ),
    ),
  },
  closed,
)
export type HostConfig = Static<typeof hostConfigSchema>
