import { Value } from 'typebox/value'
import { CardData } from '@symbolon/contracts/issuer-api'
import type { Directory, IssuerEntry } from '@symbolon/contracts/directory'
import { inspectCardNumber, type CardNumberInspection, type CardNetworkName } from '@symbolon/formats/cards'
import { fail, ok, type Result } from '@symbolon/formats/result'

/** What the card form can show while a number is being typed. */
export type CardEntryInspection = CardNumberInspection & {
  /** Known as soon as eight digits lie in a range of the directory. */
  readonly issuer?: IssuerEntry
  readonly network?: CardNetworkName
  /** Complete and valid, and no connected issuer has it. */
  readonly isForeign: boolean
}

/** Looks at a card number as typed: brand, Luhn, and the issuer by account range (ISO/IEC 7812-1, first eight digits). */
export function inspectCardEntry(directory: Directory, text: string): CardEntryInspection {
  const inspection = inspectCardNumber(text)
  const found = findIssuer(directory, inspection.digits)
  const network = found?.network ?? (inspection.networks.length === 1 ? inspection.networks[0] : undefined)
  return {
    ...inspection,
    ...(found === undefined ? {} : { issuer: found.issuer }),
    ...(network === undefined ? {} : { network }),
    isForeign: inspection.isValid && (found === undefined || !found.panLengths.includes(inspection.digits.length)),
  }
}

export type CheckedCard = { readonly card: CardData; readonly issuer: IssuerEntry; readonly network: CardNetworkName }
export type CardEntryProblem =
  | { readonly code: 'WALLET_CARD_INVALID'; readonly param: 'primaryAccountNumber' | 'expiry' | 'securityCode' | 'other' }
  | { readonly code: 'ISSUER_UNKNOWN' }

/** Decides whether a whole card may be sealed, and to whom. `now` decides expiry; a card is good through the end of its month. */
export function verifyCardEntry(directory: Directory, card: CardData, nowSeconds: number): Result<CheckedCard, CardEntryProblem> {
  const inspection = inspectCardEntry(directory, card.primaryAccountNumber)
  if (!inspection.isValid || inspection.digits !== card.primaryAccountNumber) return refuse('primaryAccountNumber')
  if (!/^[0-9]{2}(0[1-9]|1[0-2])$/u.test(card.expiry) || isPast(card.expiry, nowSeconds)) return refuse('expiry')
  if (card.securityCode.length !== inspection.securityCodeLength || !/^[0-9]+$/u.test(card.securityCode)) return refuse('securityCode')
  if (!Value.Check(CardData, card)) return refuse('other')
  const { issuer, network, isForeign } = inspection
  if (isForeign || issuer === undefined || network === undefined) return fail({ code: 'ISSUER_UNKNOWN' })
  return ok({ card, issuer, network })
}

function refuse(param: 'primaryAccountNumber' | 'expiry' | 'securityCode' | 'other'): {
  readonly ok: false
  readonly problem: CardEntryProblem
} {
  return fail({ code: 'WALLET_CARD_INVALID', param })
}

// ISO 8583 DE 14 has two digits of the year; cards live less than fifty years.
function isPast(expiry: string, nowSeconds: number): boolean {
  const now = new Date(nowSeconds * 1_000)
  const months = (2_000 + Number(expiry.slice(0, 2))) * 12 + Number(expiry.slice(2)) - 1
  return months < now.getUTCFullYear() * 12 + now.getUTCMonth()
}

type FoundIssuer = { readonly issuer: IssuerEntry; readonly network: CardNetworkName; readonly panLengths: readonly number[] }

function findIssuer(directory: Directory, digits: string): FoundIssuer | undefined {
  if (digits.length < 8) return undefined
  const prefix = digits.slice(0, 8)
  for (const issuer of directory.issuers) {
    const range = issuer.accountRanges.find(({ low, high }) => low <= prefix && prefix <= high)
    if (range !== undefined) return { issuer, network: range.network, panLengths: range.panLengths }
  }
  return undefined
}
