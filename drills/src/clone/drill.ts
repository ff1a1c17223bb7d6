import { startScene } from '../attacker/scene.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { listOrders, type Step } from './orders.ts'
import { beginLife, playOrder, type Played } from './play.ts'

const sizes = { small: { length: 2, drawn: 8, drawnLength: 4 }, full: { length: 4, drawn: 400, drawnLength: 7 } } as const

/** A copied device: everything stored and the kind-0 key, and the PIN besides. It acts between what the genuine device does. */
export const drill: Drill = {
  name: 'clone',
  attackerHolds: 'a copy of everything that the device stores, its software key, and the PIN',
  claim: 'whatever a copy binds is noticed by the genuine device’s next contact, and the wallet is frozen for both',
  run: async (context) => {
    const scene = await startScene({ limits: { opensPerMinute: 100_000 } })
    const beginning = await beginLife(scene)
    const played: Played[] = []
    const orders = listOrders(sizes[context.size], context.random)
    for (const [index, order] of orders.entries()) {
      context.progress(index, orders.length)
      played.push(playAndTell(context, order, await playOrder(scene, beginning, order)))
    }
    return judge(played)
  },
}

function playAndTell({ log }: DrillContext, order: readonly Step[], played: Played): Played {
  if (played.missed > 0 || played.signedAfterFreeze > 0 || played.isFalseAlarm) log(`${order.join(' · ')}: ${JSON.stringify(played)}`)
  return played
}

function judge(played: readonly Played[]): DrillOutcome {
  const sum = (of: (one: Played) => number): number => played.reduce((total, one) => total + of(one), 0)
  const [missed, signedAfterFreeze] = [sum((one) => one.missed), sum((one) => one.signedAfterFreeze)]
  const falseAlarms = sum((one) => (one.isFalseAlarm ? 1 : 0))
  const mostPayments = Math.max(...played.map((one) => one.signedByCopy))
  const noticed = sum((one) => (one.isFrozen ? 1 : 0))
  if (noticed === 0 && missed === 0) throw new Error('no copy bound anything, so nothing was tried')
  const isBroken = missed + signedAfterFreeze + falseAlarms > 0
  return {
    result: isBroken ? 'broken' : 'withstood',
    obtained: isBroken
      ? `${missed} contacts of the genuine device that did not notice a copy, ${signedAfterFreeze} signatures after the freeze, ${falseAlarms} false alarms`
      : `payments until the genuine device’s next contact (${mostPayments} in the longest order), which froze the wallet each time`,
    figures: { orders: played.length, noticed, missed, falseAlarms, signedAfterFreeze, mostPaymentsOfCopy: mostPayments },
  }
}
