import { problem, type FrozenReason, type Problem } from '@symbolon/contracts/problems'
import {
  createAlarmMessage,
  createOpenMessage,
  verifySlot,
  type AttemptOutcome,
  type DeviceAnswer,
  type DeviceEvent,
  type OpenHint,
} from '@symbolon/custody/device'
import { bytesToHex, hexToBytes, parseBase64url } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import { closePurchase } from '../rules/purchases.ts'
import type { EpochSecrets, Intent, WalletContent } from '../rules/wallet-content.ts'
import { applyEvent, changeContent, getContent, moveRecordHalves, type FlowDependencies, type Session } from './session.ts'
import { takeClosing } from './take-closing.ts'
import { hasVaultKey, verifyByVaultKey } from './trust.ts'

/** How the attempt before this open ended, as the vault's signed slot says. */
export type Settled = { readonly intent: Intent; readonly outcome: AttemptOutcome }
export type OpenedSlot = { readonly triesLeft: number; readonly settled: Settled | null }

// A key change settles within ten seconds (row 2); what takes longer is the network, and the person shall hear of it.
const waitLimitMs = 14_000
const waitMs = 700
const maximumOpens = 40
const maximumTimeouts = 3

type Opening = { readonly query: Uint8Array; readonly epochId: string }
type Word = OpenHint['word'] | 'stale' | 'closed'

/**
 * Calls `open` until a signed slot is accepted (docs/custody.md 4–5, rows 1 to 7). No unauthenticated word changes anything durable: it only
 * decides how often and under which epoch to ask.
 */
export async function openSlot(deps: FlowDependencies, session: Session): Promise<Result<OpenedSlot, Problem>> {
  const opened = await openUntilAnswered(deps, session)
  // Only remembered for this page: what is said without a signature tells the person what happened and stops nothing.
  if (opened.ok) session.heardFrozen = undefined
  else if (opened.problem.code === 'CUSTODY_FROZEN') session.heardFrozen = opened.problem.frozenReason ?? 'alarm'
  return opened
}

async function openUntilAnswered(deps: FlowDependencies, session: Session): Promise<Result<OpenedSlot, Problem>> {
  if (!(await hasVaultKey(deps.trust))) return fail(problem('WALLET_KEY_UNCERTIFIED'))
  const startedAtMs = deps.clock.monotonicMs()
  const heard = { timeout: 0, unknown: 0 }
  for (let count = 0; count < maximumOpens; count += 1) {
    const { answer, word, frozenReason } = await openOnce(deps, session)
    if (answer.kind === 'slot-accepted') return ok({ triesLeft: answer.tries, settled: answer.settled })
    if (answer.kind === 'alarm') return await raiseAlarm(deps, session, { alarm: answer, isProven: word === undefined })
    if (word === 'closed') return fail(problem('CUSTODY_CLOSED'))
    if (answer.kind === 'frozen') return fail(problem('CUSTODY_FROZEN', frozenReason === undefined ? {} : { frozenReason }))
    if (answer.kind === 'open-again') continue
    if (word === 'unknown' && ++heard.unknown > 1) return fail(problem('CUSTODY_WALLET_UNKNOWN'))
    if (word !== 'retry' && ++heard.timeout >= maximumTimeouts) return fail(problem('SERVICE_FAULT'))
    if (deps.clock.monotonicMs() - startedAtMs > waitLimitMs) return fail(problem(word === 'retry' ? 'CUSTODY_RETRY' : 'SERVICE_FAULT'))
    await deps.clock.wait(waitMs)
  }
  return fail(problem('SERVICE_FAULT'))
}

type Opened = { readonly answer: DeviceAnswer<Intent>; readonly word: Word | undefined; readonly frozenReason?: FrozenReason }

async function openOnce(deps: FlowDependencies, session: Session): Promise<Opened> {
  const query = deps.randomBytes(16)
  const started = await applyEvent(session, { kind: 'open-started', q: bytesToHex(query) })
  assert(started.kind === 'send-open', 'an open names its epoch')
  const opening: Opening = { query, epochId: started.eid }
  const { walletId } = getContent(session)
  const message = createOpenMessage(
    { walletId: hexToBytes(walletId), epochId: hexToBytes(opening.epochId), query },
    epochKeyOf(session, opening.epochId),
  )
  const answered = await deps.operator.open(walletId, message)
  if (!answered.ok) {
    // The one word beside a slot that is believed, because the vault signed it: the wallet is closed, and its half destroyed.
    if (await takeClosing(deps, session, answered.problem.closingStatement)) return { answer: { kind: 'none' }, word: 'closed' }
    const { frozenReason } = answered.problem
    return { ...(await hearProblem(session, opening, answered.problem)), ...(frozenReason === undefined ? {} : { frozenReason }) }
  }
  const bytes = parseBase64url(answered.value.message)
  const answer = bytes.ok ? await receiveSlot(deps, session, { opening, signedSlot: bytes.value }) : undefined
  return answer === undefined ? await hear(session, opening, { word: 'timeout' }) : { answer, word: undefined }
}

