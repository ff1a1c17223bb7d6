import { Type, type Static } from 'typebox'
import { Id } from '@symbolon/contracts/limits'
import { databaseConfigSchema } from '@symbolon/service/database'

const closed = { additionalProperties: false } as const
const Milliseconds = Type.Integer({ minimum: 10, maximum: 3_600_000 })

/** One issuer's front and what we are called there. */
export const issuerConfigSchema = Type.Object(
  {
    issuerId: Id,
    address: Type.Object({ host: Type.String({ maxLength: 255 }), port: Type.Integer({ minimum: 0, maximum: 65_535 }) }, closed),
    dialect: Type.Union([Type.Literal('ascii'), Type.Literal('bcd')]),
    acquiringInstitutionId: Type.String({ pattern: '^[0-9]{1,11}$', description: 'DE 32' }),
    terminalId: Type.String({ pattern: '^[0-9A-Z]{8}$', description: 'DE 41' }),
    merchantType: Type.Optional(Type.String({ pattern: '^[0-9]{4}$', description: 'DE 18; 5999 when absent' })),
    answerTimeoutMs: Type.Optional(Milliseconds),
    reversalTimeoutMs: Type.Optional(Milliseconds),
    reversalRetryMs: Type.Optional(Milliseconds),
    longestReversalRetryMs: Type.Optional(Milliseconds),
    echoIntervalMs: Type.Optional(Milliseconds),
    echoTimeoutMs: Type.Optional(Milliseconds),
    reconnectMs: Type.Optional(Milliseconds),
    longestReconnectMs: Type.Optional(Milliseconds),
  },
  closed,
)
export type IssuerConfig = Static<typeof issuerConfigSchema>

/** The configuration of link, the operator's plane that talks to issuers. */
export const configSchema = Type.Object(
  {
    listen: Type.Object({ socketPath: Type.String({ minLength: 1, maxLength: 107 }) }, closed),
    database: databaseConfigSchema,
    answerWithinMs: Type.Optional({ ...Milliseconds, description: 'edge hears pending when an issuer takes longer; 2500 when absent' }),
    issuers: Type.Array(issuerConfigSchema, { minItems: 1, maxItems: 100 }),
  },
  closed,
)
export type Config = Static<typeof configSchema>

export type IssuerTimers = {
  readonly answerMs: number
  readonly reversalMs: number
  readonly retryMs: number
  readonly longestRetryMs: number
}

/** The acquirer waits longer than the front waits for its host, so that the nearer party gives up first. */
export function timersOf(issuer: IssuerConfig): IssuerTimers {
  return {
    answerMs: issuer.answerTimeoutMs ?? 10_000,
    reversalMs: issuer.reversalTimeoutMs ?? 5_000,
    retryMs: issuer.reversalRetryMs ?? 500,
    longestRetryMs: issuer.longestReversalRetryMs ?? 30_000,
  }
}
