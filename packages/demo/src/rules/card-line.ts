import type { CardData } from '@symbolon/contracts/issuer-api'
import type { Directory } from '@symbolon/contracts/directory'
import { verifyPinForm } from '@symbolon/device'
import { inspectCardNumber, isLuhnValid } from '@symbolon/formats/cards'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { CsvLine } from './csv.ts'
import type { Customer } from './customers.ts'

export const cardColumns = 'pan,expiry,cvc,holder,phone,address,pin'
const columnCount = 7

/** Reads one line `pan,expiry,cvc,holder,phone,address,pin`: a customer with one card, or why not. The expiry is MM/YY or YYMM. */
export function parseCardLine({ number, fields }: CsvLine, directory: Directory): Result<Customer, string> {
  if (fields.length !== columnCount) return fail(`${columnCount} columns are expected: ${cardColumns}`)
  const [pan = '', typedExpiry = '', securityCode = '', holderName = '', phoneNumber = '', postalAddress = '', pin = ''] = fields
  const primaryAccountNumber = pan.replace(/[ -]/gu, '')
  const expiry = parseExpiry(typedExpiry)
  const fault =
    cardNumberFault(primaryAccountNumber, directory) ??
    (expiry === undefined ? 'the expiry is neither MM/YY nor YYMM' : undefined) ??
    (/^[0-9]{3,4}$/u.test(securityCode) ? undefined : 'the security code has three or four digits') ??
    (holderName.length >= 1 && holderName.length <= 60 ? undefined : 'the holder has 1 to 60 characters') ??
    (/^\+?[0-9-]{7,20}$/u.test(phoneNumber) ? undefined : 'the phone number has 7 to 20 digits and dashes') ??
    (postalAddress.length <= 200 ? undefined : 'the address has at most 200 characters') ??
    (verifyPinForm(pin).ok ? undefined : 'the PIN has six to twelve digits')
  if (fault !== undefined || expiry === undefined) return fail(fault ?? 'the expiry is neither MM/YY nor YYMM')
  const card: CardData = { primaryAccountNumber, expiry, securityCode, holderName, phoneNumber, postalAddress }
  return ok({ pin, cards: [{ card, line: number }] })
}

function cardNumberFault(digits: string, directory: Directory): string | undefined {
  if (!/^[0-9]{12,19}$/u.test(digits)) return 'the card number has 12 to 19 digits'
  if (!isLuhnValid(digits)) return 'the card number fails the Luhn check'
  if (!inspectCardNumber(digits).isValid) return 'the card number belongs to no network that is known here, or has another length'
  const prefix = digits.slice(0, 8)
  const isIssued = directory.issuers.some((issuer) => issuer.accountRanges.some(({ low, high }) => low <= prefix && prefix <= high))
  return isIssued ? undefined : 'no connected issuer issues this card'
}

function parseExpiry(text: string): string | undefined {
  const [, month, year] = /^(0[1-9]|1[0-2])\/([0-9]{2})$/u.exec(text) ?? []
  if (month !== undefined && year !== undefined) return `${year}${month}`
  return /^[0-9]{2}(0[1-9]|1[0-2])$/u.test(text) ? text : undefined
}
