import { fail, ok, type Result } from '@symbolon/formats/result'

/** Limits of a list of the user's own. */
export const csvLimits = { fileBytes: 1_000_000, lines: 1_000, lineCharacters: 1_000 } as const

export type CsvLine = { readonly number: number; readonly fields: readonly string[] }
/** A line that is not used, with a reason that echoes nothing of it: it may hold a card number. */
export type BadLine = { readonly file: 'cards' | 'payments'; readonly line: number; readonly reason: string }
export type CsvProblem = { readonly line: number; readonly reason: string }

/**
 * Splits comma-separated text (RFC 4180, without line breaks inside quotes) into numbered lines. Empty lines, lines that start with
 * `#` and a header that starts with `header` are passed over; each bad line is reported by its number and the others stay.
 */
export function parseCsv(text: string, header: string): { readonly lines: readonly CsvLine[]; readonly bad: readonly CsvProblem[] } {
  const lines: CsvLine[] = []
  const bad: CsvProblem[] = []
  for (const [index, raw] of text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u)
    .entries()) {
    const number = index + 1
    if (raw.trim() === '' || raw.startsWith('#') || raw.split(',')[0]?.trim().toLowerCase() === header) continue
    if (lines.length + bad.length >= csvLimits.lines) {
      bad.push({ line: number, reason: `more than ${csvLimits.lines} lines; this one and the rest are left out` })
      break
    }
    const fields = parseLine(raw)
    if (fields.ok) lines.push({ number, fields: fields.value })
    else bad.push({ line: number, reason: fields.problem })
  }
  return { lines, bad }
}

function parseLine(raw: string): Result<readonly string[], string> {
  if (raw.length > csvLimits.lineCharacters) return fail(`longer than ${csvLimits.lineCharacters} characters`)
  const fields: string[] = []
  let rest = raw
  for (;;) {
    const [whole, quoted, bare = ''] = /^\s*"((?:[^"]|"")*)"\s*(?=,|$)|^([^",]*)(?=,|$)/u.exec(rest) ?? []
    if (whole === undefined) return fail('a quotation mark is out of place')
    fields.push(quoted === undefined ? bare.trim() : quoted.replaceAll('""', '"'))
    if (whole.length === rest.length) return ok(fields)
    rest = rest.slice(whole.length + 1)
  }
}
