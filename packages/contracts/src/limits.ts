import { Type } from 'typebox'

/** Shapes that recur on every wire, each with its limit. */
export const Id = Type.String({ pattern: '^[0-9a-f]{32}$', description: 'sixteen random bytes, lower-case hex' })
export const Hash = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, lower-case hex' })
export const Base64url = (maximumLength: number) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: maximumLength, description: 'base64url without padding (RFC 4648 section 5)' })
export const AmountMinorUnits = Type.String({
  pattern: '^[1-9][0-9]{0,11}$',
  description: 'integer minor units as a string; at most twelve digits',
})
export const CurrencyCode = Type.Union([Type.Literal('KRW'), Type.Literal('USD'), Type.Literal('JPY'), Type.Literal('EUR')])
export const InstalmentMonths = Type.Integer({ minimum: 0, maximum: 36, description: '0 pays at once (일시불)' })
export const UnixSeconds = Type.Integer({ minimum: 0, maximum: 4_102_444_800 })
export const Origin = Type.String({ pattern: '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$', maxLength: 200 })
export const LastFour = Type.String({ pattern: '^[0-9]{4}$' })
export const NetworkName = Type.Enum([
  'visa',
  'mastercard',
  'american-express',
  'jcb',
  'unionpay',
  'diners-club',
  'discover',
  'bccard',
  'korean-domestic',
])
export const LocalisedText = Type.Object(
  { ko: Type.String({ minLength: 1, maxLength: 80 }), en: Type.String({ minLength: 1, maxLength: 80 }) },
  { additionalProperties: false },
)
