import { minorUnits, type Currency, type MinorUnits } from '@symbolon/formats/money'

/** One payment that shall be made. `line` is set for a line of the user's own file, which says nothing of how it ends. */
export type PlannedPayment = {
  readonly customerIndex: number
  readonly cardIndex: number
  readonly shop: string
  readonly amount: MinorUnits
  readonly currency: Currency
  readonly instalmentMonths: number
  readonly expected?: 'approved' | 'declined'
  readonly line?: number
}

/** The sandbox hosts decline by the last three digits of the amount: do not honour, no funds, not permitted, over the limit. */
const declinedEndings = [51n, 5n, 57n, 61n] as const
const declinedEvery = 11
const instalments = [0, 2, 0, 3, 6, 0, 12] as const

type Crowd = { readonly customers: readonly { readonly cards: readonly unknown[] }[]; readonly shops: readonly string[] }

/**
 * Spreads payments over customers, cards and shops: won and dollars, at once and in instalments, and every eleventh declined. The
 * same arguments give the same plan.
 */
export function planPayments(count: number, { customers, shops }: Crowd): readonly PlannedPayment[] {
  return Array.from({ length: count }, (_, index) => {
    const customerIndex = index % customers.length
    const round = Math.floor(index / customers.length)
    const cardCount = customers[customerIndex]?.cards.length ?? 1
    const cardIndex = round % cardCount
    // Another shop only when all cards of the customer were there, so that every card comes to every shop.
    const shopIndex = (customerIndex + Math.floor(round / cardCount)) % shops.length
    const currency = shopIndex === shops.length - 1 ? 'USD' : 'KRW'
    const isDeclined = index % declinedEvery === declinedEvery - 1
    return {
      customerIndex,
      cardIndex,
      shop: shops[shopIndex] ?? '',
      amount: amountOf(index, currency, isDeclined),
      currency,
      instalmentMonths: currency === 'KRW' ? (instalments[index % instalments.length] ?? 0) : 0,
      expected: isDeclined ? 'declined' : 'approved',
    }
  })
}

// Whole hundreds are approved. Korean cards allow instalments from 50,000 won.
function amountOf(index: number, currency: Currency, isDeclined: boolean): MinorUnits {
  const base = currency === 'KRW' ? 50_000n + BigInt(index % 97) * 1_000n : 1_000n + BigInt(index % 89) * 1_000n
  if (!isDeclined) return minorUnits(base + 100n)
  return minorUnits(base + (declinedEndings[Math.floor(index / declinedEvery) % declinedEndings.length] ?? 51n))
}
