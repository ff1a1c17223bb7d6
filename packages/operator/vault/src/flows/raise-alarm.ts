import { applyVaultEvent, parseAlarmMessage, verifyAlarmMessage } from '@symbolon/custody/operator'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { bytesToHex } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { authenticateEpoch } from './find-epoch.ts'
import type { VaultDependencies } from '../ports.ts'

/**
 * Rows 6 and 7: freezes a wallet whose device saw what only a copy of it explains. The alarm names the live slot or the challenge of the
 * latest STALE, so an old one freezes nothing.
 */
export async function raiseAlarm(deps: VaultDependencies, walletId: string, message: Uint8Array): Promise<Result<undefined, Problem>> {
  const fields = parseAlarmMessage(message)
  if (!fields.ok || bytesToHex(fields.value.walletId) !== walletId) return fail(problem('CUSTODY_REJECTED'))
  return deps.queue(walletId, async () => {
    const wallet = await deps.store.find(walletId)
    if (wallet === undefined) return fail(problem('CUSTODY_WALLET_UNKNOWN'))
    const verify = (macKey: Uint8Array): boolean => verifyAlarmMessage(message, macKey)
    const match = await authenticateEpoch(deps.sealer, wallet, { epochId: bytesToHex(fields.value.epochId), verify })
    const held = deps.slots.get(walletId)
    const event = { kind: 'alarm', macVerified: match !== 'unknown', challenge: bytesToHex(fields.value.retired) } as const
    const step = applyVaultEvent({ stored: wallet.stored, memory: held.memory }, event)
    if (step.answer.kind !== 'frozen') return fail(problem('CUSTODY_WALLET_UNKNOWN'))
    deps.slots.set(walletId, { ...held, memory: step.state.memory, slot: null, checked: null })
    if (step.durable) await deps.store.save({ walletId, before: wallet.stored, after: step.state.stored })
    return ok(undefined)
  })
}
