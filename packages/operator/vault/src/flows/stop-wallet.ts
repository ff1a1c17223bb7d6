import { applyVaultEvent } from '@symbolon/custody/operator'
import type { StopAnswer } from '@symbolon/contracts/planes'
import type { VaultDependencies } from '../ports.ts'

/** Freezes the wallet whose owner says its stop code. An unknown code stops nothing; saying a code again changes nothing. */
export async function stopWallet(deps: VaultDependencies, codeHash: string): Promise<StopAnswer> {
  const walletId = await deps.store.findByStopCode(codeHash)
  if (walletId === undefined) return {}
  return deps.queue(walletId, async () => {
    const wallet = await deps.store.find(walletId)
    if (wallet === undefined) return {}
    const held = deps.slots.get(walletId)
    const step = applyVaultEvent({ stored: wallet.stored, memory: held.memory }, { kind: 'stop-code-given' })
    if (step.answer.kind !== 'frozen') return {}
    if (step.durable) {
      deps.slots.set(walletId, { ...held, memory: step.state.memory, slot: null, checked: null })
      await deps.store.save({ walletId, before: wallet.stored, after: step.state.stored })
    }
    return { walletId }
  })
}
