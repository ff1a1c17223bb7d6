import { toAsciiDigits } from './decimal-digits.ts'
import { isLuhnValid } from './luhn.ts'
import { cardNetworks, type CardNetwork, type CardNetworkName } from './networks.ts'

/** What can be said of a card number while it is being typed. */
export type CardNumberInspection = {
  readonly digits: string
  /** The networks that the digits may still become; one element once decided. */
  readonly networks: readonly CardNetworkName[]
  /** False as soon as no further digit can make it valid. */
  readonly isPotentiallyValid: boolean
  /** One network, a length of that network, and Luhn — for UnionPay and Korean domestic cards too. */
  readonly isValid: boolean
  readonly lengths: readonly number[]
  readonly gaps: readonly number[]
  readonly securityCodeLength: number
}

const fallback = { gaps: [4, 8, 12, 16], securityCodeLength: 3 } as const

/** Looks at a card number as typed; spaces and dashes are ignored, any other character makes it impossible. */
export function inspectCardNumber(text: string): CardNumberInspection {
  const bare = toAsciiDigits(text).replace(/[\s\p{Pd}]/gu, '')
  const digits = bare.replace(/[^0-9]/gu, '')
  const networks = decideNetworks(digits)
  const lengths = [...new Set(networks.flatMap((network) => network.lengths))].toSorted((left, right) => left - right)
  const only = networks.length === 1 ? networks[0] : undefined
  const isValid = bare === digits && only !== undefined && lengths.includes(digits.length) && isLuhnValid(digits)
  const canGrow = networks.length > 0 && digits.length < (lengths.at(-1) ?? 0)
  const { gaps, securityCodeLength } = only ?? fallback
  return {
    digits,
    networks: networks.map((network) => network.name),
    isPotentiallyValid: isValid || (bare === digits && canGrow),
    isValid,
    lengths,
    gaps,
    securityCodeLength,
  }
}

/** Writes the digits in the groups of the network. */
export function groupCardNumber(inspection: Pick<CardNumberInspection, 'digits' | 'gaps'>): string {
  return Array.from(inspection.digits)
    .map((character, index) => (inspection.gaps.includes(index) ? ` ${character}` : character))
    .join('')
}

// While a longer prefix is still possible nothing is decided; afterwards the longest prefix wins.
function decideNetworks(digits: string): readonly CardNetwork[] {
  const possible = cardNetworks.filter((network) => network.prefixes.some((prefix) => isPossible(digits, prefix)))
  const strengths = possible.map((network) => strength(digits, network))
  if (strengths.includes(0)) return possible
  return possible.filter((_network, index) => strengths[index] === Math.max(...strengths))
}

function strength(digits: string, network: CardNetwork): number {
  const complete = network.prefixes.filter((prefix) => isPossible(digits, prefix) && digits.length >= prefix[0].length)
  return Math.max(0, ...complete.map(([low]) => low.length))
}

function isPossible(digits: string, [low, high]: readonly [string, string]): boolean {
  const size = Math.min(digits.length, low.length)
  const start = digits.slice(0, size)
  return start >= low.slice(0, size) && start <= high.slice(0, size)
}
