import { applyDeviceEvent, createDeviceState, type DeviceEvent, type DeviceState, type DeviceStep } from '@symbolon/custody/device'
import {
  applyVaultEvent,
  createVaultState,
  findVaultEpoch,
  pendingSettlesMs,
  type VaultEvent,
  type VaultState,
  type VaultStep,
  type VaultStored,
} from '@symbolon/custody/operator'
import type { Message, Purpose } from './messages.ts'

export type Device = DeviceState<null, null>
export type Vault = VaultState<null>
export type VaultRow = VaultStored<null>

/** What must hold in every world (docs/custody.md 7 and 17). The first four are told by the step that breaks them. */
export const invariants = [
  'no slot is signed twice',
  'never "not signed" for a signed one',
  'never "signed" for an unsigned one',
  'no alarm without a copy',
  'every bound attempt of a copy is noticed',
  'no wallet freezes without a copy',
  'nothing but a refresh is signed under an epoch that a refresh was demanded of',
  'tries count exactly the attempts that were not signed',
  'some epoch is common',
  'every state can finish',
  'every open is sent',
  'the table does not contradict itself',
] as const
export type Invariant = (typeof invariants)[number]

/** What a database keeps, and how many attempts of a copy are bound in it. */
export type Durable = { readonly row: VaultRow; readonly copyBound: number }

/** One state of everything: both halves of the table, the network, the accidents so far, and what the judge remembers. */
export type World = {
  readonly device: Device
  readonly vault: Vault
  readonly copyBound: number
  /** What the database falls back to when its latest transaction is lost. */
  readonly beforeLatest: Durable
  /** The attempt between TX1 and TX2. */
  readonly cosigning: { readonly slotId: string; readonly right: boolean; readonly purpose: Purpose } | null
  readonly nowMs: number
  /** Epochs that the vault held when a refresh was demanded: whoever was there then may know them. */
  readonly suspectEpochs: readonly string[]
  readonly network: readonly Message[]
  /** Epochs that a copy of the device's storage knows; null: nobody has copied it. */
  readonly copyEpochs: readonly string[] | null
  readonly copyActed: boolean
  readonly signedSlots: readonly string[]
  /** Attempts that were bound since the latest signature. */
  readonly unsigned: number
  readonly heardSigned: readonly string[]
  readonly used: Readonly<Record<keyof Bounds, number>>
  /** What broke in the step that led here; empty when nothing did. */
  readonly broken: Invariant | ''
}

/** How often each thing may happen. `replays`: opens from before a rollback are delivered after it. */
export type Bounds = {
  readonly opens: number
  readonly slots: number
  readonly pays: number
  readonly kills: number
  readonly restarts: number
  readonly rollbacks: number
  readonly replays: number
  readonly copies: number
  readonly copyOpens: number
  readonly copyPays: number
  readonly demands: number
}

/** One thing that can happen, and the world after it. */
export type Step = { readonly label: string; readonly world: World }

/** The functions under test: what vault and device run, or a mutant of them. */
export type Table = {
  readonly device: (state: Device, event: DeviceEvent<null, null>) => DeviceStep<null, null>
  readonly vault: (state: Vault, event: VaultEvent<null>) => VaultStep<null>
  readonly match: (row: VaultRow, eid: string) => 'current' | 'pending' | 'retired' | 'unknown'
}
export const realTable: Table = {
  device: applyDeviceEvent,
  vault: applyVaultEvent,
  match: (row, eid) => findVaultEpoch(row, eid).match,
}

const none = {
  opens: 0,
  slots: 0,
  pays: 0,
  kills: 0,
  restarts: 0,
  rollbacks: 0,
  replays: 0,
  copies: 0,
  copyOpens: 0,
  copyPays: 0,
  demands: 0,
}
export const noBounds: Bounds = none

/** A wallet right after its creation. */
export function createWorld(): World {
  const vault = createVaultState({ eid: '0', secrets: null })
  return {
    device: createDeviceState({ eid: '0', secrets: null }),
    vault,
    copyBound: 0,
    beforeLatest: { row: vault.stored, copyBound: 0 },
    cosigning: null,
    nowMs: 0,
    suspectEpochs: [],
    network: [],
    copyEpochs: null,
    copyActed: false,
    signedSlots: [],
    unsigned: 0,
    heardSigned: [],
    used: none,
    broken: '',
  }
}

/** The epoch that follows a signature: its number and the slot that made it, as δ and eid' come from that one exchange. */
export function nextEpoch(eid: string, slotId: string): string {
  return `${epochNumber(eid) + 1}:${slotId}`
}
export function epochNumber(eid: string): number {
  return Number(eid.split(':')[0])
}

export function count(world: World, ...names: readonly (keyof Bounds)[]): World['used'] {
  const used: Record<keyof Bounds, number> = { ...world.used }
  for (const name of names) used[name] += 1
  return used
}

/** Puts a message into the network, which is kept in order of its keys. */
export function send(world: World, message: Message): World {
  const { network } = world
  let place = 0
  for (const { key } of network) {
    if (key === message.key) return world
    if (key < message.key) place += 1
  }
  return { ...world, network: [...network.slice(0, place), message, ...network.slice(place)] }
}

/** Queries and slots of a copy are named so that the judge can tell whose attempt was bound. The protocol never reads the names. */
export function isOfCopy(name: string): boolean {
  return name.startsWith('c') || name.startsWith('sc')
}

function rowKey({ current, pending, retired, tries, counter, last, frozen, demand }: VaultRow, nowMs: number): string {
  const attempt = last.state === 'none' ? '' : `${last.slotId}${last.hash}`
  const old = retired.map((epoch) => epoch.eid).join('')
  // Of times only what the table asks of them: whether ten seconds are over, and what came first.
  const age = pending === null ? '' : `${nowMs - pending.sinceMs >= pendingSettlesMs}`
  const marked = demand === null ? '' : `${pending === null || pending.sinceMs > demand.sinceMs}`
  return `${current.eid},${pending?.eid}${age},${old},${tries},${counter},${last.state}${attempt},${frozen},${marked}`
}

function storedKey({ stored }: Device): string {
  return `${stored.current.eid},${stored.pending?.eid},${stored.counter},${stored.last.slotId}${stored.last.state},${stored.attempt?.slotId}`
}

/** What decides whether a state can finish: the two durable states. */
export function durableKey(world: World): string {
  return `${storedKey(world.device)}|${rowKey(world.vault.stored, world.nowMs)}`
}

/** Two worlds with the same key have the same future. */
export function worldKey(world: World): string {
  const { opening, slot, triesCurrent } = world.device.memory
  const { memory } = world.vault
  const { used } = world
  return [
    storedKey(world.device),
    `${opening?.q}${opening?.eid},${slot?.id},${triesCurrent}`,
    rowKey(world.vault.stored, world.nowMs),
    `${memory.slot?.id},${memory.staleChallenge},${world.copyBound}`,
    used.rollbacks === 0 ? `${rowKey(world.beforeLatest.row, world.nowMs)},${world.beforeLatest.copyBound}` : '',
    `${world.cosigning?.slotId}${world.cosigning?.right}${world.cosigning?.purpose},${world.suspectEpochs.join()}`,
    `${used.opens},${used.pays},${used.kills},${used.restarts},${used.rollbacks},${used.copyOpens},${used.copyPays},${used.demands}`,
    `${world.copyEpochs?.join()}${world.copyActed}`,
    `${world.signedSlots.join()};${world.heardSigned.join()}`,
    world.network
      .map(({ key }) => key)
      .toSorted()
      .join(';'),
  ].join('|')
}
