import { readFileSync, statSync } from 'node:fs'
import type { Directory } from '@symbolon/contracts/directory'
import { Fault } from '@symbolon/formats/result'
import { parseCardLine } from '../rules/card-line.ts'
import { csvLimits, parseCsv, type BadLine } from '../rules/csv.ts'
import type { Customer } from '../rules/customers.ts'
import { parsePaymentLine } from '../rules/payment-line.ts'
import type { PlannedPayment } from '../rules/planned-payment.ts'

export type OwnList<Item> = { readonly items: readonly Item[]; readonly bad: readonly BadLine[] }

/** The user's own cards, a customer for each usable line. */
export function readCards(file: string, directory: Directory): OwnList<Customer> {
  const items: Customer[] = []
  const { lines, bad } = parseCsv(readText(file), 'pan')
  const refused: BadLine[] = bad.map((problem) => ({ file: 'cards', ...problem }))
  for (const line of lines) {
    const parsed = parseCardLine(line, directory)
    if (parsed.ok) items.push(parsed.value)
    else refused.push({ file: 'cards', line: line.number, reason: parsed.problem })
  }
  return { items, bad: refused }
}

/** The user's own payments. `card_line` is a line of the cards file, or counts the built-in customers when there is none. */
export function readPayments(
  file: string,
  facts: { readonly customers: readonly Customer[]; readonly shops: readonly string[] },
): OwnList<PlannedPayment> {
  const customerIndexByLine = new Map(facts.customers.map(({ cards }, index) => [cards[0]?.line ?? index + 1, index]))
  const items: PlannedPayment[] = []
  const { lines, bad } = parseCsv(readText(file), 'card_line')
  const refused: BadLine[] = bad.map((problem) => ({ file: 'payments', ...problem }))
  for (const line of lines) {
    const parsed = parsePaymentLine(line, { customerIndexByLine, shops: facts.shops })
    if (parsed.ok) items.push(parsed.value)
    else refused.push({ file: 'payments', line: line.number, reason: parsed.problem })
  }
  return { items, bad: refused }
}

function readText(file: string): string {
  try {
    if (statSync(file).size > csvLimits.fileBytes) throw new Error('the file is larger than a megabyte')
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('LIST_UNREADABLE', { retry: 'never', cause })
  }
}