async function receiveSlot(
  deps: FlowDependencies,
  session: Session,
  { opening, signedSlot }: { readonly opening: Opening; readonly signedSlot: Uint8Array },
): Promise<DeviceAnswer<Intent> | undefined> {
  const expected = {
    walletId: hexToBytes(getContent(session).walletId),
    epochId: hexToBytes(opening.epochId),
    query: opening.query,
  }
  const fields = await verifyByVaultKey(deps.trust, (vaultPublicKey) =>
    verifySlot(deps.primitives, signedSlot, { ...expected, vaultPublicKey }),
  )
  // What does not verify is no slot: it is treated like silence.
  if (fields === undefined) return undefined
  const event: DeviceEvent<EpochSecrets, Intent> = {
    kind: 'slot-received',
    verified: true,
    q: bytesToHex(fields.query),
    eid: bytesToHex(fields.epochId),
    slotId: bytesToHex(fields.slotId),
    counter: fields.counter,
    last: { slotId: bytesToHex(fields.lastSlotId), state: fields.lastState },
    tries: fields.triesLeft,
  }
  const pendingEpochId = getContent(session).stored.pending?.eid
  const answer = await applyEvent(session, event, (content, applied) => afterSlot(content, applied, pendingEpochId))
  if (answer.kind !== 'slot-accepted') return answer
  session.slot = { fields, receivedAtMs: deps.clock.monotonicMs() }
  await moveRecordHalves(session)
  return answer
}

// In the same write as the slot's effect: the tries that are left, which PIN it is from here on, and a purchase whose attempt ended
// without a signature.
function afterSlot(content: WalletContent, answer: DeviceAnswer<Intent>, pendingEpochId: string | undefined): WalletContent {
  if (answer.kind !== 'slot-accepted') return content
  const isPromoted = content.stored.current.eid === pendingEpochId
  const pinChange: Pick<WalletContent, 'pinChange'> =
    content.pinChange === 'unconfirmed' ? { pinChange: isPromoted ? 'changed' : 'undone' } : {}
  const counted = { ...content, ...pinChange, triesLeft: answer.tries }
  const { settled } = answer
  if (settled === null || settled.outcome === 'signed' || settled.intent.paymentId === undefined) return counted
  return closePurchase(counted, settled.intent.paymentId)
}

async function hearProblem(
  session: Session,
  opening: Opening,
  { code, retired }: Problem,
): Promise<{ readonly answer: DeviceAnswer<Intent>; readonly word: Word }> {
  if (code === 'CUSTODY_WALLET_UNKNOWN') return await hear(session, opening, { word: 'unknown' })
  if (code === 'CUSTODY_RETRY') return await hear(session, opening, { word: 'retry' })
  if (code === 'CUSTODY_FROZEN') return await hear(session, opening, { word: 'frozen' })
  if (code === 'CUSTODY_STALE' && retired !== undefined) return await hear(session, opening, { word: 'stale', challenge: retired })
  return await hear(session, opening, { word: 'timeout' })
}

async function hear(
  session: Session,
  opening: Opening,
  hint: { readonly word: OpenHint['word'] } | { readonly word: 'stale'; readonly challenge: string },
): Promise<{ readonly answer: DeviceAnswer<Intent>; readonly word: Word }> {
  const q = bytesToHex(opening.query)
  const event: DeviceEvent<EpochSecrets, Intent> =
    hint.word === 'stale' ? { kind: 'stale-hint', q, challenge: hint.challenge } : { kind: 'open-hint', q, word: hint.word }
  return { answer: await applyEvent(session, event), word: hint.word }
}

type Alarm = Extract<DeviceAnswer<Intent>, { kind: 'alarm' }>

/** Rows 6 and 7. `isProven`: a signed slot shows a foreign attempt; a mere STALE is for the vault to judge and freezes nothing here. */
async function raiseAlarm(
  deps: FlowDependencies,
  session: Session,
  { alarm, isProven }: { readonly alarm: Alarm; readonly isProven: boolean },
): Promise<Result<OpenedSlot, Problem>> {
  if (isProven) await changeContent(session, (content) => ({ ...content, isFrozen: true }))
  if (!/^[0-9a-f]{32}$/u.test(alarm.challenge)) return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const { walletId } = getContent(session)
  const message = createAlarmMessage(
    {
      walletId: hexToBytes(walletId),
      epochId: hexToBytes(alarm.eid),
      query: hexToBytes(alarm.q),
      retired: hexToBytes(alarm.challenge),
    },
    epochKeyOf(session, alarm.eid),
  )
  // The alarm is tried once more; a thief who holds it back also holds back every payment.
  const sent = await deps.operator.raiseAlarm(walletId, message)
  if (!sent.ok) await deps.operator.raiseAlarm(walletId, message)
  return fail(problem('CUSTODY_FROZEN', { frozenReason: 'alarm' }))
}

function epochKeyOf(session: Session, epochId: string): Uint8Array {
  const { current, pending } = getContent(session).stored
  return pending?.eid === epochId ? pending.secrets.key : current.secrets.key
}
