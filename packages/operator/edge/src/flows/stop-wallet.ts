import { problem, type Problem } from '@symbolon/contracts/problems'
import { hashStopCode, parseStopCode } from '@symbolon/custody/operator'
import { bytesToHex } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { Vault } from './ports.ts'
import { freezeTokens, type FreezeDependencies } from './freeze-tokens.ts'

/**
 * Whoever has the stop code of a wallet stops it, from any device and without the wallet: the vault freezes it, and none of its cards
 * pays here. The answer does not tell whether a wallet has this code.
 */
export async function stopWallet(deps: FreezeDependencies & { readonly vault: Vault }, typed: string): Promise<Result<undefined, Problem>> {
  const code = parseStopCode(typed)
  if (!code.ok) return fail(problem('REQUEST_INVALID', { param: '/code' }))
  const { walletId } = await deps.vault.stop(bytesToHex(hashStopCode(code.value)))
  if (walletId !== undefined) await freezeTokens(deps, walletId, 'stop-code')
  return ok(undefined)
}
