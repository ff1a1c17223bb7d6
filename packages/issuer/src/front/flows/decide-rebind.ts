import { hexToBytes } from '@symbolon/formats/bytes'
import { createRebinding } from './create-rebinding.ts'
import { decideLimitedUntil, decideRebindTokens } from '../rules/rebind.ts'
import type { Press, PressOutcome } from './decide-enrolment.ts'
import type { RebindDependencies } from './enrolment-dependencies.ts'
import type { RebindRecord, RebindSubmission } from './rebind-store.ts'
import { isRebindOver } from './show-rebind.ts'

/**
 * A person pressed a button on the page of a rebind. Approving replaces wallet, joint key and device key of every token in one
 * transaction; from then on the old wallet's signatures are refused.
 */
export async function decideRebindPress(deps: RebindDependencies, rebindId: string, press: Press): Promise<PressOutcome> {
  const rebind = await deps.rebinds.find(hexToBytes(rebindId))
  if (rebind === undefined || isRebindOver(rebind, deps.now())) return 'gone'
  if (rebind.state === 'active') return 'approved'
  if (rebind.state === 'refused') return 'refused'
  const { submission } = rebind
  if (rebind.state === 'open' || submission === undefined) return 'gone'
  if (press.decision === 'refuse') return (await deps.rebinds.refuse(rebind.rebindId, press.formToken)) ? 'refused' : 'stale'
  if (submission.proof === 'identification' && press.isIdentified !== true) return 'unidentified'
  return approve(deps, rebind, { submission, formToken: press.formToken })
}

async function approve(
  deps: RebindDependencies,
  rebind: RebindRecord,
  { submission, formToken }: { readonly submission: RebindSubmission; readonly formToken: string },
): Promise<PressOutcome> {
  const tokens = decideRebindTokens(rebind, await deps.rebinds.findTokens(rebind.tokenReferenceIds))
  if (!tokens.ok) return 'gone'
  const now = deps.now()
  const outcome = await deps.rebinds.approve(rebind, {
    formToken,
    now,
    rebindings: tokens.value.map((token) => createRebinding(deps, token, rebind.walletId)),
    limitedUntil: decideLimitedUntil(submission.proof, deps.newBindingLimits, now),
  })
  return outcome === 'approved' ? 'approved' : 'stale'
}
