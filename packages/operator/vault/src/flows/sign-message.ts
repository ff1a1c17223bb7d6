import {
  advanceVaultShare,
  applyVaultEvent,
  cosign,
  createClosingStatement,
  deriveEpochSecrets,
  deriveRecordPad,
  maximumTries,
  movesRecords,
  sealDone,
  wipe,
  type SlotSecrets,
  type VaultEvent,
  type VaultState,
} from '@symbolon/custody/operator'
import type { CosignAnswer } from '@symbolon/contracts/planes'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { bytesToBase64url, bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import { sealEpoch, withSecret } from './epoch-secrets.ts'
import { describeSigned } from './find-attempt.ts'
import type { CheckedMessage } from './slot-table.ts'
import { refusalOf } from '../rules/refusal.ts'
import { verifyExpiry } from '../rules/verify-signable.ts'
import type { SealedEpoch, SignedAttempt, VaultDependencies, Wallet, WalletChange } from '../ports.ts'

/** Steps 4 to 7 of `pay` (docs/custody.md 4–5): takes the slot, TX1, co-signs, TX2, and only then answers. */
export function signMessage(deps: VaultDependencies, walletId: string, handle: string): Promise<Result<CosignAnswer, Problem>> {
  return deps.queue(walletId, async () => {
    const wallet = await deps.store.recall(walletId)
    if (wallet === undefined) return fail(problem('CUSTODY_WALLET_UNKNOWN'))
    const { checked, slot } = deps.slots.get(walletId)
    if (checked?.handle !== handle || slot === null) {
      await deps.store.assertOwner()
      return repeatAnswer(deps, wallet, handle)
    }
    const expiry = verifyExpiry(checked.opened.signable, Math.floor(deps.clock.nowMs() / 1_000))
    if (!expiry.ok) return expiry
    const bound = await bindSlot(deps, wallet, { checked, slot })
    return bound.ok ? ok(await answerBound(deps, wallet, { checked, slot, state: bound.value })) : bound
  })
}

// Edge asks again after a crash or a lost answer: what was answered is told again, and nothing else.
async function repeatAnswer(deps: VaultDependencies, { walletId, stored }: Wallet, handle: string): Promise<Result<CosignAnswer, Problem>> {
  const { last } = stored
  if (last.state === 'none' || last.hash !== handle) return fail(problem('CUSTODY_VOID'))
  if (last.state === 'wrong') return ok({ outcome: 'wrong', done: bytesToBase64url(last.done), triesLeft: stored.tries })
  if (last.state !== 'done') return fail(problem('CUSTODY_VOID'))
  const signed = await deps.store.findSigned(walletId, last.slotId)
  assert(signed !== undefined, 'what was answered as signed is stored with its signature')
  return ok({ outcome: 'signed', done: bytesToBase64url(last.done), signed: describeSigned(signed) })
}

type Bound = { readonly checked: CheckedMessage; readonly slot: SlotSecrets; readonly state: VaultState<SealedEpoch> }

/** TX1. The slot has left the table before the first wait, so nothing that happens from here on can use it again. */
async function bindSlot(
  deps: VaultDependencies,
  wallet: Wallet,
  { checked, slot }: Pick<Bound, 'checked' | 'slot'>,
): Promise<Result<VaultState<SealedEpoch>, Problem>> {
  const { walletId } = wallet
  const held = deps.slots.get(walletId)
  const step = applyVaultEvent(
    { stored: wallet.stored, memory: held.memory },
    {
      kind: 'message-accepted',
      slotId: bytesToHex(slot.slotId),
      hash: checked.handle,
      attemptId: checked.terms.paymentAttemptId,
      messageKind: checked.terms.kind,
      nowMs: deps.clock.nowMs(),
    },
  )
  const refusal = refusalOf(step.answer)
  if (refusal !== undefined) return fail(refusal)
  assert(step.answer.kind === 'bound' && step.durable, 'an accepted message is bound durably')
  deps.slots.set(walletId, { ...held, memory: step.state.memory, slot: null, checked: null }, { keepNonces: true })
  try {
    await deps.store.save({ walletId, before: wallet.stored, after: step.state.stored })
  } catch (error) {
    wipe(slot.nonces.hiding, slot.nonces.binding)
    throw error
  }
  return ok(step.state)
}

async function answerBound(deps: VaultDependencies, wallet: Wallet, bound: Bound): Promise<CosignAnswer> {
  const { walletId, walletKey, stored } = wallet
  const { opened } = bound.checked
  const place = { walletId, epochId: stored.current.eid, column: 'share', sealed: stored.current.secrets } as const
  try {
    return await withSecret(deps.sealer, place, (share) => {
      const input = { share, walletKey, slot: bound.slot, deviceShare: opened.share, message: opened.message }
      const signature = cosign(deps.primitives, input)
      return signature === undefined ? answerWrong(deps, walletId, bound) : answerSigned(deps, walletId, { ...bound, share, signature })
    })
  } finally {
    wipe(bound.slot.nonces.hiding, bound.slot.nonces.binding, opened.share.signatureShare)
  }
}

/** TX2 of a wrong PIN (row 10). */
async function answerWrong(deps: VaultDependencies, walletId: string, { checked, slot, state }: Bound): Promise<CosignAnswer> {
  const triesLeft = state.stored.tries
  const done = await sealDone(checked.opened.session, { kind: 'wrong', triesLeft })
  const step = applyVaultEvent(state, { kind: 'cosignature-invalid', slotId: bytesToHex(slot.slotId), done })
  await deps.store.save({ walletId, before: state.stored, after: step.state.stored })
  return { outcome: 'wrong', done: bytesToBase64url(done), triesLeft }
}

type Signed = Bound & { readonly share: Uint8Array; readonly signature: Uint8Array }

/** TX2 of a signature (row 11): the answer, what follows from its kind and what the issuer gets, in one commit. */
async function answerSigned(deps: VaultDependencies, walletId: string, bound: Signed): Promise<CosignAnswer> {
  const { checked, slot, state, signature } = bound
  const slotId = bytesToHex(slot.slotId)
  const signed: SignedAttempt = {
    attemptId: checked.terms.paymentAttemptId,
    slotId,
    kind: checked.terms.kind,
    message: checked.opened.message,
    signature,
    deviceKeyKind: checked.opened.deviceKeyKind,
    deviceSignature: checked.opened.deviceSignature,
  }
  const { event, record } = await (checked.terms.kind === 'close'
    ? decideClosing(deps, walletId, bound)
    : decideEpoch(deps, walletId, bound))
  const step = applyVaultEvent(state, { ...event, slotId })
  const change: WalletChange = { walletId, before: state.stored, after: step.state.stored, signed }
  await deps.store.save(record === undefined ? change : { ...change, record })
  return { outcome: 'signed', done: bytesToBase64url(event.done), signed: describeSigned(signed) }
}

type Consequence = {
  readonly event: DistributiveOmit<
    Extract<VaultEvent<SealedEpoch>, { readonly kind: 'cosignature-valid' | 'cosignature-closing' }>,
    'slotId'
  >
  readonly record: WalletChange['record']
}
type DistributiveOmit<Union, Name extends keyof Union> = Union extends unknown ? Omit<Union, Name> : never

async function decideEpoch(deps: VaultDependencies, walletId: string, bound: Signed): Promise<Consequence> {
  const { checked, signature } = bound
  const { payload, record } = await prepareRecordHalf(deps, walletId, bound)
  const pending = await prepareEpoch(deps, walletId, bound)
  const done = await sealDone(checked.opened.session, { kind: 'signed', signature, payload, triesLeft: maximumTries })
  wipe(payload)
  return { event: { kind: 'cosignature-valid', done, pending, nowMs: deps.clock.nowMs() }, record }
}

const nothing: SealedEpoch = { share: new Uint8Array(), key: new Uint8Array(), rerandomiser: null }

// The statement is signed before the commit that makes it true and leaves only after it, like every signature.
async function decideClosing(deps: VaultDependencies, walletId: string, { checked, state, signature }: Signed): Promise<Consequence> {
  const statement = createClosingStatement(deps.signAsVault, {
    walletId: hexToBytes(walletId),
    epochId: hexToBytes(state.stored.current.eid),
    now: Math.floor(deps.clock.nowMs() / 1_000),
  })
  const done = await sealDone(checked.opened.session, { kind: 'signed', signature, payload: statement, triesLeft: 0 })
  return { event: { kind: 'cosignature-closing', done, statement, nothing }, record: undefined }
}

type RecordHalf = { readonly payload: Uint8Array; readonly record: WalletChange['record'] }

// Project rule for card records: the half is born with the binding and given out only inside a `record` answer.
async function prepareRecordHalf(
  { sealer }: VaultDependencies,
  walletId: string,
  { checked, signature }: { readonly checked: CheckedMessage; readonly signature: Uint8Array },
): Promise<RecordHalf> {
  const recordId = checked.terms.paymentAttemptId
  const place = { walletId, epochId: recordId, column: 'record' } as const
  switch (checked.terms.kind) {
    case 'pay':
    case 'refresh':
    case 'pinset':
    case 'close':
      return { payload: new Uint8Array(), record: undefined }
    case 'record':
      assert(checked.sealedRecord !== undefined, 'a record message is accepted only for a record that exists')
      return { payload: sealer.open(place, checked.sealedRecord), record: undefined }
    case 'bind': {
      const pad = await deriveRecordPad(checked.opened.session, signature)
      const half = sealer.seal(place, pad)
      wipe(pad)
      return { payload: new Uint8Array(), record: { recordId, half } }
    }
  }
}

async function prepareEpoch(
  { primitives, sealer }: VaultDependencies,
  walletId: string,
  { checked, signature, share }: Signed,
): Promise<{ readonly eid: string; readonly secrets: SealedEpoch }> {
  const next = await deriveEpochSecrets(primitives, checked.opened.session, signature)
  const nextShare = advanceVaultShare(primitives, share, next.delta)
  const eid = bytesToHex(next.epochId)
  const secrets = { share: nextShare, key: next.key }
  const place = { walletId, epochId: eid }
  const sealed = sealEpoch(sealer, place, movesRecords(checked.terms.kind) ? { ...secrets, rerandomiser: next.recordKey } : secrets)
  wipe(nextShare, next.delta, next.key, next.recordKey)
  return { eid, secrets: sealed }
}
