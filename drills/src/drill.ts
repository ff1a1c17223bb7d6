export type DrillSize = 'small' | 'full'

/** What came out. `obtained` says in one sentence what the attacker has now; if broken, it is what the defence denies. */
export type DrillOutcome = {
  readonly result: 'withstood' | 'broken'
  readonly obtained: string
  readonly figures?: Readonly<Record<string, number>>
}

/**
 * An attack through the real code. The very same `run` has to come out `broken` in a copy of the tree from which
 * `drills/<name>/control.patch` has taken one defence: that shows that the attack bites. What it cannot carry out it throws.
 */
export type Drill = {
  readonly name: string
  readonly attackerHolds: string
  /** What the product promises against this attacker. */
  readonly claim: string
  run(context: DrillContext): Promise<DrillOutcome>
}

/**
 * `random` repeats with the seed of the run: for the attacker's choices, never for keys. `folder` is an empty scratch folder that is
 * removed afterwards. `progress` feeds the progress bar; `log` is shown with `--verbose` and when the drill fails.
 */
export type DrillContext = {
  readonly size: DrillSize
  readonly folder: string
  readonly random: (size: number) => Uint8Array
  readonly progress: (done: number, total: number) => void
  readonly log: (line: string) => void
}
