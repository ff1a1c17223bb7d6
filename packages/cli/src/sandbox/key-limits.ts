import type { KeyProtection } from '@symbolon/contracts/key-protection'

type Amounts = { readonly KRW: string; readonly USD: string; readonly JPY: string; readonly EUR: string }
type KeyLimit = { readonly perPayment: Amounts; readonly perDay: Amounts; readonly paymentsPerDay: number }

// A crowd of a demonstration pays thousands a day with two cards each; what is to be seen is the limit of one payment.
const perDay: Amounts = { KRW: '900000000000', USD: '900000000000', JPY: '900000000000', EUR: '900000000000' }
const paymentsPerDay = 1_000_000
const software: KeyLimit = { perPayment: { KRW: '1000000', USD: '100000', JPY: '100000', EUR: '100000' }, perDay, paymentsPerDay }

/** What the sandbox issuers let a key pay: a software key, or a passkey that may be copied, stays below the dearest thing in the mall. */
export const sandboxKeyLimits: Readonly<Record<KeyProtection, KeyLimit>> = {
  'browser-storage': software,
  'passkey-synced': software,
  'passkey-device-bound': { perPayment: { KRW: '3000000', USD: '300000', JPY: '300000', EUR: '300000' }, perDay, paymentsPerDay },
  'passkey-attested': { perPayment: { KRW: '5000000', USD: '500000', JPY: '500000', EUR: '500000' }, perDay, paymentsPerDay },
}
