import type { DrillOutcome } from '../drill.ts'

/** How one run of a drill ended. `failed`: it could not be carried out, which shows nothing about the defence. */
export type DrillRun = { readonly kind: 'ended'; readonly outcome: DrillOutcome } | { readonly kind: 'failed'; readonly reason: string }

/** One line of the report. `failure` says why a drill shows nothing: then it counts neither as withstood nor as controlled. */
export type DrillReport = {
  readonly name: string
  readonly attackerHolds: string
  readonly obtained: string
  readonly result: 'withstood' | 'broken'
  readonly control: 'broken' | 'held'
  readonly seconds: number
  readonly figures?: Readonly<Record<string, number>>
  readonly failure?: string
}

export type DrillRuns = {
  readonly name: string
  readonly attackerHolds: string
  readonly real: DrillRun
  readonly control: DrillRun
  readonly seconds: number
}

/** A drill that failed is reported broken, and a control that failed is reported held: nothing passes that was not shown. */
export function judgeDrill({ name, attackerHolds, real, control, seconds }: DrillRuns): DrillReport {
  const failures = [
    ...(real.kind === 'failed' ? [`the drill failed: ${real.reason}`] : []),
    ...(control.kind === 'failed' ? [`the control failed: ${control.reason}`] : []),
  ]
  return {
    name,
    attackerHolds,
    obtained: real.kind === 'ended' ? real.outcome.obtained : 'not known: the drill failed',
    result: real.kind === 'ended' ? real.outcome.result : 'broken',
    control: control.kind === 'ended' && control.outcome.result === 'broken' ? 'broken' : 'held',
    seconds,
    ...(real.kind === 'ended' && real.outcome.figures !== undefined ? { figures: real.outcome.figures } : {}),
    ...(failures.length === 0 ? {} : { failure: failures.join('; ') }),
  }
}

/** The defence stands, and the same attack succeeds without it. */
export function isShown({ result, control, failure }: DrillReport): boolean {
  return result === 'withstood' && control === 'broken' && failure === undefined
}

/** An empty list shows nothing. */
export function areAllShown(reports: readonly DrillReport[]): boolean {
  return reports.length > 0 && reports.every(isShown)
}
