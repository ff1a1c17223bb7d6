import type { WalletStore } from '@symbolon/operator-vault/flows'
import { actions, judgeOutcome } from './actions.ts'
import type { Faults } from './faults.ts'
import { judgeWallet } from './judge.ts'
import { act, createOwner, type Owner } from './owner.ts'
import { createSimulation } from './setup.ts'
import type { Rules, Simulation } from './simulation.ts'

export type RunOptions = {
  readonly seed: number
  readonly steps: number
  readonly rules?: Rules
  /** A store that outlives the vault, in place of memory; nothing is rolled back on it. */
  readonly store?: WalletStore
  readonly progress?: (done: number, total: number) => void
}
/** What came of a run. `violation` is empty when nothing broke. */
export type RunReport = {
  readonly seed: number
  readonly steps: number
  readonly fingerprint: number
  readonly faults: Faults['counts']
  readonly actions: Readonly<Record<string, number>>
  readonly signed: number
  readonly paid: number
  readonly lockedOut: number
  readonly keysLost: number
  readonly doubleSignatures: number
  readonly contradictions: number
  readonly falseAlarms: number
  readonly violation: string
  readonly recent: readonly string[]
}

const owners = 3
const calmEvery = 25

/** Runs people, devices, line and vault under one seed until the steps are used up or something breaks. */
export async function run(options: RunOptions): Promise<RunReport> {
  const simulation = await createSimulation(options)
  const { faults, chance, ledger, issuer } = simulation
  const people: Owner[] = []
  for (let index = 0; index < owners; index += 1) people.push(await createOwner(simulation, `owner ${index}`))
  const counts: Record<string, number> = {}
  const broken: string[] = []
  let [rounds, lockedOut] = [0, 0]
  while (faults.steps < options.steps && broken.length === 0) {
    const owner = people[chance.below(people.length)]
    if (owner === undefined) break
    const [, name, action] = chooseAction(chance.below(totalWeight))
    faults.step(`${owner.name}: ${name}`)
    counts[name] = (counts[name] ?? 0) + 1
    const found = await guarded(() => action(simulation, owner))
    broken.push(...ledger.broken, ...found)
    simulation.recover()
    if (faults.strikes('transaction lost') && !simulation.rollBack()) faults.step('no transaction to lose')
    for (const each of people) broken.push(...(await judge(simulation, each)))
    rounds += 1
    if (rounds % calmEvery === 0 && broken.length === 0) {
      const end = await guarded(() => finishInCalm(simulation, owner))
      if (end.includes(locked)) {
        lockedOut += 1
        people[people.indexOf(owner)] = await createOwner(simulation, owner.name)
      } else broken.push(...end)
    }
    options.progress?.(Math.min(faults.steps, options.steps), options.steps)
  }
  const count = (start: string): number => broken.filter((line) => line.startsWith(start)).length
  return {
    seed: options.seed,
    steps: faults.steps,
    fingerprint: faults.fingerprint,
    faults: faults.counts,
    actions: counts,
    signed: ledger.signed.length,
    paid: issuer.approved.size,
    lockedOut,
    keysLost: count('key lost'),
    doubleSignatures: count('double signature'),
    contradictions: count('contradiction'),
    falseAlarms: count('false alarm'),
    violation: broken[0] ?? '',
    recent: broken.length === 0 ? [] : faults.recent,
  }
}

const totalWeight = actions.reduce((sum, [weight]) => sum + weight, 0)
function chooseAction(draw: number): (typeof actions)[number] {
  let left = draw
  for (const action of actions) {
    left -= action[0]
    if (left < 0) return action
  }
  return [0, 'nothing', async () => []]
}

// A bug of the real code ends the run as a finding, with the steps that led to it.
async function guarded(work: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await work()
  } catch (error) {
    return [
      `error: ${error instanceof Error ? `${error.name} ${error.message} ${typeof error.cause === 'string' ? error.cause : ''}` : 'unknown'}`,
    ]
  }
}

async function judge({ vault }: Simulation, { walletId, medium, pin, otherPin }: Owner): Promise<readonly string[]> {
  const pins = otherPin === undefined ? [pin] : [pin, otherPin]
  return await judgeWallet({ walletId, medium, pins }, vault().deps)
}

const locked = 'locked'

/** From here on nothing goes wrong: whatever state the wallet is in, a payment comes to its end. */
async function finishInCalm(simulation: Simulation, owner: Owner): Promise<readonly string[]> {
  const { faults, vault, edge, world } = simulation
  return await faults.calmly(async () => {
    faults.step(`${owner.name}: everything is calm`)
    vault().time.nowMs += 15_000
    await edge.sweep()
    await act(simulation, owner, (sdk) => sdk.settle())
    const paymentId = world.order()
    const pins = owner.otherPin === undefined ? [owner.pin] : [owner.pin, owner.otherPin]
    for (const pin of pins) {
      const answer = await act(simulation, owner, (sdk) => sdk.confirmPayment(paymentId, { pin, instalmentMonths: 0 }))
      if (answer?.ok === true && answer.value.kind === 'paid') {
        Object.assign(owner, { pin, otherPin: undefined, wrongInARow: 0 })
        return judgeOutcome(simulation, owner, { paymentId, answer, mayBeWrong: false })
      }
      if (answer?.ok === true && answer.value.kind === 'locked')
        return isLockedRightly(await owner.sdk.loadWallet()) ? [locked] : ['stuck: locked with tries left']
      if (pin === pins.at(-1)) return [`stuck: a calm payment ends as ${answer?.ok === true ? answer.value.kind : answer?.problem.code}`]
    }
    return []
  })
}

function isLockedRightly(state: Awaited<ReturnType<Owner['sdk']['loadWallet']>>): boolean {
  return state.ok && state.value.triesLeft === 0
}
