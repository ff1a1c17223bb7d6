import { problem, type Problem } from '@symbolon/contracts/problems'
import type { RebindOpen, RebindOpened } from '@symbolon/contracts/rebind-api'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { decideRebindTokens } from '../rules/rebind.ts'
import { enrolmentSeconds, type RebindDependencies } from './enrolment-dependencies.ts'

/** Opens a rebind (docs/custody.md 14). The references are capabilities of 128 bits; a wrong one and another operator's answer alike. */
export async function openRebind(deps: RebindDependencies, request: RebindOpen): Promise<Result<RebindOpened, Problem>> {
  if (!deps.operatorIds.includes(request.operatorId)) return fail(problem('REQUEST_INVALID', { param: '/operatorId' }))
  const tokenReferenceIds = request.tokenReferenceIds.map((id) => hexToBytes(id))
  const operatorId = hexToBytes(request.operatorId)
  const tokens = decideRebindTokens({ tokenReferenceIds, operatorId }, await deps.rebinds.findTokens(tokenReferenceIds))
  if (!tokens.ok) return fail(problem(tokens.problem.kind === 'token-withheld' ? 'TOKEN_NOT_ACTIVE' : 'REQUEST_NOT_FOUND'))
  const now = deps.now()
  const [rebindId, nonce, expiresAt] = [deps.randomBytes(16), deps.randomBytes(16), now + enrolmentSeconds]
  await deps.rebinds.open({ rebindId, nonce, expiresAt, operatorId, tokenReferenceIds, walletId: hexToBytes(request.walletId) }, now)
  return ok({ rebindId: bytesToHex(rebindId), nonce: bytesToHex(nonce), expiresAt })
}
