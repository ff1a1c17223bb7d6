import type { Enrolment } from '@symbolon/contracts/issuer-api'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { bytesToBase64url, bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { EnrolmentDependencies } from './enrolment-dependencies.ts'
import type { EnrolmentRecord, Submission } from './enrolment-store.ts'

/** What stands of an enrolment at this moment; changes nothing. */
export async function showEnrolment(deps: EnrolmentDependencies, enrolmentId: string): Promise<Result<Enrolment, Problem>> {
  const enrolment = await deps.store.find(hexToBytes(enrolmentId))
  return enrolment === undefined ? fail(problem('REQUEST_NOT_FOUND')) : ok(describeEnrolment(enrolment, deps.origin, deps.now()))
}

function describeSubmission({ network, lastFour, keyProtection }: Submission): Pick<Enrolment, 'network' | 'lastFour' | 'keyProtection'> {
  return { network, lastFour, keyProtection }
}

export function isOver(enrolment: EnrolmentRecord, now: number): boolean {
  return (enrolment.state === 'open' || enrolment.state === 'awaiting_approval') && now >= enrolment.expiresAt
}

export function describeEnrolment(enrolment: EnrolmentRecord, origin: string, now: number): Enrolment {
  const enrolmentId = bytesToHex(enrolment.enrolmentId)
  if (isOver(enrolment, now)) return { enrolmentId, state: 'expired' }
  const { state, submission, grant } = enrolment
  switch (state) {
    case 'open':
    case 'refused':
      return { enrolmentId, state }
    case 'awaiting_approval':
      return { enrolmentId, state, approvalUrl: `${origin}/approve/${enrolmentId}` }
    case 'active':
      return {
        enrolmentId,
        state,
        ...(submission === undefined ? {} : describeSubmission(submission)),
        ...(grant === undefined
          ? {}
          : {
              tokenReferenceId: bytesToHex(grant.tokenReferenceId),
              grant: bytesToBase64url(grant.frame),
              signature: bytesToBase64url(grant.signature),
            }),
      }
  }
}
