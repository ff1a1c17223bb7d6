export type CardNetworkName =
  | 'visa'
  | 'mastercard'
  | 'american-express'
  | 'jcb'
  | 'unionpay'
  | 'diners-club'
  | 'discover'
  | 'bccard'
  | 'korean-domestic'

export type CardNetwork = {
  readonly name: CardNetworkName
  /** First digits, low to high inclusive; both ends have the same length. */
  readonly prefixes: readonly (readonly [low: string, high: string])[]
  readonly lengths: readonly number[]
  /** A space is written before the digit with this index. */
  readonly gaps: readonly number[]
  readonly securityCodeLength: number
}

const fours = [4, 8, 12, 16] as const

/**
 * Every network that is accepted, once (ISO/IEC 7812-1 issuer identification numbers, as the networks publish them). The longest
 * matching prefix decides: 6555 90 is BC Card inside the range of Discover. First digit 9 is Korea's domestic-only series.
 */
export const cardNetworks: readonly CardNetwork[] = [
  { name: 'visa', prefixes: [['4', '4']], lengths: [16, 18, 19], gaps: fours, securityCodeLength: 3 },
  {
    name: 'mastercard',
    prefixes: [
      ['51', '55'],
      ['2221', '2720'],
    ],
    lengths: [16],
    gaps: fours,
    securityCodeLength: 3,
  },
  {
    name: 'american-express',
    prefixes: [
      ['34', '34'],
      ['37', '37'],
    ],
    lengths: [15],
    gaps: [4, 10],
    securityCodeLength: 4,
  },
  { name: 'jcb', prefixes: [['3528', '3589']], lengths: [16, 17, 18, 19], gaps: fours, securityCodeLength: 3 },
  {
    name: 'unionpay',
    prefixes: [
      ['62', '62'],
      ['8100', '8171'],
    ],
    lengths: [16, 17, 18, 19],
    gaps: fours,
    securityCodeLength: 3,
  },
  {
    name: 'diners-club',
    prefixes: [
      ['300', '305'],
      ['3095', '3095'],
      ['36', '36'],
      ['38', '39'],
    ],
    lengths: [14, 16, 19],
    gaps: [4, 10],
    securityCodeLength: 3,
  },
  {
    name: 'discover',
    prefixes: [
      ['6011', '6011'],
      ['644', '649'],
      ['65', '65'],
    ],
    lengths: [16, 19],
    gaps: fours,
    securityCodeLength: 3,
  },
  { name: 'bccard', prefixes: [['655590', '655590']], lengths: [16], gaps: fours, securityCodeLength: 3 },
  { name: 'korean-domestic', prefixes: [['9', '9']], lengths: [16], gaps: fours, securityCodeLength: 3 },
]
