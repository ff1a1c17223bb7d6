import { applyVaultEvent, type RefreshDemand } from '@symbolon/custody/operator'
import type { DemandAnswer, DemandRequest } from '@symbolon/contracts/planes'
import type { VaultDependencies } from '../ports.ts'

/**
 * Demands a refresh of one wallet, a group or everybody (docs/custody.md 15): marked wallets sign nothing else before it. Slots from before
 * are dropped, because their keys were in the memory that was contained.
 */
export async function demandRefresh(deps: VaultDependencies, { scope, deadlineSeconds }: DemandRequest): Promise<DemandAnswer> {
  const sinceMs = deps.clock.nowMs()
  const demand = { sinceMs, deadlineMs: sinceMs + deadlineSeconds * 1_000 }
  if (scope.kind === 'wallet') return demandOne(deps, scope.walletId, demand)
  const marked = await deps.store.demandRefresh(scope, demand)
  deps.slots.drop((walletId) => scope.kind === 'all' || Number.parseInt(walletId.slice(0, 2), 16) === scope.group)
  return { marked }
}

function demandOne(deps: VaultDependencies, walletId: string, demand: RefreshDemand): Promise<DemandAnswer> {
  return deps.queue(walletId, async () => {
    const wallet = await deps.store.find(walletId)
    if (wallet === undefined) return { marked: 0 }
    const held = deps.slots.get(walletId)
    const step = applyVaultEvent({ stored: wallet.stored, memory: held.memory }, { kind: 'refresh-demanded', ...demand })
    if (!step.durable) return { marked: 0 }
    await deps.store.save({ walletId, before: wallet.stored, after: step.state.stored })
    deps.slots.set(walletId, { ...held, memory: step.state.memory, slot: null, checked: null })
    return { marked: 1 }
  })
}
