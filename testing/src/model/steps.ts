import { emptyDeviceMemory, lastStateCodes, noSlotId } from '@symbolon/custody/device'
import { emptyVaultMemory, pendingSettlesMs, type VaultStep } from '@symbolon/custody/operator'
import { copySteps, deliverToCopy } from './copy.ts'
import { alarmMessage, doneMessage, openMessage, payMessage, type Message, type Purpose, type SlotMessage } from './messages.ts'
import { count, isOfCopy, nextEpoch, send, type Bounds, type Step, type Table, type World } from './world.ts'

const done = new Uint8Array(1)
const macKey = new Uint8Array(1)

/** Everything that can happen next. */
export function steps(world: World, table: Table, bounds: Bounds): readonly Step[] {
  return [
    ...deviceSteps(world, table, bounds),
    ...vaultSteps(world, table, bounds),
    ...copySteps(world, bounds),
    ...world.network.flatMap((message) => deliver(world, table, { message, bounds })),
  ]
}

function deviceSteps(world: World, table: Table, bounds: Bounds): readonly Step[] {
  const next: Step[] = []
  const { used, device } = world
  if (used.opens < bounds.opens) next.push({ label: 'device opens', world: openDevice(world, table) })
  if (device.memory.slot !== null && used.pays < bounds.pays) {
    for (const right of [true, false])
      next.push({ label: `device pays, PIN ${right ? 'right' : 'wrong'}`, world: payDevice(world, table, { right, purpose: 'pay' }) })
    if (bounds.demands > 0) next.push({ label: 'device refreshes', world: payDevice(world, table, { right: true, purpose: 'refresh' }) })
  }
  // The flush of row 5, 8 or 12 came before the kill or it did not: both worlds are among the steps.
  if (used.kills < bounds.kills) {
    const killed = table.device(device, { kind: 'app-killed' }).state
    next.push({ label: 'app killed', world: { ...world, device: killed, used: count(world, 'kills') } })
  }
  return [...next, ...forgedWords(world, table)]
}

/** Anybody can say an unauthenticated word, and no answer is a word too. */
function forgedWords(world: World, table: Table): readonly Step[] {
  const { opening, slot } = world.device.memory
  const hear = (label: string, event: Parameters<Table['device']>[1]): Step => ({
    label,
    world: { ...world, device: table.device(world.device, event).state },
  })
  const next: Step[] = []
  if (slot !== null) next.push(hear('a forged VOID', { kind: 'void-hint' }))
  if (opening === null) return next
  next.push(hear('no answer, or a forged UNKNOWN', { kind: 'open-hint', q: opening.q, word: 'unknown' }))
  next.push(hear('a forged RETRY', { kind: 'open-hint', q: opening.q, word: 'retry' }))
  const stale = table.device(world.device, { kind: 'stale-hint', q: opening.q, challenge: 'forged' })
  const after = { ...world, device: stale.state }
  const alarmed = stale.answer.kind === 'alarm' ? send(after, alarmMessage('forged')) : after
  return [...next, { label: 'a forged STALE', world: alarmed }]
}

function vaultSteps(world: World, table: Table, bounds: Bounds): readonly Step[] {
  const next: Step[] = []
  const { used, vault, cosigning } = world
  if (cosigning !== null) next.push({ label: 'vault co-signs: TX2', world: finishCosigning(world, table) })
  const { pending } = vault.stored
  if (pending !== null && world.nowMs - pending.sinceMs < pendingSettlesMs) {
    next.push({ label: 'ten seconds pass', world: { ...world, nowMs: world.nowMs + pendingSettlesMs } })
  }
  if (used.demands < bounds.demands) next.push({ label: 'a refresh is demanded', world: demandRefresh(world, table) })
  if (used.restarts < bounds.restarts) {
    const restarted = table.vault(vault, { kind: 'vault-restarted' }).state
    const label = cosigning === null ? 'vault restarts' : 'vault crashes between TX1 and TX2'
    next.push({ label, world: { ...world, vault: restarted, cosigning: null, used: count(world, 'restarts') } })
  }
  if (used.rollbacks < bounds.rollbacks) {
    const { row, copyBound } = world.beforeLatest
    // Connections die with the vault. Messages can still come again, for the device sends the same bytes; an open is made anew each time.
    const network = bounds.replays > 0 ? world.network : world.network.filter(({ kind }) => kind !== 'open')
    const rolled = { ...world, vault: { stored: row, memory: emptyVaultMemory }, copyBound, network, cosigning: null }
    next.push({ label: 'the database loses its latest transaction', world: { ...rolled, used: count(world, 'rollbacks') } })
  }
  return next
}

