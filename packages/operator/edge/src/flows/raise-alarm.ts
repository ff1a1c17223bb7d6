import type { Problem } from '@symbolon/contracts/problems'
import type { CustodyMessage } from '@symbolon/contracts/wallet-api'
import type { Result } from '@symbolon/formats/result'
import type { Vault } from './ports.ts'
import { freezeTokens, type FreezeDependencies } from './freeze-tokens.ts'

/** A device that met a copy of itself: the vault verifies and freezes first, then no card of the wallet pays here either. */
export async function raiseAlarm(
  deps: FreezeDependencies & { readonly vault: Vault },
  walletId: string,
  message: CustodyMessage,
): Promise<Result<undefined, Problem>> {
  const verified = await deps.vault.alarm(walletId, message)
  if (verified.ok) await freezeTokens(deps, walletId, 'alarm')
  return verified
}
