import type { DrillSize } from '../drill.ts'
import { applyControl, patchFileOf } from './control-patch.ts'
import { judgeDrill, type DrillReport, type DrillRun } from './judge.ts'
import { loadDrill } from './list-drills.ts'
import { runInChild } from './run-child.ts'
import { copyTree } from './tree-copy.ts'

export type Stage = 'attack' | 'copy' | 'control'
export type RunOptions = {
  readonly tree: string
  readonly size: DrillSize
  readonly seed: string
  readonly signal: AbortSignal
  readonly onStage: (name: string, stage: Stage, done: number, total: number) => void
  readonly onLog: (name: string, stage: Stage, line: string) => void
}

/** The attack on the tree as it is, and the very same attack on a copy without the defence, and what both show. */
export async function runDrill(name: string, options: RunOptions): Promise<DrillReport> {
  const started = performance.now()
  const attackerHolds = await loadDrill(options.tree, name).then(
    (drill) => drill.attackerHolds,
    () => 'not known: the drill could not be loaded',
  )
  // Side by side: most of a drill is waiting for processes to start, and there are two cores.
  const [real, control] = await Promise.all([runStage(options.tree, name, 'attack', options), runControl(name, options)])
  const seconds = Math.round((performance.now() - started) / 100) / 10
  return judgeDrill({ name, attackerHolds, real, control, seconds })
}

async function runControl(name: string, options: RunOptions): Promise<DrillRun> {
  options.onStage(name, 'copy', 0, 1)
  const copy = copyTree(options.tree)
  // A signal ends the process before `finally`; the copy may not stay.
  process.on('exit', copy.remove)
  try {
    await applyControl(copy.root, patchFileOf(options.tree, name))
    return await runStage(copy.root, name, 'control', options)
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : 'unknown' }
  } finally {
    process.off('exit', copy.remove)
    copy.remove()
  }
}

function runStage(tree: string, name: string, stage: Stage, options: RunOptions): Promise<DrillRun> {
  options.onStage(name, stage, 0, 1)
  return runInChild(tree, {
    name,
    size: options.size,
    seed: options.seed,
    signal: options.signal,
    onProgress: (done, total) => options.onStage(name, stage, done, total),
    onLog: (line) => options.onLog(name, stage, line),
  })
}
