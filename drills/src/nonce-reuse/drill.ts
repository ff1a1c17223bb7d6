import { encodeSignable } from '@symbolon/custody/device'
import { verifyJointSignature } from '@symbolon/custody/issuer'
import { draftPayment, operatorId, TestDevice } from '@symbolon/testing/vault'
import { loadGroup, type Group } from '../attacker/ed25519.ts'
import { startOperatorPlanes, type OperatorPlanes } from '../attacker/operator-planes.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { distinct, extractKey, makeMessage, notOffered, send, settle, signAlone, type Got, type Made, type SlotInHand } from './one-slot.ts'

const sizes = { small: { races: 2, kills: 1 }, full: { races: 25, kills: 25 } } as const

/** Two signatures with the nonces of one slot: through the public API, around kill -9 of the vault, and around restored databases. */
export const drill: Drill = {
  name: 'nonce-reuse',
  attackerHolds: 'a wallet of his own, the public API, and the moments at which the vault is killed or its database restored',
  claim: 'a slot signs once: no second signature with its nonces, whatever is sent, killed or restored',
  run: async (context) => {
    const planes = await startOperatorPlanes(context.folder)
    try {
      return judge(await loadGroup(), await tryAll(planes, context))
    } finally {
      await planes.stop()
    }
  },
}

/** What one slot gave. */
type Yield = { readonly way: string; readonly hand: SlotInHand; readonly got: readonly Got[]; readonly words: readonly string[] }
type Attempt = {
  readonly hand: SlotInHand
  readonly made: readonly Made[]
  sendAll(made: readonly Made[]): Promise<readonly (Got | string)[]>
}
type Way = {
  readonly way: string
  readonly count: number
  readonly go: (planes: OperatorPlanes, attempt: Attempt, round: number) => Promise<readonly (Got | string)[]>
}

async function tryAll(planes: OperatorPlanes, { size, progress, log }: DrillContext): Promise<readonly Yield[]> {
  const yields: Yield[] = []
  const rounds = ways(size).flatMap((way) => Array.from({ length: way.count }, (_, round) => ({ ...way, round })))
  for (const [index, { way, go, round }] of rounds.entries()) {
    progress(index, rounds.length)
    const attempt = await prepare(planes)
    const answers = await go(planes, attempt, round)
    const words = answers.map((answer) => (typeof answer === 'string' ? answer : 'signed'))
    log(`${way}: ${words.join(' ')}`)
    yields.push({ way, hand: attempt.hand, got: distinct(answers.filter((answer) => typeof answer !== 'string')), words })
  }
  return yields
}

async function prepare(planes: OperatorPlanes): Promise<Attempt> {
  const port = { ...planes.api, check: notOffered, sign: notOffered }
  const device = await TestDevice.enrol(port, planes.vaultPublicKey, nowSeconds())
  await device.open(port)
  if (device.slot === undefined) throw new Error('a slot is given')
  const hand = { device, slot: device.slot, operatorId }
  const made: Made[] = []
  for (let count = 0; count < 3; count += 1) made.push(await makeMessage(hand, nowSeconds()))
  const sendAll = (messages: readonly Made[]) => Promise.all(messages.map((message) => send(planes.api, device, message)))
  return { hand, made, sendAll }
}

/** The restores come last: a vault may refuse to go on with a database that has lost something. */
function ways(size: DrillContext['size']): readonly Way[] {
  const { races, kills } = sizes[size]
  return [
    { way: 'one after the other', count: 1, go: async (_, { made, sendAll }) => inTurn(made, sendAll) },
    {
      way: 'the same bytes',
      count: 1,
      go: async (_, { made: [first], sendAll }) => inTurn(first === undefined ? [] : [first, first, first], sendAll),
    },
    { way: 'after the next epoch is settled', count: 1, go: settleBetween },
    { way: 'all at once', count: races, go: async (_, { made, sendAll }) => sendAll(made) },
    { way: 'killed while signing', count: kills, go: killWhileSigning },
    { way: 'killed after signing', count: 1, go: async (planes, attempt) => [...(await killWhileSigning(planes, attempt, 400))] },
    { way: 'restored, the process lives', count: 1, go: restoreBetween },
    { way: 'restored, the process is killed', count: 1, go: restoreAndKill },
  ]
}

