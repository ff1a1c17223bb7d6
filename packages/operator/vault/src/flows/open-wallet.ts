import {
  applyVaultEvent,
  createSlot,
  emptyVaultMemory,
  lastStateCodes,
  noSlotId,
  parseOpenMessage,
  verifyOpenMessage,
  wipe,
  type OpenFields,
  type SlotFacts,
  type VaultStored,
} from '@symbolon/custody/operator'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { CustodyMessage } from '@symbolon/contracts/wallet-api'
import { bytesToBase64url, bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import { openMacKey, withSecret } from './epoch-secrets.ts'
import { authenticateEpoch } from './find-epoch.ts'
import { countOpen } from '../rules/open-rate.ts'
import { refusalOf } from '../rules/refusal.ts'
import { moveRecords } from './move-records.ts'
import type { SealedEpoch, VaultDependencies, Wallet, WalletChange } from '../ports.ts'

/** `open` (docs/custody.md 4–5; rows 2 to 4): gives the device a fresh slot, and settles which epoch is current. */
export async function openWallet(deps: VaultDependencies, walletId: string, message: Uint8Array): Promise<Result<CustodyMessage, Problem>> {
  const fields = parseOpenMessage(message)
  if (!fields.ok || bytesToHex(fields.value.walletId) !== walletId) return fail(problem('CUSTODY_REJECTED'))
  return deps.queue(walletId, async () => {
    const wallet = await deps.store.recall(walletId)
    if (wallet === undefined) return fail(problem('CUSTODY_WALLET_UNKNOWN'))
    const verify = (macKey: Uint8Array): boolean => verifyOpenMessage(message, macKey)
    const match = await authenticateEpoch(deps.sealer, wallet, { epochId: bytesToHex(fields.value.epochId), verify })
    if (match === 'unknown') {
      deps.onUnknownEpoch?.(walletId)
      return fail(refuseUnknown(wallet))
    }
    return openAuthenticated(deps, wallet, { fields: fields.value, match })
  })
}

// A closed wallet has no key that could authenticate anybody; its statement is for everyone who knows the wallet id.
function refuseUnknown({ stored }: Wallet): Problem {
  const event = { kind: 'open', match: 'unknown', nowMs: 0, challenge: '', retiringMacKey: new Uint8Array() } as const
  return refusalOf(applyVaultEvent({ stored, memory: emptyVaultMemory }, event).answer) ?? problem('CUSTODY_WALLET_UNKNOWN')
}

async function openAuthenticated(
  deps: VaultDependencies,
  wallet: Wallet,
  { fields, match }: { readonly fields: OpenFields; readonly match: 'current' | 'pending' | 'retired' },
): Promise<Result<CustodyMessage, Problem>> {
  const { walletId } = wallet
  const nowMs = deps.clock.nowMs()
  const held = deps.slots.get(walletId)
  const opens = countOpen(held.opens, nowMs, deps.limits.opensPerMinute)
  if (opens === undefined || !deps.slots.hasRoom(walletId, nowMs)) return fail(problem('REQUEST_TOO_MANY'))
  const step = applyVaultEvent(
    { stored: wallet.stored, memory: held.memory },
    {
      kind: 'open',
      match,
      nowMs,
      challenge: bytesToHex(deps.primitives.randomBytes(16)),
      retiringMacKey: match === 'pending' ? await sealRetiringMacKey(deps, wallet) : new Uint8Array(),
    },
  )
  const kept = step.state.memory.slot === null ? { slot: null, checked: null } : { slot: held.slot, checked: held.checked }
  deps.slots.set(walletId, { memory: step.state.memory, ...kept, opens })
  const refusal = refusalOf(step.answer, wallet.stored.frozen)
  const { stored } = step.state
  // Without a save nothing else would tell that another vault has taken over: a slot on what it changed would look like a copy's.
  await (step.durable ? deps.store.save(await describeOpening(deps, wallet, stored)) : deps.store.assertOwner())
  if (refusal !== undefined) return fail(refusal)
  return ok({ message: bytesToBase64url(await giveSlot(deps, walletId, { stored, fields, nowMs })) })
}

async function giveSlot(
  deps: VaultDependencies,
  walletId: string,
  { stored, fields, nowMs }: { readonly stored: VaultStored<SealedEpoch>; readonly fields: OpenFields; readonly nowMs: number },
): Promise<Uint8Array> {
  const { eid: epochId, secrets: sealed } = stored.current
  const expiresAtMs = nowMs + deps.limits.slotSeconds * 1_000
  const facts = describeSlot(stored, fields, { nowMs, expiresAtMs })
  const { signedSlot, secrets } = await withSecret(deps.sealer, { walletId, epochId, column: 'share', sealed }, (share) =>
    createSlot(deps.primitives, deps.signAsVault, { facts, share }),
  )
  const held = deps.slots.get(walletId)
  const event = { kind: 'slot-created', slotId: bytesToHex(secrets.slotId), expiresAtMs } as const
  const step = applyVaultEvent({ stored, memory: held.memory }, event)
  deps.slots.set(walletId, { ...held, memory: step.state.memory, slot: secrets, checked: null })
  return signedSlot
}

function describeSlot(
  { current, last, counter, tries }: VaultStored<SealedEpoch>,
  { walletId, query }: OpenFields,
  time: { readonly nowMs: number; readonly expiresAtMs: number },
): SlotFacts {
  const lastState = lastStateCodes[last.state]
  assert(lastState !== lastStateCodes.bound, 'a bound attempt is void before a slot is given')
  return {
    walletId,
    epochId: hexToBytes(current.eid),
    query,
    now: Math.floor(time.nowMs / 1_000),
    expiresAt: Math.floor(time.expiresAtMs / 1_000),
    counter,
    lastSlotId: hexToBytes(last.state === 'none' ? noSlotId : last.slotId),
    lastState,
    triesLeft: tries,
  }
}

// Row 3 moves the record halves with the epoch, in the same commit, when its kind says so (docs/custody.md 11).
async function describeOpening(deps: VaultDependencies, wallet: Wallet, after: VaultStored<SealedEpoch>): Promise<WalletChange> {
  const { walletId, stored: before } = wallet
  const { pending } = before
  const isPromoted = pending !== null && after.current.eid === pending.eid
  const sealedKey = isPromoted ? pending.secrets.rerandomiser : null
  if (pending === null || sealedKey === null) return { walletId, before, after }
  const records = await deps.store.listRecords(walletId)
  return { walletId, before, after, movedRecords: moveRecords(deps.sealer, { walletId, epochId: pending.eid, sealedKey, records }) }
}

// Row 3: a retired epoch keeps its MAC key and nothing that signs or opens.
async function sealRetiringMacKey({ sealer }: VaultDependencies, { walletId, stored }: Wallet): Promise<Uint8Array> {
  const { eid: epochId, secrets } = stored.current
  const macKey = await openMacKey(sealer, { walletId, epochId }, secrets)
  const sealed = sealer.seal({ walletId, epochId, column: 'retired' }, macKey)
  wipe(macKey)
  return sealed
}
