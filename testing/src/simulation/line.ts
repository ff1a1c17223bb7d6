import type { ProblemCode } from '@symbolon/contracts/problems'
import type { Transport, TransportAnswer, TransportRequest } from '@symbolon/device'
import { Fault } from '@symbolon/formats/result'
import { refuse } from '../wallet/world.ts'
import type { Faults } from './faults.ts'
import { assertAlive, kill, type Page } from './medium.ts'
import type { Chance } from './random.ts'

/** A line that loses, doubles, delays and reorders, and on which anybody may say an unauthenticated word. */
export type Line = {
  transportOf(page: Page): Transport
  /** Connections die with a vault that is replaced: what was late never comes. */
  cut(): void
}
type Late = { readonly request: TransportRequest }

const words: readonly [ProblemCode, ...ProblemCode[]] = [
  'CUSTODY_WALLET_UNKNOWN',
  'CUSTODY_RETRY',
  'CUSTODY_VOID',
  'CUSTODY_CONFLICT',
  'CUSTODY_REJECTED',
  'CUSTODY_FROZEN',
  'CUSTODY_STALE',
  'CUSTODY_REFRESH_REQUIRED',
  'REQUEST_TOO_MANY',
]
const rememberedAnswers = 12

export function createLine(deps: {
  readonly answer: (request: TransportRequest) => Promise<TransportAnswer>
  readonly faults: Faults
  readonly chance: Chance
}): Line {
  const { answer, faults, chance } = deps
  const late: Late[] = []
  const older = new Map<string, TransportAnswer[]>()
  const silence = (): never => {
    throw new Fault('SERVICE_FAULT', { retry: 'later' })
  }
  const deliver = async (request: TransportRequest): Promise<TransportAnswer> => {
    const answered = await answer(request)
    const route = routeOf(request)
    const kept = older.get(route) ?? []
    older.set(route, [...kept, answered].slice(-rememberedAnswers))
    return answered
  }
  const deliverLate = async (): Promise<void> => {
    const place = chance.below(late.length)
    const [found] = late.splice(place, 1)
    if (found !== undefined) await deliver(found.request)
  }
  const exchange = async (request: TransportRequest): Promise<TransportAnswer> => {
    if (late.length > 0 && chance.happens(0.3)) await deliverLate()
    if (faults.strikes('request lost')) return silence()
    if (faults.strikes('request late')) {
      late.push({ request })
      return silence()
    }
    if (faults.strikes('forged word')) return refuse(chance.pick(words), { retired: '5f'.repeat(16) })
    if (faults.strikes('older answer')) {
      const kept = older.get(routeOf(request)) ?? []
      const found = kept[chance.below(Math.max(kept.length, 1))]
      if (found !== undefined) return found
    }
    const answered = await deliver(request)
    if (faults.strikes('request doubled')) return chance.happens(0.5) ? await deliver(request) : (await deliver(request), answered)
    return faults.strikes('answer lost') ? silence() : answered
  }
  return {
    cut: () => void late.splice(0),
    transportOf: (page) => async (request) => {
      assertAlive(page)
      faults.step(`${request.method} ${routeOf(request)}`)
      if (faults.strikes('app killed at a call')) kill(page)
      const answered = await exchange(request)
      if (faults.strikes('app killed at a call')) kill(page)
      return answered
    },
  }
}

// The route without its ids, which are drawn by others than the seed.
function routeOf({ url }: TransportRequest): string {
  return new URL(url).pathname.replaceAll(/[0-9a-f]{32}/gu, 'id')
}
