import { describe, expect, it } from 'vitest'
import { applyDeviceEvent, type DeviceEvent, type DeviceStep } from './apply-device-event.ts'
import { applyVaultEvent, type VaultEvent, type VaultStep } from './apply-vault-event.ts'
import { createDeviceState, emptyDeviceMemory, type DeviceState } from './device-state.ts'
import { lastStateCodes, noSlotId } from './last-attempt.ts'
import { createVaultState, emptyVaultMemory, findVaultEpoch, type VaultState, type VaultStored } from './vault-state.ts'

// A bounded model of 2-custody 1.5: both halves of the table, a network that keeps every message and delivers any of them any number
// of times in any order (so loss, duplication and delay are all in it), and accidents. Explored breadth first, whole.

type Device = DeviceState<null, null>
type Vault = VaultState<null>
type Message =
  | { readonly to: 'vault'; readonly kind: 'open'; readonly q: string; readonly eid: string }
  | { readonly to: 'vault'; readonly kind: 'pay'; readonly slotId: string; readonly eid: string; readonly right: boolean }
  | { readonly to: 'device'; readonly kind: 'hint'; readonly q: string; readonly word: 'unknown' | 'retry' | 'stale' | 'frozen' }
  | {
      readonly to: 'device'
      readonly kind: 'slot'
      readonly q: string
      readonly eid: string
      readonly slotId: string
      readonly counter: number
      readonly last: string
      readonly lastState: number
      readonly tries: number
    }
  | { readonly to: 'device'; readonly kind: 'done'; readonly slotId: string; readonly signed: boolean }

type World = {
  readonly device: Device
  readonly vault: Vault
  /** What the database falls back to when its latest transaction is lost. */
  readonly beforeLatest: VaultStored<null>
  /** The attempt between TX1 and TX2. */
  readonly cosigning: { readonly slotId: string; readonly right: boolean } | null
  readonly network: readonly Message[]
  readonly signedSlots: readonly string[]
  readonly heardSigned: readonly string[]
  readonly opens: number
  readonly pays: number
  readonly kills: number
  readonly faults: number
  readonly rollbacks: number
  readonly broken: string
}

type Table = {
  readonly device: (state: Device, event: DeviceEvent<null, null>) => DeviceStep<null, null>
  readonly vault: (state: Vault, event: VaultEvent<null>) => VaultStep<null>
}
type Bounds = {
  readonly opens: number
  readonly slots: number
  readonly pays: number
  readonly kills: number
  readonly faults: number
  readonly rollbacks: number
}

const done = new Uint8Array(1)
const macKey = new Uint8Array(1)

function start(): World {
  const vault = createVaultState({ eid: 'e0', secrets: null })
  return {
    device: createDeviceState({ eid: 'e0', secrets: null }),
    vault,
    beforeLatest: vault.stored,
    cosigning: null,
    network: [],
    signedSlots: [],
    heardSigned: [],
    opens: 0,
    pays: 0,
    kills: 0,
    faults: 0,
    rollbacks: 0,
    broken: '',
  }
}

