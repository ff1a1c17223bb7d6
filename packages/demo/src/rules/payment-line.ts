import { currencies, isCurrency, maximumMinorUnits, minorUnits, type Currency, type MinorUnits } from '@symbolon/formats/money'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { CsvLine } from './csv.ts'
import type { PlannedPayment } from './planned-payment.ts'

export const paymentColumns = 'card_line,shop,amount,currency,instalments'
const columnCount = 5

export type PaymentLineFacts = {
  /** Line number in the cards file → place among the customers. Without a cards file: 1, 2, 3… of the built-in customers. */
  readonly customerIndexByLine: ReadonlyMap<number, number>
  readonly shops: readonly string[]
}

/** Reads one line `card_line,shop,amount,currency,instalments`. The amount is written as people write it: 12000 won, 12.50 dollars. */
export function parsePaymentLine({ number, fields }: CsvLine, facts: PaymentLineFacts): Result<PlannedPayment, string> {
  if (fields.length !== columnCount) return fail(`${columnCount} columns are expected: ${paymentColumns}`)
  const [cardLine = '', shop = '', typedAmount = '', currency = '', instalments = ''] = fields
  const customerIndex = /^[0-9]{1,6}$/u.test(cardLine) ? facts.customerIndexByLine.get(Number(cardLine)) : undefined
  if (customerIndex === undefined) return fail('card_line names no usable line of the cards file')
  if (!facts.shops.includes(shop)) return fail(`the shop is none of: ${facts.shops.join(', ')}`)
  if (!isCurrency(currency)) return fail(`the currency is none of: ${Object.keys(currencies).join(', ')}`)
  const amount = parseAmount(typedAmount, currency)
  if (!amount.ok) return amount
  if (!/^[0-9]{1,2}$/u.test(instalments) || Number(instalments) > 36) return fail('instalments are 0 to 36 months; 0 pays at once')
  return ok({ customerIndex, cardIndex: 0, shop, amount: amount.value, currency, instalmentMonths: Number(instalments), line: number })
}

function parseAmount(text: string, currency: Currency): Result<MinorUnits, string> {
  const { decimals } = currencies[currency]
  const [, whole, fraction = ''] = /^([0-9]{1,12})(?:\.([0-9]{1,2}))?$/u.exec(text) ?? []
  if (whole === undefined || fraction.length > decimals) return fail(`the amount is a number with at most ${decimals} decimals`)
  const value = BigInt(whole + fraction.padEnd(decimals, '0'))
  if (value === 0n || value > maximumMinorUnits) return fail('the amount is more than zero and has at most twelve digits')
  return ok(minorUnits(value))
}
