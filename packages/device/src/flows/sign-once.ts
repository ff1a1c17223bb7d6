import { problem, type Problem } from '@symbolon/contracts/problems'
import type { SignAnswer } from '@symbolon/contracts/wallet-api'
import {
  advanceDeviceShare,
  deriveEpochSecrets,
  deriveRecordPad,
  encodeDeviceSignatureInput,
  encodeSignable,
  maskShare,
  openDone,
  sealPay,
  signShare,
  unmaskShare,
  wipe,
  type Done,
  type PaySession,
} from '@symbolon/custody/device'
import { bytesToHex, hexToBytes, parseBase64url } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import { messageExpiry } from '../rules/attempt.ts'
import { openPurchase } from '../rules/purchases.ts'
import type { WalletContent } from '../rules/wallet-content.ts'
import { applyEvent, getContent, type FlowDependencies, type Session } from './session.ts'
import type { SigningOutcome, SigningRequest } from './sign-jointly.ts'

const maximumSends = 3
const resendWaitMs = 400

type Work = { readonly request: SigningRequest; readonly stretchedPin: Uint8Array }
type Prepared = {
  readonly slotId: string
  readonly message: Uint8Array
  readonly deviceSignature: Uint8Array
  readonly sealed: Uint8Array
  readonly session: PaySession
}

/** One `pay` on the slot at hand (rows 8 to 13): its outcome, or the unauthenticated refusal that the next open has to confirm. */
export async function signOnce(deps: FlowDependencies, session: Session, work: Work): Promise<Result<SigningOutcome, Problem>> {
  const share = unmaskShare(deps.primitives, getContent(session).stored.current.secrets.maskedShare, {
    walletId: hexToBytes(getContent(session).walletId),
    salt: getContent(session).stored.current.secrets.salt,
    stretchedPin: work.stretchedPin,
  })
  try {
    const prepared = await prepare(deps, session, { request: work.request, share })
    if (!prepared.ok) return prepared
    const answered = await send(deps, session, { request: work.request, prepared: prepared.value })
    if (!answered.ok) {
      await applyEvent(session, { kind: 'void-hint' })
      return answered
    }
    const { done, payment } = answered.value
    if (done.kind === 'wrong') return await takeWrong(session, prepared.value, done)
    const joint = await takeSigned(deps, session, { work, share, prepared: prepared.value, done })
    return ok({ kind: 'signed', joint: payment === undefined ? joint : { ...joint, payment } })
  } finally {
    wipe(share)
  }
}

// Seals the message, and makes the attempt durable before anything leaves (row 8).
async function prepare(
  deps: FlowDependencies,
  session: Session,
  { request, share }: { readonly request: SigningRequest; readonly share: Uint8Array },
): Promise<Result<Prepared, Problem>> {
  assert(session.slot !== undefined, 'a slot is at hand')
  const content = getContent(session)
  const { fields } = session.slot
  const message = encodeSignable(request.buildMessage(fields, messageExpiry(session.slot, deps.clock.monotonicMs())))
  const deviceSignature = await deps.deviceKey.sign(encodeDeviceSignatureInput(message))
  const sealed = await sealPay(deps.primitives, {
    slot: fields,
    epochKey: content.stored.current.secrets.key,
    message,
    share: signShare(deps.primitives, { share, walletKey: content.walletKey, slot: fields, message }),
    deviceKeyKind: deps.deviceKey.kind,
    deviceSignature,
  })
  if (!sealed.ok) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const started = await applyEvent(session, { kind: 'pay-started', intent: request.intent }, (changed) =>
    rememberPurchase(changed, request),
  )
  assert(started.kind === 'send-message', 'an attempt starts only with a live slot and tries left')
  return ok({ slotId: bytesToHex(fields.slotId), message, deviceSignature, ...sealed.value })
}

function rememberPurchase(content: WalletContent, { intent }: SigningRequest): WalletContent {
  const { paymentId, paymentAttemptId } = intent
  return paymentId === undefined ? content : openPurchase(content, { paymentId, paymentAttemptId })
}

type Answered = { readonly done: Done; readonly payment: SignAnswer['payment'] }

// Silence is answered with the very same bytes: the vault answers them with the very same `done` (2-custody 1.6).
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
  readonly work: Work
  readonly share: Uint8Array
  readonly prepared: Prepared
  readonly done: Extract<Done, { kind: 'signed' }>
}

// Row 12. `openDone` has verified the signature under Y; only then is the next epoch written, pending, under a fresh salt.
async function takeSigned(
  deps: FlowDependencies,
  session: Session,
  { work, share, prepared, done }: SignedWork,
): Promise<Omit<Extract<SigningOutcome, { kind: 'signed' }>['joint'], 'payment'>> {
  const secrets = await deriveEpochSecrets(deps.primitives, prepared.session, done.signature)
  const recordPad = await deriveRecordPad(prepared.session, done.signature)
  const salt = deps.randomBytes(32)
  const advanced = advanceDeviceShare(deps.primitives, share, secrets.delta)
  const walletId = hexToBytes(getContent(session).walletId)
  const maskedShare = maskShare(deps.primitives, advanced, { walletId, salt, stretchedPin: work.stretchedPin })
  wipe(advanced, secrets.delta)
  const answer = await applyEvent(
    session,
    {
      kind: 'done-received',
      slotId: prepared.slotId,
      status: 'signed',
      verified: true,
      pending: { eid: bytesToHex(secrets.epochId), secrets: { key: secrets.key, maskedShare, salt } },
    },
    (content) => ({ ...content, triesLeft: done.triesLeft }),
  )
  assert(answer.kind === 'signed', 'the answer belongs to the attempt that waits for it')
  const { message, deviceSignature } = prepared
  return { message, deviceSignature, signature: done.signature, payload: done.payload, recordPad }
}
