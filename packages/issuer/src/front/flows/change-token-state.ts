import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { canBecome, type TokenState } from '../rules/token.ts'

/** Tokens by their reference. A change is durable once it resolves; false when the state was not `from` any more. */
export type TokenStore = {
  findState(tokenReferenceId: Uint8Array): Promise<TokenState | undefined>
  changeState(tokenReferenceId: Uint8Array, from: TokenState, to: TokenState): Promise<boolean>
}

/** The issuer's own word about a token: suspend, resume, delete. Asking for the state it has is no change and no problem. */
export async function changeTokenState(
  store: TokenStore,
  tokenReferenceId: Uint8Array,
  to: TokenState,
): Promise<Result<{ readonly state: TokenState }, Problem>> {
  const from = await store.findState(tokenReferenceId)
  if (from === undefined) return fail(problem('REQUEST_NOT_FOUND'))
  if (from === to) return ok({ state: to })
  if (!canBecome(from, to)) return fail(problem('TOKEN_NOT_ACTIVE'))
  return (await store.changeState(tokenReferenceId, from, to)) ? ok({ state: to }) : fail(problem('TOKEN_NOT_ACTIVE'))
}
