import type { EnrolmentOpen, EnrolmentOpened } from '@symbolon/contracts/issuer-api'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { enrolmentSeconds, type EnrolmentDependencies } from './enrolment-dependencies.ts'

/** Opens an enrolment of a wallet with an operator this issuer works with. The id is the capability to everything that follows. */
export async function openEnrolment(deps: EnrolmentDependencies, request: EnrolmentOpen): Promise<Result<EnrolmentOpened, Problem>> {
  if (!deps.operatorIds.includes(request.operatorId)) return fail(problem('REQUEST_INVALID', { param: '/operatorId' }))
  const now = deps.now()
  const enrolmentId = deps.randomBytes(16)
  const nonce = deps.randomBytes(16)
  const expiresAt = now + enrolmentSeconds
  await deps.store.open(
    { enrolmentId, nonce, expiresAt, walletId: hexToBytes(request.walletId), operatorId: hexToBytes(request.operatorId) },
    now,
  )
  return ok({ enrolmentId: bytesToHex(enrolmentId), nonce: bytesToHex(nonce), expiresAt })
}
