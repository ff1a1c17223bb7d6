import { Type, type Static } from 'typebox'
import { AccountRange } from '@symbolon/contracts/directory'
import type { KeyProtection } from '@symbolon/contracts/key-protection'
import { AmountMinorUnits, CurrencyCode, Id, LocalisedText, Origin } from '@symbolon/contracts/limits'
import { currencies, isCurrency } from '@symbolon/formats/money'
import { databaseConfigSchema } from '@symbolon/service/database'
import type { NewBindingLimits } from './rules/rebind.ts'

const closed = { additionalProperties: false } as const
const Address = Type.Object({ host: Type.String({ maxLength: 255 }), port: Type.Integer({ minimum: 0, maximum: 65_535 }) }, closed)
const Dialect = Type.Union([Type.Literal('ascii'), Type.Literal('bcd')])
const AmountEndings = Type.Array(Type.String({ pattern: '^[0-9]{3}$' }), { maxItems: 20 })

/** Behaviour on demand for tests and demonstrations; a production configuration has no such member. */
const FrontSandbox = Type.Object(
  {
    blockedCards: Type.Array(
      Type.Object(
        {
          primaryAccountNumber: Type.String({ pattern: '^[0-9]{12,19}$' }),
          status: Type.Union([Type.Literal('lost'), Type.Literal('stolen'), Type.Literal('closed')]),
        },
        closed,
      ),
      { maxItems: 100 },
    ),
    silentAmountEndings: Type.Optional(AmountEndings),
    lateAmountEndings: Type.Optional(AmountEndings),
    lateByMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 120_000 })),
    twiceAmountEndings: Type.Optional(AmountEndings),
  },
  closed,
)

/** How a wallet starts that was bound on identification alone, without the key of the old device. */
const NewBindings = Type.Object(
  {
    limitedHours: Type.Integer({ minimum: 0, maximum: 8_760 }),
    perPurchase: Type.Record(CurrencyCode, AmountMinorUnits),
  },
  closed,
)

/**
 * `chatOrigins`: the pages in which this operator shows the device frame; a passkey is believed in no other. The device origin itself
 * among them: the frame may also stand in a window of its own, for browsers whose frames store nothing.
 */
const Operator = Type.Object(
  { operatorId: Id, name: LocalisedText, chatOrigins: Type.Optional(Type.Array(Origin, { maxItems: 20 })) },
  closed,
)

const Amounts = Type.Object(
  { KRW: AmountMinorUnits, USD: AmountMinorUnits, JPY: AmountMinorUnits, EUR: AmountMinorUnits },
  { ...closed, description: 'minor units' },
)
const KeyLimitConfig = Type.Object(
  { perPayment: Amounts, perDay: Amounts, paymentsPerDay: Type.Integer({ minimum: 1, maximum: 1_000_000 }) },
  closed,
)
/** What a token may pay in twenty-four hours, by what protects its key. */
const KeyLimitsConfig = Type.Object(
  {
    'browser-storage': KeyLimitConfig,
    'passkey-synced': KeyLimitConfig,
    'passkey-device-bound': KeyLimitConfig,
    'passkey-attested': KeyLimitConfig,
  } satisfies Record<KeyProtection, unknown>,
  closed,
)

/** The configuration of an issuer's front: what it is, where it listens, which host stands behind it. */
export const frontConfigSchema = Type.Object(
  {
    issuerId: Id,
    name: LocalisedText,
    brandColour: Type.String({ pattern: '^#[0-9a-f]{6}$', description: 'dark enough for white text' }),
    origin: Origin,
    listen: Address,
    deviceOrigins: Type.Array(Origin, { minItems: 1, maxItems: 10, description: 'who may call /v1/enrolments from a page (CORS)' }),
    keysDirectory: Type.String({ description: 'filled by keygen.js' }),
    database: databaseConfigSchema,
    operators: Type.Array(Operator, { minItems: 1, maxItems: 20 }),
    accountRanges: Type.Array(AccountRange, { minItems: 1, maxItems: 200 }),
    tokenRange: Type.Object(
      {
        low: Type.String({ pattern: '^[1-8][0-9]{7}$', description: 'first eight digits; the 9 series is Korean domestic cards' }),
        high: Type.String({ pattern: '^[1-8][0-9]{7}$' }),
      },
      closed,
    ),
    link: Type.Object({ listen: Address, dialect: Dialect }, closed),
    host: Type.Object(
      {
        address: Address,
        dialect: Dialect,
        answerTimeoutMs: Type.Optional(Type.Integer({ minimum: 50, maximum: 60_000 })),
        reversalRetryMs: Type.Optional(Type.Integer({ minimum: 50, maximum: 600_000 })),
      },
      closed,
    ),
    journalKey: Type.String({ minLength: 32, maxLength: 128, description: 'bearer key of GET /v1/journal' }),
    officeKey: Type.Optional(
      Type.String({ minLength: 32, maxLength: 128, description: 'bearer key of POST /v1/office/tokens; absent: no such door' }),
    ),
    enrolmentsPerMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'per network address; 120 when absent' })),
    newBindings: Type.Optional(NewBindings),
    keyLimits: Type.Optional(KeyLimitsConfig),
    attestationRoots: Type.Optional(
      Type.Array(Type.String({ pattern: '^-----BEGIN CERTIFICATE-----', maxLength: 8_000 }), {
        maxItems: 50,
        description: 'PEM; makers whose authenticators are called attested. None when absent',
      }),
    ),
    sandbox: Type.Optional(FrontSandbox),
  },
  closed,
)
export type FrontConfig = Static<typeof frontConfigSchema>

const defaultNewBindings = { limitedHours: 24, perPurchase: { KRW: '300000', USD: '30000', JPY: '30000', EUR: '30000' } }

/** The low limits of a new binding, by numeric currency; a currency without one pays nothing while they last. */
export function newBindingLimitsOf(config: Pick<FrontConfig, 'newBindings'>): NewBindingLimits {
  const { limitedHours, perPurchase } = config.newBindings ?? defaultNewBindings
  const amounts = Object.entries(perPurchase).flatMap(([currency, amount]) =>
    isCurrency(currency) ? [[currencies[currency].numeric, BigInt(amount)] as const] : [],
  )
  return { seconds: limitedHours * 3_600, perPurchaseByCurrency: new Map(amounts) }
}