/** Every world that one step can lead to. */
function successors(world: World, rules: Table, bounds: Bounds): World[] {
  const next: World[] = []
  if (world.opens < bounds.opens) next.push(openDevice(world, rules))
  if (world.device.memory.slot !== null && world.pays < bounds.pays)
    next.push(...[true, false].map((right) => payDevice(world, rules, right)))
  if (world.kills < bounds.kills) {
    next.push({ ...world, device: rules.device(world.device, { kind: 'app-killed' }).state, kills: world.kills + 1 })
  }
  // Anybody can say an unauthenticated word, and no answer is a word too.
  const { opening } = world.device.memory
  if (opening !== null) {
    next.push({ ...world, device: rules.device(world.device, { kind: 'open-hint', q: opening.q, word: 'unknown' }).state })
  }
  if (world.cosigning !== null) next.push(finishCosigning(world, rules))
  if (world.vault.stored.pending !== null && world.vault.stored.pending.sinceMs === 0) {
    const pending = { ...world.vault.stored.pending, sinceMs: -10_000 }
    next.push({ ...world, vault: { ...world.vault, stored: { ...world.vault.stored, pending } } })
  }
  if (world.faults < bounds.faults) {
    next.push({ ...world, vault: rules.vault(world.vault, { kind: 'vault-restarted' }).state, cosigning: null, faults: world.faults + 1 })
  }
  if (world.rollbacks < bounds.rollbacks) {
    const vault = { stored: world.beforeLatest, memory: emptyVaultMemory }
    // Requests that were under way die with the connections. One that is replayed afterwards, from before a promotion that was lost,
    // would make the vault drop the epoch that the device already lives in: then the wallet has to bind again (2-custody 1.6).
    const network = world.network.filter((message) => message.to === 'device')
    next.push({ ...world, vault, network, cosigning: null, rollbacks: world.rollbacks + 1 })
  }
  for (const message of world.network) {
    if (message.to === 'device') next.push(deliverToDevice(world, rules, message))
    else if (world.cosigning === null && hasRoom(world, message, bounds)) next.push(deliverToVault(world, rules, message))
  }
  return next
}

// An open that is delivered again makes another slot; the model follows a bounded number of them.
function hasRoom(world: World, message: Message, bounds: Bounds): boolean {
  return message.kind !== 'open' || world.network.filter((sent) => sent.kind === 'slot').length < bounds.slots
}

function openDevice(world: World, rules: Table): World {
  const q = `q${world.opens}`
  const step = rules.device(world.device, { kind: 'open-started', q })
  if (step.answer.kind !== 'send-open') return { ...world, broken: 'an open was not sent' }
  return { ...send(world, { to: 'vault', kind: 'open', q, eid: step.answer.eid }), device: step.state, opens: world.opens + 1 }
}

function payDevice(world: World, rules: Table, right: boolean): World {
  const step = rules.device(world.device, { kind: 'pay-started', intent: null })
  if (step.answer.kind !== 'send-message') return world
  const message = { to: 'vault', kind: 'pay', slotId: step.answer.slotId, eid: world.device.stored.current.eid, right } as const
  return { ...send(world, message), device: step.state, pays: world.pays + 1 }
}

function deliverToVault(world: World, rules: Table, message: Message & { readonly to: 'vault' }): World {
  return message.kind === 'open' ? vaultOpens(world, rules, message) : vaultReceives(world, rules, message)
}

function vaultOpens(world: World, rules: Table, { q, eid }: { readonly q: string; readonly eid: string }): World {
  const slotId = `s${q}.${world.network.filter((message) => message.kind === 'slot').length}`
  const step = rules.vault(world.vault, {
    kind: 'open',
    match: findVaultEpoch(world.vault.stored, eid).match,
    nowMs: 0,
    challenge: 'r',
    retiringMacKey: macKey,
  })
  const { kind } = step.answer
  const given = kind === 'give-slot' ? rules.vault(step.state, { kind: 'slot-created', slotId, expiresAtMs: 1 }).state : step.state
  const after = commit(world, { ...step, state: given })
  if (kind === 'unknown' || kind === 'retry' || kind === 'stale' || kind === 'frozen') {
    return send(after, { to: 'device', kind: 'hint', q, word: kind })
  }
  const { last, counter, tries } = step.state.stored
  const shown = { last: last.state === 'none' ? noSlotId : last.slotId, lastState: lastStateCodes[last.state] }
  return send(after, { to: 'device', kind: 'slot', q, eid, slotId, counter, tries, ...shown })
}

function vaultReceives(world: World, rules: Table, pay: { readonly slotId: string; readonly eid: string; readonly right: boolean }): World {
  const facts = { slotId: pay.slotId, hash: `h${pay.slotId}${String(pay.right)}`, nowMs: 0 }
  const looked = rules.vault(world.vault, { kind: 'message-received', ...facts })
  if (looked.answer.kind === 'stored') {
    return send(world, { to: 'device', kind: 'done', slotId: pay.slotId, signed: world.vault.stored.last.state === 'done' })
  }
  if (looked.answer.kind !== 'verify-it' || pay.eid !== world.vault.stored.current.eid) return world
  const step = rules.vault(world.vault, { kind: 'message-accepted', attemptId: 'p', messageKind: 'pay', ...facts })
  return step.answer.kind === 'bound' ? { ...commit(world, step), cosigning: { slotId: pay.slotId, right: pay.right } } : world
}