async function inTurn(made: readonly Made[], sendAll: Attempt['sendAll']): Promise<readonly (Got | string)[]> {
  const answers: (Got | string)[] = []
  for (const message of made) answers.push(...(await sendAll([message])))
  return answers
}

/** The slot once more, whenever the vault is ready to sign again: the same slot, and the keys of the day. */
async function settleBetween({ api }: OperatorPlanes, { hand, made }: Attempt): Promise<readonly (Got | string)[]> {
  const answers: (Got | string)[] = []
  for (let count = 0; count < made.length; count += 1) {
    const answer = await send(api, hand.device, await makeMessage(hand, nowSeconds()))
    answers.push(answer)
    if (typeof answer === 'string') break
    await settle({ api, device: hand.device, got: answer })
  }
  return answers
}

async function killWhileSigning(
  planes: OperatorPlanes,
  { made: [first, ...others], sendAll }: Attempt,
  delayMs: number,
): Promise<readonly (Got | string)[]> {
  const asked = sendAll(first === undefined ? [] : [first])
  await new Promise((resolve) => setTimeout(resolve, 3 * delayMs))
  await planes.killVault()
  const before = await asked
  if (!(await planes.startVault())) throw new Error('a vault that was killed starts again')
  return [...before, ...(await inTurn(others, sendAll))]
}

async function restoreBetween(planes: OperatorPlanes, { made, sendAll }: Attempt): Promise<readonly (Got | string)[]> {
  await planes.backUp()
  const answers: (Got | string)[] = []
  for (const message of made) {
    answers.push(...(await sendAll([message])))
    await planes.restore()
  }
  return answers
}

async function restoreAndKill(planes: OperatorPlanes, { made, sendAll }: Attempt): Promise<readonly (Got | string)[]> {
  await planes.backUp()
  const answers: (Got | string)[] = []
  for (const message of made) {
    answers.push(...(await sendAll([message])))
    await planes.killVault()
    await planes.restore()
    if (!(await planes.startVault())) return [...answers, 'the vault refuses to start']
  }
  return answers
}

function judge(group: Group, yields: readonly Yield[]): DrillOutcome {
  const signatures = yields.reduce((sum, { got }) => sum + got.length, 0)
  if (signatures === 0) throw new Error('an honest message is signed, or nothing was tried')
  const twice = yields.filter(({ got }) => got.length > 1)
  const forged = twice.filter((one) => forges(group, one))
  return {
    result: twice.length > 0 ? 'broken' : 'withstood',
    obtained:
      twice.length > 0
        ? `${Math.max(...twice.map(({ got }) => got.length))} signatures with one slot (${twice.map(({ way }) => way).join(', ')})${forged.length > 0 ? ', from them the whole key, and a forged payment' : ''}`
        : `one signature a slot at most, in ${yields.length} slots`,
    figures: { slots: yields.length, signatures, slotsSignedTwice: twice.length, keysExtracted: forged.length },
  }
}

/** Whether the signatures of one slot give the whole key: then a payment is signed that nobody was asked for. */
function forges(group: Group, { hand: { device, slot }, got }: Yield): boolean {
  const key = extractKey(slot, device.walletKey, got)
  if (key === undefined) return false
  const message = encodeSignable(draftPayment(0, { amountMinorUnits: 999_999_999_999n, expiresAt: 4_000_000_000 })(slot))
  return verifyJointSignature({ walletKey: device.walletKey, message, signature: signAlone(group, device.walletKey, key, message) })
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000)
}