/** The demand also ends a co-signature under way: its TX2 finds another row than it read, and the attempt stays bound. */
function demandRefresh(world: World, table: Table): World {
  const nowMs = world.nowMs + 1
  const step = table.vault(world.vault, { kind: 'refresh-demanded', sinceMs: nowMs, deadlineMs: Number.MAX_SAFE_INTEGER })
  const { current, pending } = step.state.stored
  const suspectEpochs = pending === null ? [current.eid] : [current.eid, pending.eid]
  return { ...commit(world, step), nowMs: nowMs + 1, suspectEpochs, cosigning: null, used: count(world, 'demands') }
}

type Delivery = { readonly message: Message; readonly bounds: Bounds }

function deliver(world: World, table: Table, { message, bounds }: Delivery): readonly Step[] {
  const label = `${message.kind} ${message.key} arrives`
  if (message.to === 'device') {
    if (message.kind !== 'done' && isOfCopy(message.q)) return []
    if (message.kind === 'done' && isOfCopy(message.slotId)) return []
    return [{ label, world: deliverToDevice(world, table, message) }]
  }
  if (world.cosigning !== null) return []
  // An open that is delivered again makes another slot; the model follows a bounded number of them.
  if (message.kind === 'open' && world.used.slots >= bounds.slots) return []
  return [{ label, world: deliverToVault(world, table, message) }]
}

export function openDevice(world: World, table: Table): World {
  const q = `q${world.used.opens}`
  const step = table.device(world.device, { kind: 'open-started', q })
  if (step.answer.kind !== 'send-open') return { ...world, broken: 'every open is sent' }
  const { eid } = step.answer
  return { ...send(world, openMessage(q, eid)), device: step.state, used: count(world, 'opens') }
}

export function payDevice(world: World, table: Table, wish: { readonly right: boolean; readonly purpose: Purpose }): World {
  const step = table.device(world.device, { kind: 'pay-started', intent: null })
  if (step.answer.kind !== 'send-message') return world
  const { slotId } = step.answer
  const message = payMessage(slotId, world.device.stored.current.eid, wish)
  return { ...send(world, message), device: step.state, used: count(world, 'pays') }
}

export function deliverToVault(world: World, table: Table, message: Message & { readonly to: 'vault' }): World {
  switch (message.kind) {
    case 'open':
      return vaultOpens(world, table, message)
    case 'pay':
      return vaultReceives(world, table, message)
    case 'alarm': {
      const step = table.vault(world.vault, { kind: 'alarm', macVerified: true, challenge: message.challenge })
      return commit(world, step)
    }
  }
}

function vaultOpens(world: World, table: Table, { q, eid }: { readonly q: string; readonly eid: string }): World {
  const slotId = `s${q}.${world.used.slots}`
  const step = table.vault(world.vault, {
    kind: 'open',
    match: table.match(world.vault.stored, eid),
    nowMs: world.nowMs,
    challenge: `r${q}`,
    retiringMacKey: macKey,
  })
  const { kind } = step.answer
  if (kind === 'unknown' || kind === 'retry' || kind === 'stale' || kind === 'frozen') {
    return send(commit(world, step), { key: `h${q}${kind}`, to: 'device', kind: 'hint', q, word: kind })
  }
  const given = table.vault(step.state, { kind: 'slot-created', slotId, expiresAtMs: Number.MAX_SAFE_INTEGER }).state
  const after = { ...commit(world, { ...step, state: given }), used: count(world, 'slots') }
  const { last, counter, tries } = step.state.stored
  const shown = { last: last.state === 'none' ? noSlotId : last.slotId, lastState: lastStateCodes[last.state] }
  const slot = { to: 'device', kind: 'slot', q, eid, slotId, counter, tries, ...shown, copyBound: world.copyBound } as const
  return send(after, { ...slot, key: `s${slotId}.${counter}.${slot.last}.${slot.lastState}.${tries}.${eid}` })
}

function vaultReceives(world: World, table: Table, pay: Extract<Message, { kind: 'pay' }>): World {
  const facts = { slotId: pay.slotId, hash: `h${pay.slotId}${pay.right ? 1 : 0}${pay.purpose[0]}`, nowMs: world.nowMs }
  const looked = table.vault(world.vault, { kind: 'message-received', ...facts })
  if (looked.answer.kind === 'stored') return send(world, doneMessage(pay.slotId, world.vault.stored.last.state === 'done'))
  // HPKE opens only under the key of the epoch that the slot was given for.
  if (looked.answer.kind !== 'verify-it' || pay.eid !== world.vault.stored.current.eid) return world
  const step = table.vault(world.vault, { kind: 'message-accepted', attemptId: 'p', messageKind: pay.purpose, ...facts })
  if (step.answer.kind !== 'bound') return world
  const copyBound = world.copyBound + (isOfCopy(pay.slotId) ? 1 : 0)
  const cosigning = { slotId: pay.slotId, right: pay.right, purpose: pay.purpose }
  return { ...commit(world, step), copyBound, cosigning, unsigned: world.unsigned + 1 }
}