function finishCosigning(world: World, rules: Table): World {
  const { cosigning } = world
  if (cosigning === null) return world
  const { slotId, right } = cosigning
  const step = rules.vault(
    world.vault,
    right
      ? { kind: 'cosignature-valid', messageKind: 'pay', slotId, done, pending: { eid: `e${slotId}`, secrets: null }, nowMs: 0 }
      : { kind: 'cosignature-invalid', slotId, done },
  )
  const answered = send({ ...commit(world, step), cosigning: null }, { to: 'device', kind: 'done', slotId, signed: right })
  if (!right) return answered
  if (world.signedSlots.includes(slotId)) return { ...answered, broken: 'a slot was signed twice' }
  return { ...answered, signedSlots: [...world.signedSlots, slotId] }
}

function deliverToDevice(world: World, rules: Table, message: Message & { readonly to: 'device' }): World {
  switch (message.kind) {
    case 'hint':
      return deviceHears(world, rules, message)
    case 'slot':
      return deviceGetsSlot(world, rules, message)
    case 'done': {
      const { slotId } = message
      const step = rules.device(
        world.device,
        message.signed
          ? { kind: 'done-received', slotId, status: 'signed', verified: true, pending: { eid: `e${slotId}`, secrets: null } }
          : { kind: 'done-received', slotId, status: 'wrong' },
      )
      const heardSigned = step.answer.kind === 'signed' ? [...world.heardSigned, slotId] : world.heardSigned
      return { ...world, device: step.state, heardSigned }
    }
  }
}

function deviceHears(world: World, rules: Table, { q, word }: Message & { readonly kind: 'hint' }): World {
  const step = rules.device(world.device, word === 'stale' ? { kind: 'stale-hint', q, challenge: 'r' } : { kind: 'open-hint', q, word })
  return { ...world, device: step.state, broken: step.answer.kind === 'alarm' ? 'an alarm without a copy' : world.broken }
}

function deviceGetsSlot(world: World, rules: Table, message: Message & { readonly kind: 'slot' }): World {
  const { attempt } = world.device.stored
  const last = { slotId: message.last, state: message.lastState }
  const step = rules.device(world.device, { ...message, kind: 'slot-received', verified: true, last })
  const after = { ...world, device: step.state }
  if (step.answer.kind === 'alarm') return { ...after, broken: 'an alarm without a copy' }
  if (step.answer.kind !== 'slot-accepted' || step.answer.settled === null || attempt === null) return after
  // A database that lost the commit of a signature cannot tell of it; what the device itself has verified stays true even then.
  const signed = (world.rollbacks === 0 ? world.signedSlots : world.heardSigned).includes(attempt.slotId)
  const said = step.answer.settled.outcome
  if (signed && said !== 'signed') return { ...after, broken: 'not signed, for a signed one' }
  return !world.signedSlots.includes(attempt.slotId) && said === 'signed' ? { ...after, broken: 'signed, for an unsigned one' } : after
}

function commit(world: World, step: VaultStep<null>): World {
  return { ...world, vault: step.state, beforeLatest: step.durable ? world.vault.stored : world.beforeLatest }
}

function send(world: World, message: Message): World {
  const key = messageKey(message)
  return world.network.some((sent) => messageKey(sent) === key) ? world : { ...world, network: [...world.network, message] }
}

/** What must hold in every world. */
function violation(world: World, rules: Table, finishable: Map<string, boolean>): string {
  if (world.broken !== '') return world.broken
  const { device, vault } = world
  const known = [vault.stored.current.eid, vault.stored.pending?.eid]
  if (!known.includes(device.stored.current.eid) && !known.includes(device.stored.pending?.eid ?? 'none')) return 'no epoch is common'
  // Whether a state can finish depends on what is stored alone.
  const key = `${deviceKey(device)}|${storedKey(vault.stored)}`
  const verdict = finishable.get(key) ?? canFinish(world, rules)
  finishable.set(key, verdict)
  return verdict ? '' : 'a state cannot finish'
}

