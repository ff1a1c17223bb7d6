import { derivePaymentRequestHash } from '@symbolon/contracts/payment-request'
import type { PaymentOutcome, WalletAnswer } from '@symbolon/device'
import { bytesToHex } from '@symbolon/formats/bytes'
import { Fault } from '@symbolon/formats/result'
import { demandRefresh } from '@symbolon/operator-vault/flows'
import { readDeviceFile } from './judge.ts'
import { act, reload, type Owner } from './owner.ts'
import type { Simulation } from './simulation.ts'

/** What people and machines do in a run. Each answers what it found broken. */
export type Action = (simulation: Simulation, owner: Owner) => Promise<readonly string[]>

const wrongPin = '135790'
const maximumOpen = 3

/** Pays a new order, or one whose end is not known yet, mostly with the right PIN. */
const pay: Action = async (simulation, owner) => {
  const { chance, world } = simulation
  if (owner.open.length === 0 || (owner.open.length < maximumOpen && chance.happens(0.5))) owner.open.push(world.order())
  const paymentId = owner.open[chance.below(owner.open.length)] ?? ''
  // A person who has typed two wrong PINs looks it up.
  const isRight = owner.wrongInARow >= 2 || !chance.happens(0.1)
  owner.wrongInARow = isRight ? 0 : owner.wrongInARow + 1
  if (chance.happens(0.5)) await act(simulation, owner, (sdk) => sdk.preparePayment())
  if (chance.happens(0.5)) await act(simulation, owner, (sdk) => sdk.loadPayment(paymentId))
  const pin = isRight ? typed(simulation, owner) : wrongPin
  const answer = await act(simulation, owner, (sdk) => sdk.confirmPayment(paymentId, { pin, instalmentMonths: 0 }))
  return judgeOutcome(simulation, owner, { paymentId, answer, mayBeWrong: !isRight || owner.otherPin !== undefined })
}

/** Asks after a reload how everything ended. */
const settle: Action = async (simulation, owner) => {
  const answer = await act(simulation, owner, (sdk) => sdk.settle())
  if (answer?.ok !== true || answer.value === undefined) return []
  const { value } = answer
  const paymentId = 'paymentId' in value ? value.paymentId : 'payment' in value ? value.payment.paymentId : undefined
  return paymentId === undefined ? [] : judgeOutcome(simulation, owner, { paymentId, answer: { ok: true, value }, mayBeWrong: true })
}

const showCard: Action = async (simulation, owner) => {
  const answer = await act(simulation, owner, (sdk) => sdk.showCard(owner.tokenReferenceId, typed(simulation, owner)))
  if (answer?.ok !== true) return []
  const { value } = answer
  if (value.kind === 'wrong-pin' && owner.otherPin === undefined) return ['contradiction: a right PIN was called wrong']
  return value.kind === 'shown' && value.card.primaryAccountNumber !== '4111111111111111' ? ['contradiction: another record was shown'] : []
}

/** Gives both halves new values; told as done, another epoch is current. */
const refresh: Action = async (simulation, owner) => {
  const before = readDeviceFile(owner.medium)?.current.eid
  const answer = await act(simulation, owner, (sdk) => sdk.refresh(typed(simulation, owner)))
  if (answer?.ok !== true) return []
  if (answer.value.kind === 'wrong-pin' && owner.otherPin === undefined) return ['contradiction: a right PIN was called wrong']
  const isSame = readDeviceFile(owner.medium)?.current.eid === before
  return answer.value.kind === 'refreshed' && isSame ? ['contradiction: told refreshed, under the same epoch'] : []
}

/** Changes the PIN. A change that is cut off leaves the person with two, of which one is right. */
const changePin: Action = async (simulation, owner) => {
  if (owner.otherPin !== undefined) return await resolvePin(simulation, owner)
  const next = simulation.chance.pick(['246801', '975318', '314159'])
  const answer = await act(simulation, owner, (sdk) => sdk.changePin(owner.pin, next))
  if (answer === undefined || !answer.ok) owner.otherPin = next
  else if (answer.value.kind === 'changed') owner.pin = next
  else if (answer.value.kind === 'unconfirmed') owner.otherPin = next
  else if (answer.value.kind === 'wrong-pin') return ['contradiction: a right PIN was called wrong']
  return []
}

