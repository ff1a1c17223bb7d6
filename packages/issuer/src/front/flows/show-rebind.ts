import { NetworkName } from '@symbolon/contracts/limits'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { Rebind } from '@symbolon/contracts/rebind-api'
import { bytesToBase64url, bytesToHex, hexToBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import { Value } from 'typebox/value'
import type { BoundToken } from '../rules/rebind.ts'
import type { RebindDependencies } from './enrolment-dependencies.ts'
import type { Grant } from './enrolment-store.ts'
import type { RebindRecord } from './rebind-store.ts'

/** What stands of a rebind at this moment; changes nothing. */
export async function showRebind(deps: RebindDependencies, rebindId: string): Promise<Result<Rebind, Problem>> {
  const rebind = await deps.rebinds.find(hexToBytes(rebindId))
  if (rebind === undefined) return fail(problem('REQUEST_NOT_FOUND'))
  return ok(describeRebind(rebind, await deps.rebinds.findTokens(rebind.tokenReferenceIds), deps))
}

export function isRebindOver(rebind: RebindRecord, now: number): boolean {
  return (rebind.state === 'open' || rebind.state === 'awaiting_approval') && now >= rebind.expiresAt
}

export function describeRebind(
  rebind: RebindRecord,
  tokens: readonly BoundToken[],
  deps: Pick<RebindDependencies, 'origin' | 'now'>,
): Rebind {
  const rebindId = bytesToHex(rebind.rebindId)
  if (isRebindOver(rebind, deps.now())) return { rebindId, state: 'expired' }
  const { state, submission, grants } = rebind
  switch (state) {
    case 'open':
    case 'refused':
      return { rebindId, state }
    case 'awaiting_approval':
      assert(submission !== undefined, 'a rebind that awaits approval was submitted')
      return { rebindId, state, proof: submission.proof, approvalUrl: `${deps.origin}/rebind/${rebindId}` }
    case 'active':
      return { rebindId, state, tokens: (grants ?? []).map((grant) => describeToken(grant, tokens)) }
  }
}

function describeToken(grant: Grant, tokens: readonly BoundToken[]): NonNullable<Rebind['tokens']>[number] {
  const token = tokens.find(({ tokenReferenceId }) => isEqualBytes(tokenReferenceId, grant.tokenReferenceId))
  assert(token !== undefined && Value.Check(NetworkName, token.network), 'a token that was granted exists')
  return {
    tokenReferenceId: bytesToHex(grant.tokenReferenceId),
    network: token.network,
    lastFour: token.lastFour,
    grant: bytesToBase64url(grant.frame),
    signature: bytesToBase64url(grant.signature),
  }
}