/** From here on nothing is lost, nobody is killed and time passes: two opens at most, then a payment, then an open. */
function canFinish(world: World, rules: Table): boolean {
  const settled = openUntilSlot({ ...world, device: { ...world.device, memory: emptyDeviceMemory }, cosigning: null, network: [] }, rules)
  if (settled.device.memory.slot === null) return false
  const vault = { ...settled.vault, stored: { ...settled.vault.stored, tries: 5 } }
  const paid = lastDelivered(payDevice({ ...settled, device: withTries(settled.device), vault, network: [] }, rules, true), rules)
  if (paid.cosigning === null) return false
  const answered = lastDelivered(finishCosigning({ ...paid, network: [] }, rules), rules)
  const end = openUntilSlot({ ...answered, network: [] }, rules)
  const { current, pending } = end.device.stored
  return end.broken === '' && pending === null && current.eid === end.vault.stored.current.eid && end.device.memory.slot !== null
}

function withTries(device: Device): Device {
  return device.memory.slot === null ? device : { ...device, memory: { ...device.memory, slot: { ...device.memory.slot, tries: 5 } } }
}

function openUntilSlot(world: World, rules: Table): World {
  let now = world
  for (let round = 0; round < 4 && now.device.memory.slot === null; round += 1) {
    const { pending } = now.vault.stored
    if (pending !== null)
      now = { ...now, vault: { ...now.vault, stored: { ...now.vault.stored, pending: { ...pending, sinceMs: -10_000 } } } }
    now = lastDelivered(lastDelivered(openDevice({ ...now, network: [] }, rules), rules), rules)
  }
  return now
}

function lastDelivered(world: World, rules: Table): World {
  const message = world.network.at(-1)
  if (message === undefined) return world
  return message.to === 'vault' ? deliverToVault(world, rules, message) : deliverToDevice(world, rules, message)
}

function messageKey(message: Message): string {
  switch (message.kind) {
    case 'open':
      return `o${message.q}${message.eid}`
    case 'pay':
      return `p${message.slotId}${message.eid}${message.right}`
    case 'hint':
      return `h${message.q}${message.word}`
    case 'slot':
      return `s${message.slotId}${message.counter}${message.last}${message.lastState}${message.tries}${message.eid}`
    case 'done':
      return `d${message.slotId}${message.signed}`
  }
}

function storedKey({ current, pending, retired, tries, counter, last, frozen }: VaultStored<null>): string {
  const attempt = last.state === 'none' ? '' : `${last.slotId}${last.hash}`
  const old = retired.map((epoch) => epoch.eid).join('')
  return `${current.eid},${pending?.eid}${pending?.sinceMs},${old},${tries},${counter},${last.state}${attempt},${frozen ?? ''}`
}

function deviceKey({ stored }: Device): string {
  return `${stored.current.eid},${stored.pending?.eid},${stored.counter},${stored.last.slotId}${stored.last.state},${stored.attempt?.slotId}`
}

function worldKey(world: World): string {
  const { memory } = world.device
  const page = `${memory.opening?.q}${memory.opening?.eid},${memory.slot?.id},${memory.triesCurrent}`
  const vault = `${storedKey(world.vault.stored)},${world.vault.memory.slot?.id},${world.vault.memory.staleChallenge}`
  const rest = `${world.cosigning?.slotId}${world.cosigning?.right},${world.opens},${world.pays},${world.kills},${world.faults},${world.rollbacks}`
  const sent = world.network.map(messageKey).sort().join(';')
  return `${deviceKey(world.device)}|${page}|${vault}|${storedKey(world.beforeLatest)}|${rest}|${world.signedSlots.join()}|${world.heardSigned.join()}|${sent}`
}

