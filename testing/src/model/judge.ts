import { pendingSettlesMs } from '@symbolon/custody/operator'
import { deliverToDevice, deliverToVault, finishCosigning, openDevice, payDevice, reloaded } from './steps.ts'
import { durableKey, type Invariant, type Table, type World } from './world.ts'

export type Looking = {
  /** Verdicts by durable state, kept over the exploration. */
  readonly finishable: Map<string, boolean>
  /** One invariant instead of all. */
  readonly only?: Invariant | undefined
}

/** Which invariant this world breaks; empty when it breaks none. */
export function judge(world: World, table: Table, { finishable, only }: Looking): string {
  const looksAt = (invariant: Invariant): boolean => only === undefined || only === invariant
  const broken = brokenBy(world)
  if (broken !== '' && looksAt(broken)) return broken
  if (world.copyActed || !looksAt('every state can finish')) return ''
  const key = durableKey(world)
  const verdict = finishable.get(key) ?? canFinish(world, table)
  finishable.set(key, verdict)
  return verdict ? '' : 'every state can finish'
}

function brokenBy(world: World): Invariant | '' {
  if (world.broken !== '') return world.broken
  const { device, vault } = world
  // From its first act a copy can take the wallet away from its owner: what is promised then is that the owner notices.
  if (world.copyActed) return ''
  if (vault.stored.frozen !== null) return 'no wallet freezes without a copy'
  if (!countsTries(world)) return 'tries count exactly the attempts that were not signed'
  const known = [vault.stored.current.eid, vault.stored.pending?.eid]
  const isCommon = known.includes(device.stored.current.eid) || known.includes(device.stored.pending?.eid ?? 'none')
  return isCommon ? '' : 'some epoch is common'
}

// Tries fall by one with each bound attempt and come back with a signature; a lost transaction takes both with it.
function countsTries({ vault, unsigned, used }: World): boolean {
  return used.rollbacks > 0 || vault.stored.tries === 5 - unsigned
}

/** From here on nothing is lost, nobody is killed and time passes: two opens at most, then a payment, then an open. */
function canFinish(world: World, table: Table): boolean {
  const settled = openUntilSlot(reloaded(world), table)
  if (settled.device.memory.slot === null) return false
  const vault = { ...settled.vault, stored: { ...settled.vault.stored, tries: 5 } }
  const purpose = vault.stored.demand === null ? 'pay' : 'refresh'
  const { slot } = settled.device.memory
  const device = { ...settled.device, memory: { ...settled.device.memory, slot: { ...slot, tries: 5 } } }
  const paid = lastDelivered(payDevice({ ...settled, device, vault, network: [] }, table, { right: true, purpose }), table)
  if (paid.cosigning === null) return false
  const answered = lastDelivered(finishCosigning({ ...paid, network: [] }, table), table)
  const end = openUntilSlot({ ...answered, network: [] }, table)
  const { current, pending } = end.device.stored
  return (
    end.broken === '' &&
    end.vault.stored.demand === null &&
    pending === null &&
    current.eid === end.vault.stored.current.eid &&
    end.device.memory.slot !== null
  )
}

function openUntilSlot(world: World, table: Table): World {
  let now = world
  for (let round = 0; round < 4 && now.device.memory.slot === null; round += 1) {
    now = lastDelivered(lastDelivered(openDevice({ ...now, nowMs: now.nowMs + pendingSettlesMs, network: [] }, table), table), table)
  }
  return now
}

// The network holds the one message that was sent last; its answer takes its place.
function lastDelivered(world: World, table: Table): World {
  const [message] = world.network
  if (message === undefined) return world
  const taken = { ...world, network: [] }
  return message.to === 'vault' ? deliverToVault(taken, table, message) : deliverToDevice(taken, table, message)
}
