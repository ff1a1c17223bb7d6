import { encodeGrant } from '@symbolon/custody/issuer'
import { hexToBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { Fault } from '@symbolon/formats/result'
import { decideLimitedUntil } from '../rules/rebind.ts'
import { derivePaymentAccountReference, derivePaymentToken, deriveTokenExpiry, walletChannels } from '../rules/token.ts'
import { createRebinding } from './create-rebinding.ts'
import type { EnrolmentDependencies } from './enrolment-dependencies.ts'
import type { EnrolmentRecord, NewToken, Submission } from './enrolment-store.ts'
import { isOver } from './show-enrolment.ts'

export type Press = {
  readonly decision: 'approve' | 'refuse'
  readonly formToken: string
  /** The person says to have been identified in full: what stands for that in the sandbox. */
  readonly isIdentified?: boolean
  /** The token whose wallet the new one replaces; undefined adds a wallet beside the others. */
  readonly replaces?: string
}
export type PressOutcome = 'approved' | 'refused' | 'gone' | 'stale' | 'unidentified'

const tokenDraws = 8
const firstGrantNumber = 1

/**
 * A person pressed a button on the approval page. The form token makes it count once; approving creates the payment token and the
 * signed grant in the transaction that spends the form token.
 */
export async function decideEnrolment(deps: EnrolmentDependencies, enrolmentId: string, press: Press): Promise<PressOutcome> {
  const enrolment = await deps.store.find(hexToBytes(enrolmentId))
  if (enrolment === undefined || isOver(enrolment, deps.now())) return 'gone'
  if (enrolment.state === 'active') return 'approved'
  if (enrolment.state === 'refused') return 'refused'
  if (enrolment.state === 'open' || enrolment.submission === undefined) return 'gone'
  if (press.decision === 'refuse') return (await deps.store.refuse(enrolment.enrolmentId, press.formToken)) ? 'refused' : 'stale'
  return press.replaces === undefined
    ? approve(deps, enrolment, { submission: enrolment.submission, formToken: press.formToken })
    : replace(deps, enrolment, { submission: enrolment.submission, press, replaces: hexToBytes(press.replaces) })
}

/** Rebind by card re-entry (docs/custody.md 14): no old device key can stand for it, so identification does. */
async function replace(
  deps: EnrolmentDependencies,
  enrolment: EnrolmentRecord,
  { submission, press, replaces }: { readonly submission: Submission; readonly press: Press; readonly replaces: Uint8Array },
): Promise<PressOutcome> {
  if (press.isIdentified !== true) return 'unidentified'
  const others = await deps.bindings.findOthers(submission.accountKey, enrolment.walletId)
  const token = others.find(({ tokenReferenceId }) => isEqualBytes(tokenReferenceId, replaces))
  if (token === undefined || token.suspension?.by === 'office') return 'stale'
  const now = deps.now()
  const outcome = await deps.store.approveReplacement(enrolment, {
    formToken: press.formToken,
    now,
    rebinding: createRebinding(deps, token, enrolment.walletId),
    limitedUntil: decideLimitedUntil('identification', deps.newBindingLimits, now),
  })
  return outcome === 'approved' ? 'approved' : 'stale'
}

async function approve(
  deps: EnrolmentDependencies,
  enrolment: EnrolmentRecord,
  approval: { readonly submission: Submission; readonly formToken: string },
): Promise<PressOutcome> {
  for (let draw = 0; draw < tokenDraws; draw += 1) {
    const outcome = await deps.store.approve(enrolment, approval.formToken, createToken(deps, enrolment, approval.submission))
    switch (outcome) {
      case 'approved':
        return 'approved'
      case 'conflict':
        return 'stale'
      case 'taken':
        continue
    }
  }
  // Eight draws in a row were taken: the range is practically used up, which only a new range mends.
  throw new Fault('SERVICE_FAULT', { retry: 'never' })
}

function createToken(deps: EnrolmentDependencies, enrolment: EnrolmentRecord, submission: Submission): NewToken {
  const now = deps.now()
  const tokenReferenceId = deps.randomBytes(16)
  const { network, lastFour } = submission
  const frame = encodeGrant({
    issuerId: deps.issuerId,
    walletId: enrolment.walletId,
    tokenReferenceId,
    network,
    lastFour,
    grantNumber: firstGrantNumber,
  })
  return {
    grant: { tokenReferenceId, frame, signature: deps.keys.certify(frame) },
    paymentToken: derivePaymentToken(deps.tokenRange, deps.randomBytes(16)),
    paymentAccountReference: derivePaymentAccountReference(deps.randomBytes(25)),
    tokenExpiry: deriveTokenExpiry(now),
    channels: walletChannels,
    createdAt: now,
  }
}
