import type { Directory } from '@symbolon/contracts/directory'
import {
  applyDeviceEvent,
  emptyDeviceMemory,
  wipe,
  type DeviceAnswer,
  type DeviceEvent,
  type DeviceMemory,
  type Primitives,
  type Slot,
} from '@symbolon/custody/device'
import { hexToBytes } from '@symbolon/formats/bytes'
import { assert, type Result } from '@symbolon/formats/result'
import type { FrozenReason } from '@symbolon/contracts/problems'
import type { IssuerApi } from '../adapters/issuer-api.ts'
import type { OperatorApi } from '../adapters/operator-api.ts'
import type { StorageProblem, WalletStore } from '../adapters/wallet-store.ts'
import type { Clock, DeviceKey, RandomBytes, StretchPin, Transport } from '../ports.ts'
import type { Closing, EpochSecrets, Intent, WalletContent, WalletProtection } from '../rules/wallet-content.ts'
import type { Trust } from './trust.ts'

/** What every flow works with. */
export type FlowDependencies = {
  readonly directory: Directory
  readonly trust: Trust
  readonly operator: OperatorApi
  readonly issuers: IssuerApi
  readonly transport: Transport
  readonly deviceKey: DeviceKey
  readonly clock: Clock
  readonly primitives: Primitives
  readonly randomBytes: RandomBytes
  readonly stretchPin: StretchPin
}

/** The wallet while its storage is held: what is durable, and what dies with the page. Changed only here, one flow at a time. */
export type Session = {
  readonly store: WalletStore
  content: WalletContent | undefined
  /** What is left of a wallet that was closed here, until another is made. */
  closing: Closing | undefined
  memory: DeviceMemory
  /** Why the vault says that the wallet is frozen. Without a signature, so it lives no longer than the page. */
  heardFrozen: FrozenReason | undefined
  /** The accepted slot with all its fields, and when it came. */
  slot: { readonly fields: Slot; readonly receivedAtMs: number } | undefined
}

export async function startSession(store: WalletStore): Promise<Result<Session, StorageProblem>> {
  const loaded = await store.load()
  if (!loaded.ok) return loaded
  const content = loaded.value?.kind === 'open' ? loaded.value.content : undefined
  const closing = loaded.value?.kind === 'closed' ? loaded.value.closing : undefined
  const session: Session = { store, content, closing, memory: emptyDeviceMemory, heardFrozen: undefined, slot: undefined }
  // What was cut off between two writes is ended before anything else begins.
  if (closing !== undefined) await store.wipeRecordHalves()
  await moveRecordHalves(session)
  return { ok: true, value: session }
}

/**
 * Row 5 for record halves (docs/custody.md 11): the promoted epoch keeps rec' until every half has moved, and each half names its epoch, so
 * that a kill between any two writes moves no half twice and none not at all.
 */
export async function moveRecordHalves(session: Session): Promise<void> {
  const { current } = session.content?.stored ?? {}
  if (current?.secrets.recordKey === undefined) return
  const { recordKey, ...secrets } = current.secrets
  await session.store.moveRecordHalves({ epochId: hexToBytes(current.eid), recordKey })
  await changeContent(session, (content) => ({ ...content, stored: { ...content.stored, current: { ...current, secrets } } }))
  wipe(recordKey)
}

/** Keeps the statement and overwrites everything else of the wallet, in place. Cut off in between, the next start ends it. */
export async function keepClosing(session: Session, closing: Closing): Promise<void> {
  await session.store.saveClosing(closing)
  await session.store.wipeRecordHalves()
  Object.assign(session, { content: undefined, closing, memory: emptyDeviceMemory, heardFrozen: undefined, slot: undefined })
}

export function getContent(session: Session): WalletContent {
  assert(session.content !== undefined, 'a flow that needs a wallet runs only with one')
  return session.content
}

/** Applies one event of the state table (docs/custody.md 7). When the step is durable, nothing that follows runs before the flush. */
export async function applyEvent(
  session: Session,
  event: DeviceEvent<EpochSecrets, Intent>,
  alsoChange: (content: WalletContent, answer: DeviceAnswer<Intent>) => WalletContent = (content) => content,
): Promise<DeviceAnswer<Intent>> {
  const before = getContent(session)
  const step = applyDeviceEvent({ stored: before.stored, memory: session.memory }, event)
  session.memory = step.state.memory
  if (session.memory.slot === null) session.slot = undefined
  const after = alsoChange({ ...before, stored: step.state.stored }, step.answer)
  if (step.durable || JSON.stringify(shownOf(after)) !== JSON.stringify(shownOf(before))) await session.store.save(after)
  session.content = after
  return step.answer
}

/** Stores a change outside the state table: cards and purchases. */
export async function changeContent(session: Session, change: (content: WalletContent) => WalletContent): Promise<void> {
  const changed = change(getContent(session))
  await session.store.save(changed)
  session.content = changed
}

/** t = argon2id(PIN, salt_a), or nothing where the passkey is the only factor (docs/custody.md 9). */
export async function stretchIfAny(
  deps: Pick<FlowDependencies, 'stretchPin'>,
  { protection, pin, pinSalt }: { readonly protection: WalletProtection; readonly pin: string; readonly pinSalt: Uint8Array },
): Promise<Uint8Array> {
  return protection === 'passkey' ? new Uint8Array() : await deps.stretchPin(pin, pinSalt)
}

function shownOf({ triesLeft, isFrozen, purchases, cards, pinChange }: WalletContent): unknown {
  return { triesLeft, isFrozen, purchases, cards, pinChange }
}
