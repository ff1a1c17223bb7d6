import { problem, type Problem } from '@symbolon/contracts/problems'
import type { SignAnswer } from '@symbolon/contracts/wallet-api'
import {
  advanceDeviceShare,
  deriveEpochSecrets,
  deriveRecordPad,
  encodeDeviceSignatureInput,
  encodeSignable,
  maskShare,
  movesRecords,
  openDone,
  sealPay,
  signShare,
  unmaskShare,
  wipe,
  type DeviceEpoch,
  type Done,
  type PaySession,
  type PinFactor,
  type Slot,
} from '@symbolon/custody/device'
import { bytesToHex, parseBase64url } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import type { DeviceSignature } from '../ports.ts'
import { messageExpiry } from '../rules/attempt.ts'
import { pinFactor } from '../rules/pin-factor.ts'
import { openPurchase } from '../rules/purchases.ts'
import type { EpochSecrets, WalletContent } from '../rules/wallet-content.ts'
import { applyEvent, getContent, type FlowDependencies, type Session } from './session.ts'
import type { SigningOutcome, SigningRequest } from './sign-jointly.ts'

const maximumSends = 3
const resendWaitMs = 400

/** `nextStretchedPin` is the same as `stretchedPin` unless the PIN changes with this signature. */
export type SigningWork = { readonly request: SigningRequest; readonly stretchedPin: Uint8Array; readonly nextStretchedPin: Uint8Array }
/** The message as the device key has signed it. With a passkey `prf` came out of the same gesture, for this salt and the next one. */
type Gesture = {
  readonly slot: Slot
  readonly message: Uint8Array
  readonly deviceSignature: DeviceSignature
  readonly nextSalt: Uint8Array
}
type Prepared = { readonly slotId: string; readonly sealed: Uint8Array; readonly session: PaySession }

/** One `pay` on the slot at hand (rows 8 to 13): its outcome, or the unauthenticated refusal that the next open has to confirm. */
export async function signOnce(deps: FlowDependencies, session: Session, work: SigningWork): Promise<Result<SigningOutcome, Problem>> {
  const gesture = await signAsDevice(deps, session, work.request)
  if (!gesture.ok) return gesture
  const { maskedShare, salt } = getContent(session).stored.current.secrets
  const prf = gesture.value.deviceSignature.prf
  const { stretchedPin } = work
  const share = unmaskShare(deps.primitives, maskedShare, factorOf(session, { salt, stretchedPin, prf: prf?.current }))
  try {
    const prepared = await prepare(deps, session, { request: work.request, gesture: gesture.value, share })
    if (!prepared.ok) return prepared
    const answered = await send(deps, session, { request: work.request, prepared: prepared.value })
    if (!answered.ok) {
      await applyEvent(session, { kind: 'void-hint' })
      return answered
    }
    const { done, payment } = answered.value
    if (done.kind === 'wrong') return await takeWrong(session, prepared.value, done)
    const joint = await takeSigned(deps, session, { work, share, gesture: gesture.value, prepared: prepared.value, done })
    return ok({ kind: 'signed', joint: payment === undefined ? joint : { ...joint, payment } })
  } finally {
    wipe(share, ...(prf === undefined ? [] : [prf.current, prf.next]))
  }
}

// The message is fixed and the next salt drawn before the gesture; a_d is unmasked only after it. Nothing is durable yet.
async function signAsDevice(deps: FlowDependencies, session: Session, request: SigningRequest): Promise<Result<Gesture, Problem>> {
  assert(session.slot !== undefined, 'a slot is at hand')
  const { fields: slot } = session.slot
  const { protection, stored } = getContent(session)
  const message = encodeSignable(request.buildMessage(slot, messageExpiry(session.slot, deps.clock.monotonicMs())))
  const nextSalt = deps.randomBytes(32)
  const salts = protection === 'pin' ? undefined : { current: stored.current.secrets.salt, next: nextSalt }
  const signed = await deps.deviceKey.sign(encodeDeviceSignatureInput(message), salts)
  if (!signed.ok) return fail(problem(signed.problem.code))
  assert((signed.value.prf === undefined) === (salts === undefined), 'a passkey answers its PRF when it is asked')
  return ok({ slot, message, deviceSignature: signed.value, nextSalt })
}

function factorOf(session: Session, parts: Omit<Parameters<typeof pinFactor>[0], 'walletId'>): PinFactor {
  return pinFactor({ walletId: getContent(session).walletId, ...parts })
}

type Preparation = { readonly request: SigningRequest; readonly gesture: Gesture; readonly share: Uint8Array }

