import type { Directory } from '@symbolon/contracts/directory'
import {
  applyDeviceEvent,
  emptyDeviceMemory,
  type DeviceAnswer,
  type DeviceEvent,
  type DeviceMemory,
  type Primitives,
  type Slot,
} from '@symbolon/custody/device'
import { assert, type Result } from '@symbolon/formats/result'
import type { IssuerApi } from '../adapters/issuer-api.ts'
import type { OperatorApi } from '../adapters/operator-api.ts'
import type { StorageProblem, WalletStore } from '../adapters/wallet-store.ts'
import type { Clock, DeviceKey, RandomBytes, StretchPin, Transport } from '../ports.ts'
import type { EpochSecrets, Intent, WalletContent, WalletProtection } from '../rules/wallet-content.ts'
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
  memory: DeviceMemory
  /** The accepted slot with all its fields, and when it came. */
  slot: { readonly fields: Slot; readonly receivedAtMs: number } | undefined
}

export async function startSession(store: WalletStore): Promise<Result<Session, StorageProblem>> {
  const content = await store.load()
  if (!content.ok) return content
  return { ok: true, value: { store, content: content.value, memory: emptyDeviceMemory, slot: undefined } }
}

export function getContent(session: Session): WalletContent {
  assert(session.content !== undefined, 'a flow that needs a wallet runs only with one')
  return session.content
}

/** Applies one event of the state table (2-custody 1.5). When the step is durable, nothing that follows runs before the flush. */
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

/** t = argon2id(PIN, salt_a), or nothing where the passkey is the only factor (2-custody 1.7). */
export async function stretchIfAny(
  deps: Pick<FlowDependencies, 'stretchPin'>,
  { protection, pin, pinSalt }: { readonly protection: WalletProtection; readonly pin: string; readonly pinSalt: Uint8Array },
): Promise<Uint8Array> {
  return protection === 'passkey' ? new Uint8Array() : await deps.stretchPin(pin, pinSalt)
}

function shownOf({ triesLeft, isFrozen, purchases, cards }: WalletContent): unknown {
  return { triesLeft, isFrozen, purchases, cards }
}
