import { problem, type Problem } from '@symbolon/contracts/problems'
import { joinRecord } from '@symbolon/custody/device'
import { hexToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { ShowCardOutcome } from '../wallet-types.ts'
import { getContent, type FlowDependencies, type Session } from './session.ts'
import { signJointly } from './sign-jointly.ts'

/** Joins the two halves of a card's record (docs/custody.md 11): the vault gives its half only against a joint signature. */
export async function showCard(
  deps: FlowDependencies,
  session: Session,
  { tokenReferenceId, pin }: { readonly tokenReferenceId: string; readonly pin: string },
): Promise<Result<ShowCardOutcome, Problem>> {
  const { walletId, cards } = getContent(session)
  const stored = cards.find(({ card }) => card.tokenReferenceId === tokenReferenceId)
  if (stored === undefined) return fail(problem('WALLET_CARD_MISSING'))
  if (stored.card.isRecordMissing === true) return fail(problem('WALLET_RECORD_MISSING'))
  const signed = await signJointly(deps, session, {
    pin,
    intent: { kind: 'record', paymentAttemptId: stored.recordId },
    buildMessage: ({ slotHash }, expiresAt) => ({
      kind: 'record',
      walletId: hexToBytes(walletId),
      slotHash,
      paymentAttemptId: hexToBytes(stored.recordId),
      expiresAt,
    }),
  })
  if (!signed.ok) return signed
  if (signed.value.kind === 'lost' || signed.value.kind === 'signed-unseen') return fail(problem('SERVICE_FAULT'))
  if (signed.value.kind !== 'signed') return ok(signed.value)
  // Only now: an epoch that was still pending may have moved the half on the way here.
  const half = await session.store.findRecordHalf(stored.recordId)
  if (half === undefined) return fail(problem('WALLET_STORAGE_DAMAGED'))
  const card = joinRecord(
    { walletId: hexToBytes(walletId), recordId: half.recordId },
    { deviceHalf: half.half, vaultHalf: signed.value.joint.payload, commitment: half.commitment },
  )
  return card.ok ? ok({ kind: 'shown', card: card.value }) : fail(problem('WALLET_ANSWER_UNVERIFIED'))
}
