import type { ProblemCode } from '@symbolon/contracts/problems'
import type { AttemptOutcome } from '@symbolon/custody/device'
import type { Intent } from './wallet-content.ts'

/** Seconds that a message stays good after the vault's clock at signing (docs/custody.md 2). */
export const messageLifetimeSeconds = 60
// A message that is sent on a slot about to die only earns a VOID.
const slotMarginSeconds = 3

export type SlotTimes = {
  readonly fields: { readonly now: number; readonly expiresAt: number }
  readonly receivedAtMs: number
}

/** Whether the slot still lives at the vault, by the vault's own clock plus the time since it came. */
export function isSlotUsable(slot: SlotTimes, monotonicMs: number): boolean {
  return vaultSecondsNow(slot, monotonicMs) + slotMarginSeconds < slot.fields.expiresAt
}

/** `exp` of a message: slot.now + elapsed + 60, so that the device's wall clock does not matter (docs/custody.md 2). */
export function messageExpiry(slot: SlotTimes, monotonicMs: number): number {
  return vaultSecondsNow(slot, monotonicMs) + messageLifetimeSeconds
}

function vaultSecondsNow({ fields, receivedAtMs }: SlotTimes, monotonicMs: number): number {
  return fields.now + Math.max(0, Math.floor((monotonicMs - receivedAtMs) / 1_000))
}

const retried: ReadonlySet<ProblemCode> = new Set([
  'CUSTODY_VOID',
  'CUSTODY_CONFLICT',
  'CUSTODY_RETRY',
  'PAYMENT_CONFIRMATION_RUNNING',
  'REQUEST_TOO_MANY',
  'SERVICE_BUG',
  'SERVICE_FAULT',
])

/**
 * What to do about a refusal, after a signed slot has said that nothing was signed: `again` spends another slot and no PIN entry,
 * `tell` hands the refusal to the person. A message that the vault rejects is tried once under a fresh slot.
 */
export function decideAfterRefusal(code: ProblemCode, attemptCount: number): 'again' | 'tell' {
  if (code === 'CUSTODY_REJECTED') return attemptCount < 2 ? 'again' : 'tell'
  return retried.has(code) ? 'again' : 'tell'
}

/** Refusals after which waiting a second helps: somebody else is busy with this payment or this wallet. */
export function isBusy(code: ProblemCode): boolean {
  return code === 'PAYMENT_CONFIRMATION_RUNNING' || code === 'REQUEST_TOO_MANY'
}

export type SettledAttempt = { readonly intent: Intent; readonly outcome: AttemptOutcome }

/**
 * What the end of the attempt before means for this one. A purchase that was signed is never signed again, whenever that was; a wrong
 * PIN counts only when it was this very confirmation's; lookups and bindings are simply signed again.
 */
export function decideFromSettled(
  settled: SettledAttempt | null,
  intent: Intent,
  isOwnAttempt: boolean,
): 'signed-unseen' | 'wrong-pin' | 'go-on' {
  if (settled?.intent.paymentAttemptId !== intent.paymentAttemptId || settled.intent.kind !== intent.kind) return 'go-on'
  if (settled.outcome === 'signed' && intent.kind === 'pay') return 'signed-unseen'
  return settled.outcome === 'wrong-pin' && isOwnAttempt ? 'wrong-pin' : 'go-on'
}
