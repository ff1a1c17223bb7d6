import type { SuspensionCause } from '@symbolon/contracts/issuer-link'
import type { Problem } from '@symbolon/contracts/problems'
import type { Result } from '@symbolon/formats/result'
import type { IssuerLink } from './ports.ts'
import type { TokenStore } from './stores.ts'

export type FreezeDependencies = {
  readonly tokens: TokenStore
  readonly link: Pick<IssuerLink, 'suspend'>
  readonly inBackground: (work: Promise<unknown>) => void
}
const batchSize = 100

/**
 * A wallet froze or was closed: no card of it pays here from now on, and each issuer is told. The suspension is durable before this
 * resolves; telling is retried by the sweeper until the link has stored it.
 */
export async function freezeTokens(deps: FreezeDependencies, walletId: string, cause: SuspensionCause): Promise<void> {
  await deps.tokens.suspendAll(walletId, cause)
  deps.inBackground(tellIssuers(deps))
}

/**
 * Passes on what the vault answered. A wallet that the vault calls frozen may have frozen without edge: it stayed away, or edge died
 * before it could write the alarm down.
 */
export async function freezeIfFrozen<Value>(
  deps: FreezeDependencies,
  walletId: string,
  answered: Result<Value, Problem>,
): Promise<Result<Value, Problem>> {
  if (!answered.ok && answered.problem.code === 'CUSTODY_FROZEN')
    await freezeTokens(deps, walletId, answered.problem.frozenReason ?? 'stayed-away')
  return answered
}

/** Hands every suspension that is still owed to the link, which sends it until the issuer has acknowledged. Answers how many. */
export async function tellIssuers({ tokens, link }: Pick<FreezeDependencies, 'tokens' | 'link'>): Promise<number> {
  const untold = await tokens.listUntold(batchSize)
  for (const { walletId, tokenReferenceId, issuerId, cause } of untold) {
    await link.suspend({ walletId, tokenReferenceId, issuerId, cause })
    await tokens.markTold({ walletId, tokenReferenceId })
  }
  return untold.length
}