// Seals the message, and makes the attempt durable before anything leaves (row 8).
async function prepare(
  deps: FlowDependencies,
  session: Session,
  { request, gesture, share }: Preparation,
): Promise<Result<Prepared, Problem>> {
  const content = getContent(session)
  const { slot, message, deviceSignature } = gesture
  const sealed = await sealPay(deps.primitives, {
    slot,
    epochKey: content.stored.current.secrets.key,
    message,
    share: signShare(deps.primitives, { share, walletKey: content.walletKey, slot, message }),
    deviceKeyKind: deviceSignature.kind,
    deviceSignature: deviceSignature.signature,
  })
  if (!sealed.ok) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const started = await applyEvent(session, { kind: 'pay-started', intent: request.intent }, (changed) =>
    rememberPurchase(changed, request),
  )
  assert(started.kind === 'send-message', 'an attempt starts only with a live slot and tries left')
  return ok({ slotId: bytesToHex(slot.slotId), ...sealed.value })
}

function rememberPurchase(content: WalletContent, { intent }: SigningRequest): WalletContent {
  const { paymentId, paymentAttemptId } = intent
  return paymentId === undefined ? content : openPurchase(content, { paymentId, paymentAttemptId })
}

type Answered = { readonly done: Done; readonly payment: SignAnswer['payment'] }

// Silence is answered with the very same bytes: the vault answers them with the very same `done` (docs/custody.md 14).
async function send(
  deps: FlowDependencies,
  session: Session,
  { request, prepared }: { readonly request: SigningRequest; readonly prepared: Prepared },
): Promise<Result<Answered, Problem>> {
  const { walletId, walletKey } = getContent(session)
  let last: Problem = problem('SERVICE_FAULT')
  for (let count = 0; count < maximumSends; count += 1) {
    if (count > 0) await deps.clock.wait(resendWaitMs)
    const answered = await deps.operator.pay(walletId, prepared.sealed, request.intent.paymentId)
    if (answered.ok) {
      const sealedDone = parseBase64url(answered.value.done)
      const done = sealedDone.ok
        ? await openDone(deps.primitives, prepared.session, { sealedDone: sealedDone.value, walletKey })
        : sealedDone
      if (done.ok) return ok({ done: done.value, payment: answered.value.payment })
    } else if (answered.problem.code !== 'SERVICE_FAULT') return answered
    last = answered.ok ? problem('SERVICE_FAULT') : answered.problem
  }
  return fail(last)
}

async function takeWrong(
  session: Session,
  { slotId }: Prepared,
  { triesLeft }: { readonly triesLeft: number },
): Promise<Result<SigningOutcome, Problem>> {
  await applyEvent(session, { kind: 'done-received', slotId, status: 'wrong' }, (content) => ({ ...content, triesLeft }))
  return ok(triesLeft === 0 ? { kind: 'locked' } : { kind: 'wrong-pin', triesLeft })
}

type SignedWork = {
  readonly work: SigningWork
  readonly share: Uint8Array
  readonly gesture: Gesture
  readonly prepared: Prepared
  readonly done: Extract<Done, { kind: 'signed' }>
}

// Row 12. `openDone` has verified the signature under Y; only then is the next epoch written, pending, under a fresh salt.
async function takeSigned(
  deps: FlowDependencies,
  session: Session,
  { work, share, gesture, prepared, done }: SignedWork,
): Promise<Omit<Extract<SigningOutcome, { kind: 'signed' }>['joint'], 'payment'>> {
  const { kind } = work.request.intent
  const { kind: deviceKeyKind, signature: deviceSignature } = gesture.deviceSignature
  const recordPad = await deriveRecordPad(prepared.session, done.signature)
  // A wallet that closes has no next epoch.
  if (kind !== 'close') {
    const pending = await prepareEpoch(deps, session, { work, share, gesture, prepared, done })
    const answer = await applyEvent(
      session,
      { kind: 'done-received', slotId: prepared.slotId, status: 'signed', verified: true, pending },
      ({ pinChange: _told, ...content }) => ({
        ...content,
        triesLeft: done.triesLeft,
        ...(kind === 'pinset' ? { pinChange: 'unconfirmed' as const } : {}),
      }),
    )
    assert(answer.kind === 'signed', 'the answer belongs to the attempt that waits for it')
  }
  return { message: gesture.message, deviceKeyKind, deviceSignature, signature: done.signature, payload: done.payload, recordPad }
}

// The one place where the PIN of the next epoch enters: masked together with δ, under a salt that was never used.
async function prepareEpoch(
  deps: FlowDependencies,
  session: Session,
  { work, share, gesture, prepared, done }: SignedWork,
): Promise<DeviceEpoch<EpochSecrets>> {
  const { delta, key, epochId, recordKey } = await deriveEpochSecrets(deps.primitives, prepared.session, done.signature)
  const { deviceSignature, nextSalt: salt } = gesture
  const advanced = advanceDeviceShare(deps.primitives, share, delta)
  const factor = factorOf(session, { salt, stretchedPin: work.nextStretchedPin, prf: deviceSignature.prf?.next })
  const secrets = { key, maskedShare: maskShare(deps.primitives, advanced, factor), salt }
  wipe(advanced, delta)
  return { eid: bytesToHex(epochId), secrets: movesRecords(work.request.intent.kind) ? { ...secrets, recordKey } : secrets }
}
