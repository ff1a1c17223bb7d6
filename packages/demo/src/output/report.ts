import type { LedgerSummary } from '@symbolon/contracts/operations-api'
import type { PaymentResult } from '../flows/pay.ts'
import type { Disagreement } from '../rules/compare-books.ts'
import type { BadLine } from '../rules/csv.ts'
import { countBy, percentile } from '../rules/statistics.ts'

/** Everything that a run found out. */
export type Run = {
  readonly results: readonly PaymentResult[]
  readonly badLines: readonly BadLine[]
  readonly cardFailures: readonly string[]
  readonly comparedCount: number
  readonly disagreements: readonly Disagreement[]
  readonly summary: LedgerSummary
  readonly backend?: string
}

/** Whether everything that was asked for was carried out and every book agrees. */
export function isClean({ results, badLines, cardFailures, disagreements, summary }: Run): boolean {
  const isPaid = results.every(({ outcome }) => outcome !== 'failed')
  return isPaid && badLines.length === 0 && cardFailures.length === 0 && disagreements.length === 0 && summary.balanced
}

/** The one line of `--json`. */
export function toJson(run: Run): string {
  const count = (outcome: PaymentResult['outcome']): number => run.results.filter((result) => result.outcome === outcome).length
  const latencies = latenciesOf(run)
  return JSON.stringify({
    payments: { requested: run.results.length, approved: count('approved'), declined: count('declined'), failed: count('failed') },
    ledger: { balanced: run.summary.balanced, issuersAgree: run.disagreements.length === 0 && run.comparedCount > 0 },
    latencyMs: { p50: Math.round(percentile(latencies, 0.5)), p99: Math.round(percentile(latencies, 0.99)) },
    ...(run.backend === undefined ? {} : { backend: { vault: run.backend } }),
    cards: { networks: networksOf(run) },
    ...(run.badLines.length === 0 ? {} : { badLines: run.badLines }),
  })
}

/** The same for people: a table by issuer, shop and result, then latency and books. */
export function toText(run: Run): string {
  const rows = countBy(run.results, ({ issuerName, planned, outcome, reason }) => [
    issuerName,
    planned.shop,
    planned.currency,
    outcome === 'approved' ? outcome : `${outcome}: ${reason}`,
  ])
  const latencies = latenciesOf(run)
  const percentiles = [0.5, 0.9, 0.99].map((fraction) => `p${fraction * 100} ${Math.round(percentile(latencies, fraction))} ms`).join(', ')
  const { transfers, captured, balanced } = run.summary
  return [
    table(
      ['issuer', 'shop', 'currency', 'result', 'payments'],
      rows.map(({ key, count }) => [...key, String(count)]),
    ),
    '',
    `Confirm to done: ${percentiles} (argon2id of the PIN included)`,
    ...(run.backend === undefined ? [] : [`The vault computes with: ${run.backend}`]),
    `Networks paid with: ${networksOf(run).join(', ')}`,
    `Ledger: ${balanced ? 'balanced' : 'NOT BALANCED'}, ${captured} captured payments, ${transfers} transfers`,
    `Issuers' journals: ${run.comparedCount} payments compared on both hops, ${run.disagreements.length} disagree`,
    ...run.disagreements.slice(0, 20).map(({ paymentId, reason }) => `  ${paymentId}: ${reason}`),
    ...run.cardFailures.map((failure) => `  ${failure}`),
    ...run.badLines.map(({ file, line, reason }) => `  ${file}, line ${line}: ${reason}`),
  ].join('\n')
}

function latenciesOf({ results }: Run): readonly number[] {
  return results.flatMap(({ latencyMs, outcome }) => (latencyMs === undefined || outcome === 'failed' ? [] : [latencyMs]))
}

function networksOf({ results }: Run): readonly string[] {
  return [...new Set(results.flatMap(({ outcome, network }) => (outcome === 'approved' ? [network] : [])))].toSorted()
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')
}
