import {
  applyVaultEvent,
  encodeDeviceSignatureInput,
  hashPay,
  openPay,
  parsePayHeader,
  type OpenedPay,
  type PayHeader,
  type SlotSecrets,
} from '@symbolon/custody/operator'
import type { CheckAnswer } from '@symbolon/contracts/planes'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { bytesToBase64url, bytesToHex } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { withSecret } from './epoch-secrets.ts'
import type { CheckedMessage } from './slot-table.ts'
import { refusalOf } from '../rules/refusal.ts'
import { describeTerms } from '../rules/terms.ts'
import { verifyExpiry, verifySignable } from '../rules/verify-signable.ts'
import type { VaultDependencies, Wallet } from '../ports.ts'

const rejected = fail(problem('CUSTODY_REJECTED'))

/**
 * Steps 1 to 3 of `pay` (docs/custody.md 4–5): opens and verifies the device's message and answers what it says. Nothing is counted, nothing
 * is written and the slot stays; the opened message waits beside it in memory.
 */
export async function checkMessage(deps: VaultDependencies, walletId: string, message: Uint8Array): Promise<Result<CheckAnswer, Problem>> {
  const header = parsePayHeader(message)
  if (!header.ok || bytesToHex(header.value.walletId) !== walletId) return rejected
  return deps.queue(walletId, async () => {
    const wallet = await deps.store.recall(walletId)
    if (wallet === undefined) return fail(problem('CUSTODY_WALLET_UNKNOWN'))
    const checked = await checkForWallet(deps, wallet, { header: header.value, message })
    // What is ready is saved by `sign` or by nobody; every other answer is the last word on this message.
    if (!checked.ok || checked.value.outcome !== 'ready') await deps.store.assertOwner()
    return checked
  })
}

type Received = { readonly header: PayHeader; readonly message: Uint8Array }

async function checkForWallet(
  deps: VaultDependencies,
  wallet: Wallet,
  { header, message }: Received,
): Promise<Result<CheckAnswer, Problem>> {
  const held = deps.slots.get(wallet.walletId)
  const state = { stored: wallet.stored, memory: held.memory }
  const handle = bytesToHex(hashPay(message))
  const facts = { slotId: bytesToHex(header.slotId), hash: handle, nowMs: deps.clock.nowMs() }
  const { answer } = applyVaultEvent(state, { kind: 'message-received', ...facts })
  if (answer.kind === 'stored') {
    return ok({ outcome: 'repeated', done: bytesToBase64url(answer.done), paymentAttemptId: answer.attemptId })
  }
  const refusal = refusalOf(answer, wallet.stored.frozen)
  if (refusal !== undefined || held.slot === null) return fail(refusal ?? problem('CUSTODY_VOID'))
  const checked =
    held.checked?.handle === handle ? recheck(deps, held.checked) : await verifyMessage(deps, wallet, { handle, message, slot: held.slot })
  const verified = checked.ok
    ? ({ verified: true, messageKind: checked.value.terms.kind, nowMs: deps.clock.nowMs() } as const)
    : ({ verified: false } as const)
  const verdict = applyVaultEvent(state, { kind: 'message-verified', ...verified })
  const refused = refusalOf(verdict.answer, wallet.stored.frozen)
  if (!checked.ok || refused !== undefined) return fail(refused ?? problem('CUSTODY_REJECTED'))
  // The slot may have expired and been wiped meanwhile.
  const now = deps.slots.get(wallet.walletId)
  if (now.slot !== held.slot) return fail(problem('CUSTODY_VOID'))
  deps.slots.set(wallet.walletId, { ...now, checked: checked.value })
  return ok({ outcome: 'ready', handle, terms: checked.value.terms })
}

function recheck(deps: VaultDependencies, checked: CheckedMessage): Result<CheckedMessage, Problem> {
  const expiry = verifyExpiry(checked.opened.signable, Math.floor(deps.clock.nowMs() / 1_000))
  return expiry.ok ? ok(checked) : expiry
}

async function verifyMessage(
  deps: VaultDependencies,
  wallet: Wallet,
  { handle, message, slot }: { readonly handle: string; readonly message: Uint8Array; readonly slot: SlotSecrets },
): Promise<Result<CheckedMessage, Problem>> {
  const { walletId, stored } = wallet
  const place = { walletId, epochId: stored.current.eid, column: 'key', sealed: stored.current.secrets } as const
  const opened = await withSecret(deps.sealer, place, (epochKey) => openPay(deps.primitives, { sealed: message, slot, epochKey }))
  if (!opened.ok) return rejected
  const { signable, deviceKeyKind } = opened.value
  const sealedRecord = signable.kind === 'record' ? await deps.store.findRecord(walletId, bytesToHex(signable.paymentAttemptId)) : undefined
  const verified = verifySignable(signable, {
    nowSeconds: Math.floor(deps.clock.nowMs() / 1_000),
    operatorId: deps.operatorId,
    walletKey: wallet.walletKey,
    deviceKey: wallet.deviceKey,
    hasRecord: sealedRecord !== undefined,
    recordCount: signable.kind === 'bind' ? (await deps.store.listRecords(walletId)).length : 0,
  })
  if (!verified.ok) return verified
  if (!isDeviceSigned(deps, wallet, opened.value)) return rejected
  return ok({ handle, opened: opened.value, terms: describeTerms(signable, deviceKeyKind), sealedRecord })
}

function isDeviceSigned(deps: VaultDependencies, { deviceKey }: Wallet, opened: OpenedPay): boolean {
  if (opened.deviceKeyKind !== deviceKey.kind) return false
  return deps.verifyDeviceSignature(deviceKey, encodeDeviceSignatureInput(opened.message), opened.deviceSignature)
}
