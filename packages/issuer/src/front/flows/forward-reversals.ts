import { createHostReversal } from '../rules/host-message.ts'
import type { AuthorizationDependencies } from './authorization-dependencies.ts'

/**
 * Sends the oldest waiting reversal to the host: 0420 first, 0421 after that, until any 0430. Answers whether another one may follow
 * at once; `waiting` asks for a pause.
 */
export async function forwardReversal(
  deps: Pick<AuthorizationDependencies, 'store' | 'host' | 'vault'>,
): Promise<'settled' | 'waiting' | 'none'> {
  const reversal = await deps.store.nextReversal()
  if (reversal === undefined) return 'none'
  await deps.store.countReversalSend(reversal.exchangeId)
  const primaryAccountNumber = deps.vault.open(reversal.account.sealedAccount, reversal.account.accountKey)
  const account = { primaryAccountNumber, expiry: reversal.account.cardExpiry }
  const exchange = await deps.host.send(createHostReversal(reversal.host, account, reversal.sends > 0))
  if (exchange.kind !== 'answered') return 'waiting'
  await deps.store.settleReversal(reversal.exchangeId)
  return 'settled'
}
