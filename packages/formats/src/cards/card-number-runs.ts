import { toAsciiDigits } from './decimal-digits.ts'
import { isLuhnValid } from './luhn.ts'

const shortest = 13
const longest = 19
// Spaces, dashes, dots, underscores and invisible characters of any script may stand between the groups of one number.
const run = /[0-9]+(?:[\s\p{Z}\p{Pd}\p{Cf}.·_−]{1,3}[0-9]+)*/gu

/**
 * Finds what may be a card number in free text: every sequence of whole digit groups with 13 to 19 digits that is Luhn-valid.
 * Groups are taken whole, so a number beside a card number does not hide it. Answers the digits of each find.
 */
export function findCardNumberRuns(text: string): readonly string[] {
  return [...toAsciiDigits(text).matchAll(run)].flatMap(([match]) => findInGroups(match.split(/[^0-9]+/u)))
}

/** Whether free text has to be refused. */
export function hasCardNumberRun(text: string): boolean {
  return findCardNumberRuns(text).length > 0
}

function findInGroups(groups: readonly string[]): readonly string[] {
  return groups.flatMap((_group, first) => {
    const found: string[] = []
    let digits = ''
    for (const group of groups.slice(first, first + longest)) {
      digits += group
      if (digits.length > longest) break
      if (digits.length >= shortest && isLuhnValid(digits)) found.push(digits)
    }
    return found
  })
}
