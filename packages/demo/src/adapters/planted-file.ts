import { writeFileSync } from 'node:fs'
import type { Customer } from '../rules/customers.ts'

/**
 * Writes down every personal value that was used (mode 0600), so that a search can look for them where they must not be.
 * `published` numbers occur in any program that has a list of test cards.
 */
export function writePlanted(file: string, customers: readonly Customer[]): void {
  const cards = customers.flatMap(({ pin, cards }) => cards.map(({ card, line }) => ({ ...card, pin, published: line === undefined })))
  writeFileSync(file, `${JSON.stringify({ version: 1, cards })}\n`, { mode: 0o600 })
}
