import { Bug } from '@symbolon/formats/result'
import { judge } from './judge.ts'
import { steps } from './steps.ts'
import { createWorld, isOfCopy, worldKey, type Bounds, type Invariant, type Step, type Table, type World } from './world.ts'

/** What an exploration came to. `violation` is empty when every world within the bounds keeps every invariant. */
export type Exploration = {
  readonly states: number
  readonly transitions: number
  readonly violation: string
  /** The shortest way to the violation. */
  readonly trace: readonly string[]
}
export type ExploreOptions = {
  /** Keeps messages that the real table ignores for ever, for a mutant that may not ignore them. */
  readonly keeps?: 'open' | 'slot'
  /** Looks for this invariant's end alone: which one would see a mutant first says nothing of the others. */
  readonly only?: Invariant
  readonly progress?: (states: number) => void
}

type Node = { readonly world: World; readonly label: string; readonly parent: Node | null }

/** Visits every world within the bounds, breadth first, and judges each; stops at the first that breaks an invariant. */
export function explore(table: Table, bounds: Bounds, options: ExploreOptions = {}): Exploration {
  const first = createWorld()
  const seen = new Set([worldKey(first)])
  const finishable = new Map<string, boolean>()
  let transitions = 0
  let layer: Node[] = [{ world: first, label: 'a new wallet', parent: null }]
  while (layer.length > 0) {
    const next: Node[] = []
    for (const node of layer) {
      for (const step of stepsOf(node.world, table, bounds)) {
        transitions += 1
        const world = withoutIgnored(step.world, bounds, options.keeps)
        const key = worldKey(world)
        if (seen.has(key)) continue
        seen.add(key)
        const child = { world, label: step.label, parent: node }
        const violation = judge(world, table, { finishable, only: options.only })
        if (violation !== '') return { states: seen.size, transitions, violation, trace: traceOf(child) }
        next.push(world.broken === '' ? child : { ...child, world: { ...world, broken: '' } })
      }
    }
    layer = next
    options.progress?.(seen.size)
  }
  return { states: seen.size, transitions, violation: '', trace: [] }
}

// A mutant may run into the table's own assertions: that is a way to be caught too, and is named.
function stepsOf(world: World, table: Table, bounds: Bounds): readonly Step[] {
  try {
    return steps(world, table, bounds)
  } catch (error) {
    if (error instanceof Bug) return [{ label: 'a step', world: { ...world, broken: 'the table does not contradict itself' } }]
    throw error
  }
}

function traceOf(node: Node): readonly string[] {
  const labels: string[] = []
  for (let at: Node | null = node; at !== null; at = at.parent) labels.unshift(at.label)
  return labels
}

/**
 * Drops messages that nobody will ever act on: answers to an older open, answers for a slot that is no attempt any more, messages for a
 * slot that is gone, opens under an epoch that both sides have given up. To drop a message is to lose it, so whatever is found is real.
 */
function withoutIgnored(world: World, bounds: Bounds, keeps: ExploreOptions['keeps']): World {
  const { device, vault, beforeLatest, used } = world
  const latest = device.memory.opening?.q
  const rows = used.rollbacks < bounds.rollbacks ? [vault.stored, beforeLatest.row] : [vault.stored]
  const slots = new Set([vault.memory.slot?.id, ...rows.map(({ last }) => (last.state === 'none' ? undefined : last.slotId))])
  const known = new Set(rows.flatMap(({ current, pending }) => (pending === null ? [current.eid] : [current.eid, pending.eid])))
  const retired = new Set(vault.stored.retired.map(({ eid }) => eid))
  const network = world.network.filter((message) => {
    if (message.kind === keeps) return true
    switch (message.kind) {
      case 'hint':
        return message.q === latest
      case 'slot':
        return isOfCopy(message.q) ? message.slotId === vault.memory.slot?.id : message.q === latest
      case 'done':
        return message.slotId === device.stored.attempt?.slotId
      case 'pay':
        return slots.has(message.slotId)
      case 'open':
        return known.has(message.eid) || (retired.has(message.eid) && (message.q === latest || bounds.copies > 0))
      case 'alarm':
        return vault.stored.frozen === null
    }
  })
  return network.length === world.network.length ? world : { ...world, network }
}