function explore(rules: Table, bounds: Bounds, judge = violation): { readonly states: number; readonly violation: string } {
  const first = start()
  const seen = new Set([worldKey(first)])
  const finishable = new Map<string, boolean>()
  let layer = [first]
  while (layer.length > 0) {
    const next: World[] = []
    for (const world of layer) {
      for (const successor of successors(world, rules, bounds)) {
        const key = worldKey(successor)
        if (seen.has(key)) continue
        seen.add(key)
        const broken = judge(successor, rules, finishable)
        if (broken !== '') return { states: seen.size, violation: broken }
        next.push(successor)
      }
    }
    layer = next
  }
  return { states: seen.size, violation: '' }
}

const bounds = {
  accidents: { opens: 3, slots: 3, pays: 1, kills: 1, faults: 1, rollbacks: 0 },
  payments: { opens: 3, slots: 3, pays: 2, kills: 0, faults: 0, rollbacks: 0 },
  rollback: { opens: 3, slots: 3, pays: 1, kills: 0, faults: 0, rollbacks: 1 },
} satisfies Record<string, Bounds>

describe('custody invariant 9: after any interleaving some epoch is common, and every state can finish', () => {
  const check = (name: keyof typeof bounds, minimumStates: number): void => {
    const result = explore({ device: applyDeviceEvent, vault: applyVaultEvent }, bounds[name])
    expect(result.violation).toBe('')
    expect(result.states).toBeGreaterThan(minimumStates)
  }
  it('holds with loss, duplication, delay, a killed app and a restarted or crashed vault', () => check('accidents', 10_000), 30_000)
  it('holds when both payments go wrong in any order', () => check('payments', 10_000), 30_000)
  it('holds when the database loses its latest transaction', () => check('rollback', 5_000), 30_000)
})

const withoutPending = (state: Vault): Vault => ({ ...state, stored: { ...state.stored, pending: null } })

describe('custody invariant 9: the model sees a broken table', () => {
  const check = (table: Partial<Table>, expected: string, judge = violation): void => {
    expect(explore({ device: applyDeviceEvent, vault: applyVaultEvent, ...table }, bounds.accidents, judge).violation).toBe(expected)
  }
  it('when the vault keeps the pending epoch on an open under the current one', () =>
    check(
      {
        vault: (state, event) => {
          const step = applyVaultEvent(event.kind === 'message-accepted' ? withoutPending(state) : state, event)
          const isCurrent = event.kind === 'open' && event.match === 'current'
          return isCurrent ? { ...step, state: { ...step.state, stored: { ...step.state.stored, pending: state.stored.pending } } } : step
        },
      },
      'no epoch is common',
    ))
  it('when the device drops the current epoch at done', () =>
    check(
      {
        device: (state, event) => {
          const step = applyDeviceEvent(state, event)
          const { pending } = step.state.stored
          if (step.answer.kind !== 'signed' || pending === null) return step
          return { ...step, state: { ...step.state, stored: { ...step.state.stored, current: pending } } }
        },
      },
      'no epoch is common',
    ))
  it('when a slot survives its use', () =>
    check(
      {
        vault: (state, event) => {
          const step = applyVaultEvent(event.kind === 'message-accepted' ? withoutPending(state) : state, event)
          const { slot } = state.memory
          return event.kind === 'message-accepted' ? { ...step, state: { ...step.state, memory: { ...step.state.memory, slot } } } : step
        },
      },
      'a slot was signed twice',
      (world) => world.broken,
    ))
  it('when the vault commits to the next epoch as it signs', () =>
    check(
      {
        vault: (state, event) => {
          const step = applyVaultEvent(state, event)
          const { pending } = step.state.stored
          if (event.kind !== 'cosignature-valid' || pending === null) return step
          return { ...step, state: { ...step.state, stored: { ...step.state.stored, current: pending, pending: null } } }
        },
      },
      'no epoch is common',
    ))
  it('when the device takes an unauthenticated word for the outcome', () =>
    check(
      {
        device: (state, event) => {
          const step = applyDeviceEvent(state, event)
          if (event.kind !== 'open-hint' || event.word !== 'unknown' || step.answer.kind !== 'open-again') return step
          return { ...step, state: { ...step.state, stored: { ...step.state.stored, pending: null } } }
        },
      },
      'no epoch is common',
    ))
})
