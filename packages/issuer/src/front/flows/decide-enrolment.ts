import { encodeGrant } from '@symbolon/custody/issuer'
import { hexToBytes } from '@symbolon/formats/bytes'
import { Fault } from '@symbolon/formats/result'
import { derivePaymentAccountReference, derivePaymentToken, deriveTokenExpiry, walletChannels } from '../rules/token.ts'
import type { EnrolmentDependencies } from './enrolment-dependencies.ts'
import type { EnrolmentRecord, NewToken, Submission } from './enrolment-store.ts'
import { isOver } from './show-enrolment.ts'

export type Press = { readonly decision: 'approve' | 'refuse'; readonly formToken: string }
export type PressOutcome = 'approved' | 'refused' | 'gone' | 'stale'

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
  return approve(deps, enrolment, { submission: enrolment.submission, formToken: press.formToken })
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
