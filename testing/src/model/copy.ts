import { openMessage, payMessage } from './messages.ts'
import { count, isOfCopy, send, type Bounds, type Step, type World } from './world.ts'

/**
 * A thief with a copy of the device's storage, who need not follow the device's table: he opens under any epoch he knows, pays on any
 * slot he was given with a right or a wrong PIN, and learns the epoch of whatever he gets signed.
 */
export function copySteps(world: World, bounds: Bounds): readonly Step[] {
  const { used, copyEpochs, device } = world
  if (copyEpochs === null) {
    if (used.copies >= bounds.copies) return []
    const { current, pending } = device.stored
    const known = pending === null ? [current.eid] : [current.eid, pending.eid]
    return [{ label: 'the storage is copied', world: { ...world, copyEpochs: known, used: count(world, 'copies') } }]
  }
  const acted = { ...world, copyActed: true }
  const opens =
    used.copyOpens >= bounds.copyOpens
      ? []
      : copyEpochs.map((eid) => ({
          label: `the copy opens under ${eid}`,
          world: { ...send(acted, openMessage(`c${used.copyOpens}`, eid)), used: count(world, 'copyOpens') },
        }))
  if (used.copyPays >= bounds.copyPays) return opens
  const pays = world.network.flatMap((message) => {
    if (message.kind !== 'slot' || !isOfCopy(message.q) || !copyEpochs.includes(message.eid)) return []
    return [true, false].map((right) => ({
      label: `the copy pays on ${message.slotId}, PIN ${right ? 'right' : 'wrong'}`,
      world: { ...send(acted, payMessage(message.slotId, message.eid, { right, purpose: 'pay' })), used: count(world, 'copyPays') },
    }))
  })
  return [...opens, ...pays]
}

/** What a signed answer to a copy teaches it. */
export function deliverToCopy(world: World, signed: { readonly slotId: string; readonly right: boolean; readonly eid: string }): World {
  if (!signed.right || !isOfCopy(signed.slotId) || world.copyEpochs === null) return world
  return { ...world, copyEpochs: [...world.copyEpochs, signed.eid] }
}