/** What the wallet itself says of a change that was cut off, once a signed slot has settled it. */
async function resolvePin(simulation: Simulation, owner: Owner): Promise<readonly string[]> {
  await act(simulation, owner, (sdk) => sdk.settle())
  const state = await act(simulation, owner, (sdk) => sdk.loadWallet())
  const said = state?.ok === true ? state.value.pinChange : undefined
  if (said === 'changed') owner.pin = owner.otherPin ?? owner.pin
  if (said === 'changed' || said === 'undone') owner.otherPin = undefined
  return []
}

/** The operator demands a refresh, as after a containment; the next confirmation makes it by itself. */
const demand: Action = async ({ vault, faults }, { walletId }) => {
  faults.step('a refresh is demanded')
  try {
    await demandRefresh(vault().deps, { scope: { kind: 'wallet', walletId }, deadlineSeconds: 30 * 86_400 })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
  return []
}

const killPage: Action = async (simulation, owner) => {
  simulation.faults.step(`${owner.name}'s page is closed`)
  await reload(simulation, owner)
  return []
}

const restartVault: Action = async (simulation) => {
  simulation.faults.step('the vault restarts')
  simulation.restart()
  return []
}

const passTime: Action = async ({ vault, chance, faults }) => {
  faults.step('time passes')
  vault().time.nowMs += chance.pick([100, 1_000, 9_000, 12_000, 61_000, 130_000])
  return []
}

const sweep: Action = async ({ edge, faults }) => {
  faults.step('the outbox is emptied')
  await edge.sweep()
  return []
}

/** Actions and how often each comes. */
export const actions: readonly (readonly [weight: number, name: string, action: Action])[] = [
  [50, 'pay', pay],
  [12, 'settle', settle],
  [8, 'show card', showCard],
  [6, 'refresh', refresh],
  [6, 'change PIN', changePin],
  [3, 'demand refresh', demand],
  [4, 'close page', killPage],
  [2, 'restart vault', restartVault],
  [12, 'pass time', passTime],
  [8, 'sweep', sweep],
]

/** The PIN that the person believes in; after a change whose end is not known, one of two. */
export function typed({ chance }: Simulation, { pin, otherPin }: Owner): string {
  return otherPin !== undefined && chance.happens(0.5) ? otherPin : pin
}

type Told = {
  readonly paymentId: string
  readonly answer: WalletAnswer<PaymentOutcome> | undefined
  readonly mayBeWrong: boolean
}

/** Compares what the person was told with what the vault signed and the issuer got. */
export function judgeOutcome(simulation: Simulation, owner: Owner, { paymentId, answer, mayBeWrong }: Told): readonly string[] {
  if (answer?.ok !== true) return []
  const { signed, approved, wasLost } = truthOf(simulation, paymentId)
  const close = (): void => {
    if (owner.open.includes(paymentId)) owner.open.splice(owner.open.indexOf(paymentId), 1)
  }
  switch (answer.value.kind) {
    case 'paid':
      close()
      return approved ? [] : ['contradiction: told paid, and no issuer approved it']
    case 'authorizing':
      return signed ? [] : ['contradiction: told signed, and nothing was signed']
    case 'not-signed':
      return signed && !wasLost ? ['contradiction: told not signed, and it was signed'] : []
    case 'wrong-pin':
      if (!mayBeWrong) return ['contradiction: a right PIN was called wrong']
      return signed && !wasLost ? ['contradiction: told wrong PIN, and it was signed'] : []
    case 'expired':
      close()
      return signed ? ['contradiction: told expired, and it was signed'] : []
    case 'declined':
    case 'unanswered':
    case 'reversed':
    case 'canceled':
      return [`contradiction: told ${answer.value.kind}, which nobody did`]
    case 'locked':
    case 'unknown':
      return []
  }
}

function truthOf({ world, ledger, issuer }: Simulation, paymentId: string) {
  const request = world.payments.get(paymentId)?.request ?? ''
  const hash = bytesToHex(derivePaymentRequestHash(request))
  const ours = ledger.signed.filter(({ requestHash }) => requestHash === hash)
  return {
    signed: ours.length > 0,
    wasLost: ours.some(({ attempt }) => ledger.lostAttempts.has(attempt.attemptId)),
    approved: [...issuer.approved.values()].some((approvedRequest) => approvedRequest.endsWith(`/${hash}`)),
  }
}
