import type { KeyProtection } from '@symbolon/contracts/key-protection'
import type { Currency } from '@symbolon/formats/money'

/** What a token may pay whose key has one protection; amounts in minor units. */
export type KeyLimit = {
  readonly perPayment: Readonly<Record<Currency, bigint>>
  readonly perDay: Readonly<Record<Currency, bigint>>
  readonly paymentsPerDay: number
}
export type KeyLimits = Readonly<Record<KeyProtection, KeyLimit>>
/** What a token has spent in the last twenty-four hours in one currency; `count` over all of them. */
export type Spent = { readonly amountMinorUnits: bigint; readonly count: number }
export type LimitFault = 'above-key-limit' | 'above-key-day-limit' | 'above-key-day-count'

export const daySeconds = 86_400

const software: KeyLimit = {
  perPayment: { KRW: 300_000n, USD: 25_000n, JPY: 30_000n, EUR: 25_000n },
  perDay: { KRW: 1_000_000n, USD: 75_000n, JPY: 100_000n, EUR: 75_000n },
  paymentsPerDay: 30,
}

/** For an issuer that configures none. A copied browser profile signs with a software key, so it pays little. */
export const defaultKeyLimits: KeyLimits = {
  'browser-storage': software,
  'passkey-synced': software,
  'passkey-device-bound': {
    perPayment: { KRW: 1_000_000n, USD: 75_000n, JPY: 100_000n, EUR: 75_000n },
    perDay: { KRW: 3_000_000n, USD: 225_000n, JPY: 300_000n, EUR: 225_000n },
    paymentsPerDay: 60,
  },
  'passkey-attested': {
    perPayment: { KRW: 3_000_000n, USD: 225_000n, JPY: 300_000n, EUR: 225_000n },
    perDay: { KRW: 10_000_000n, USD: 750_000n, JPY: 1_000_000n, EUR: 750_000n },
    paymentsPerDay: 100,
  },
}

/** Whether one payment is too much by itself. */
export function isAboveKeyLimit(limit: KeyLimit, payment: { readonly amountMinorUnits: bigint; readonly currency: Currency }): boolean {
  return payment.amountMinorUnits > limit.perPayment[payment.currency]
}

/** Whether it is too much after what was spent. The amount is looked at before the number of payments. */
export function findDayFault(
  limit: KeyLimit,
  spent: Spent,
  payment: { readonly amountMinorUnits: bigint; readonly currency: Currency },
): 'above-key-day-limit' | 'above-key-day-count' | undefined {
  if (spent.amountMinorUnits + payment.amountMinorUnits > limit.perDay[payment.currency]) return 'above-key-day-limit'
  return spent.count + 1 > limit.paymentsPerDay ? 'above-key-day-count' : undefined
}

type Amounts = Readonly<Record<Currency, string>>
type Configured = Readonly<
  Record<KeyProtection, { readonly perPayment: Amounts; readonly perDay: Amounts; readonly paymentsPerDay: number }>
>

/** The limits of a configuration, whose amounts are text; the defaults when it has none. */
export function readKeyLimits(configured: Configured | undefined): KeyLimits {
  if (configured === undefined) return defaultKeyLimits
  const amounts = ({ KRW, USD, JPY, EUR }: Amounts): KeyLimit['perDay'] => ({
    KRW: BigInt(KRW),
    USD: BigInt(USD),
    JPY: BigInt(JPY),
    EUR: BigInt(EUR),
  })
  const read = (protection: KeyProtection): KeyLimit => {
    const { perPayment, perDay, paymentsPerDay } = configured[protection]
    return { perPayment: amounts(perPayment), perDay: amounts(perDay), paymentsPerDay }
  }
  return {
    'browser-storage': read('browser-storage'),
    'passkey-synced': read('passkey-synced'),
    'passkey-device-bound': read('passkey-device-bound'),
    'passkey-attested': read('passkey-attested'),
  }
}