export function finishCosigning(world: World, table: Table): World {
  const { cosigning } = world
  if (cosigning === null) return world
  const { slotId, right, purpose } = cosigning
  const pending = { eid: nextEpoch(world.vault.stored.current.eid, slotId), secrets: null }
  const step = table.vault(
    world.vault,
    right ? { kind: 'cosignature-valid', slotId, done, pending, nowMs: world.nowMs } : { kind: 'cosignature-invalid', slotId, done },
  )
  const answered = deliverToCopy(send({ ...commit(world, step), cosigning: null }, doneMessage(slotId, right)), {
    slotId,
    right,
    eid: pending.eid,
  })
  if (!right) return answered
  if (purpose === 'pay' && world.suspectEpochs.includes(world.vault.stored.current.eid)) {
    return { ...answered, broken: 'nothing but a refresh is signed under an epoch that a refresh was demanded of' }
  }
  if (world.signedSlots.includes(slotId)) return { ...answered, broken: 'no slot is signed twice' }
  return { ...answered, signedSlots: [...world.signedSlots, slotId], unsigned: 0 }
}

export function deliverToDevice(world: World, table: Table, message: Message & { readonly to: 'device' }): World {
  switch (message.kind) {
    case 'hint': {
      const { q, word } = message
      const step = table.device(
        world.device,
        word === 'stale' ? { kind: 'stale-hint', q, challenge: `r${q}` } : { kind: 'open-hint', q, word },
      )
      const after = { ...world, device: step.state }
      return step.answer.kind === 'alarm' ? alarm(after, step.answer.challenge) : after
    }
    case 'slot':
      return deviceGetsSlot(world, table, message)
    case 'done': {
      const { slotId } = message
      const pending = { eid: nextEpoch(world.device.stored.current.eid, slotId), secrets: null }
      const step = table.device(
        world.device,
        message.signed
          ? { kind: 'done-received', slotId, status: 'signed', verified: true, pending }
          : { kind: 'done-received', slotId, status: 'wrong' },
      )
      const heardSigned = step.answer.kind === 'signed' ? [...world.heardSigned, slotId] : world.heardSigned
      return { ...world, device: step.state, heardSigned }
    }
  }
}

// The device alarms on what the vault itself has said. Without a copy that did something, that is a false alarm.
function alarm(world: World, challenge: string): World {
  return { ...send(world, alarmMessage(challenge)), broken: world.copyActed ? world.broken : 'no alarm without a copy' }
}

function deviceGetsSlot(world: World, table: Table, message: SlotMessage): World {
  const { attempt } = world.device.stored
  const last = { slotId: message.last, state: message.lastState }
  const step = table.device(world.device, { ...message, kind: 'slot-received', verified: true, last })
  const after = { ...world, device: step.state }
  if (step.answer.kind === 'alarm') return alarm(after, step.answer.challenge)
  if (step.answer.kind !== 'slot-accepted') return after
  if (message.copyBound > 0) return { ...after, broken: 'every bound attempt of a copy is noticed' }
  if (step.answer.settled === null || attempt === null) return after
  // A database that lost the commit of a signature cannot tell of it; what the device itself has verified stays true even then.
  const signed = (world.used.rollbacks === 0 ? world.signedSlots : world.heardSigned).includes(attempt.slotId)
  const said = step.answer.settled.outcome
  if (signed && said !== 'signed') return { ...after, broken: 'never "not signed" for a signed one' }
  return !world.signedSlots.includes(attempt.slotId) && said === 'signed'
    ? { ...after, broken: 'never "signed" for an unsigned one' }
    : after
}

function commit(world: World, step: VaultStep<null>): World {
  const beforeLatest = step.durable ? { row: world.vault.stored, copyBound: world.copyBound } : world.beforeLatest
  return { ...world, vault: step.state, beforeLatest }
}

/** The device as its page finds it after a reload. */
export function reloaded(world: World): World {
  return { ...world, device: { ...world.device, memory: emptyDeviceMemory }, cosigning: null, network: [] }
}
