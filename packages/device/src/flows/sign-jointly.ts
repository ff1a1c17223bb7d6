import type { Problem, ProblemCode } from '@symbolon/contracts/problems'
import type { Payment } from '@symbolon/contracts/merchant-api'
import { wipe, type SignableMessage, type Slot } from '@symbolon/custody/device'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { decideAfterRefusal, decideFromSettled, isBusy, isSlotUsable } from '../rules/attempt.ts'
import type { Intent } from '../rules/wallet-content.ts'
import { openSlot, type Settled } from './open-slot.ts'
import { getContent, stretchIfAny, type FlowDependencies, type Session } from './session.ts'
import { refreshRequest } from './refresh-request.ts'
import { signOnce, type SigningWork } from './sign-once.ts'

export type SigningRequest = {
  readonly intent: Intent
  readonly pin: string
  /** The PIN of the next epoch where it is not to be the same. It enters nothing durable before row 12. */
  readonly nextPin?: string
  /** The message for this slot; called again for each slot, always with the same attempt id. */
  readonly buildMessage: (slot: Slot, expiresAt: number) => SignableMessage
}

/** What leaves a signed exchange. `recordPad` is R of this call (docs/custody.md 11); its exporter is gone afterwards. */
export type JointSignature = {
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly deviceKeyKind: 0 | 1
  readonly deviceSignature: Uint8Array
  readonly payload: Uint8Array
  readonly recordPad: Uint8Array
  readonly payment?: Payment
}

/**
 * `signed-unseen`: the vault's slot says that it signed, but its answer never came. `lost`: the message left and nothing
 * authenticated is known of it yet.
 */
export type SigningOutcome =
  | { readonly kind: 'signed'; readonly joint: JointSignature }
  | { readonly kind: 'signed-unseen' }
  | { readonly kind: 'wrong-pin'; readonly triesLeft: number }
  | { readonly kind: 'locked' }
  | { readonly kind: 'lost' }

// The stretched PIN stays in RAM for one minute at most (docs/custody.md 12), however often the vault has to be opened again.
const pinLifetimeMs = 60_000
const maximumAttempts = 6
const busyWaitMs = 1_000
const endings: ReadonlySet<ProblemCode> = new Set(['CUSTODY_FROZEN', 'CUSTODY_CLOSED'])

/**
 * One joint signature: open if needed, pay, and on VOID once more without asking for the PIN again. What the vault says without its
 * signature never ends an attempt: the next signed slot does. A passkey signs the slot too, so every further slot is another gesture.
 */
export async function signJointly(
  deps: FlowDependencies,
  session: Session,
  request: SigningRequest,
): Promise<Result<SigningOutcome, Problem>> {
  const startedAtMs = deps.clock.monotonicMs()
  const { protection, pinSalt } = getContent(session)
  const stretch = (pin: string): Promise<Uint8Array> => stretchIfAny(deps, { protection, pin, pinSalt })
  const stretchedPin = await stretch(request.pin)
  const nextStretchedPin = request.nextPin === undefined ? stretchedPin : await stretch(request.nextPin)
  try {
    return await attempt(deps, session, { request, stretchedPin, nextStretchedPin, startedAtMs })
  } finally {
    wipe(stretchedPin, nextStretchedPin)
  }
}

type Attempt = {
  readonly request: SigningRequest
  readonly stretchedPin: Uint8Array
  readonly nextStretchedPin: Uint8Array
  readonly startedAtMs: number
}

async function attempt(deps: FlowDependencies, session: Session, work: Attempt): Promise<Result<SigningOutcome, Problem>> {
  let sending = work.request
  let refusal: Problem | undefined
  let isRefreshed = false
  for (let count = 0; ; count += 1) {
    const ready = await haveSlot(deps, session)
    if (!ready.ok) return refusal === undefined || endings.has(ready.problem.code) ? ready : ok({ kind: 'lost' })
    const { triesLeft } = getContent(session)
    const decision = decideFromSettled(ready.value, sending.intent, count > 0)
    if (decision === 'signed-unseen') return ok({ kind: 'signed-unseen' })
    if (decision === 'wrong-pin') return ok({ kind: 'wrong-pin', triesLeft })
    if (triesLeft === 0) return ok({ kind: 'locked' })
    // Only now, with the signed word that nothing was signed, may an earlier refusal be acted on or told.
    const next = refusal === undefined ? 'again' : decideNext(deps, work, { refusal, isRefreshed, count })
    if (next === 'tell' && refusal !== undefined) return fail(refusal)
    if (next === 'refresh') sending = { pin: work.request.pin, ...refreshRequest(deps, session) }
    if (refusal !== undefined && isBusy(refusal.code)) await deps.clock.wait(busyWaitMs)
    const answered = await signOnce(deps, session, workOf(work, sending))
    if (answered.ok && (sending === work.request || answered.value.kind !== 'signed')) return answered
    refusal = answered.ok ? undefined : answered.problem
    // The demanded refresh is done, under the PIN at hand; what the person confirmed goes on under the new epoch.
    if (answered.ok) [sending, isRefreshed] = [work.request, true]
  }
}

type Refused = { readonly refusal: Problem; readonly isRefreshed: boolean; readonly count: number }

// One refresh for one confirmation: the word that demands it is not authenticated.
function decideNext(deps: FlowDependencies, work: Attempt, { refusal, isRefreshed, count }: Refused): 'again' | 'refresh' | 'tell' {
  if (isOver(deps, work, count)) return 'tell'
  if (refusal.code === 'CUSTODY_REFRESH_REQUIRED' && !isRefreshed) return 'refresh'
  return decideAfterRefusal(refusal.code, count)
}

function workOf({ request, stretchedPin, nextStretchedPin }: Attempt, sending: SigningRequest): SigningWork {
  return { request: sending, stretchedPin, nextStretchedPin: sending === request ? nextStretchedPin : stretchedPin }
}

function isOver(deps: FlowDependencies, { startedAtMs }: Attempt, count: number): boolean {
  return count >= maximumAttempts || deps.clock.monotonicMs() - startedAtMs > pinLifetimeMs
}

async function haveSlot(deps: FlowDependencies, session: Session): Promise<Result<Settled | null, Problem>> {
  const { slot } = session
  const { pending, attempt: unsettled } = getContent(session).stored
  const isFresh = slot !== undefined && isSlotUsable(slot, deps.clock.monotonicMs())
  if (isFresh && pending === null && unsettled === null) return ok(null)
  const opened = await openSlot(deps, session)
  return opened.ok ? ok(opened.value.settled) : opened
}
