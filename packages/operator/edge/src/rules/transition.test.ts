import { describe, expect, test } from 'vitest'
import { paymentStates, paymentTransitions, type PaymentState } from '@symbolon/contracts/merchant-api'
import { confirmed, payment } from '../testing/samples.ts'
import { isFinal, moveTo } from './transition.ts'

/** Written out by hand, so that a change of the published table shows here. */
const legal: readonly (readonly [PaymentState, PaymentState])[] = [
  ['requires_confirmation', 'authorizing'],
  ['requires_confirmation', 'canceled'],
  ['requires_confirmation', 'expired'],
  ['authorizing', 'authorized'],
  ['authorizing', 'captured'],
  ['authorizing', 'declined'],
  ['authorizing', 'unanswered'],
  ['authorizing', 'expired'],
  ['authorized', 'captured'],
  ['authorized', 'reversed'],
  ['unanswered', 'reversed'],
]
const every = paymentStates.flatMap((from) => paymentStates.map((to) => [from, to] as const))
const isLegal = (from: PaymentState, to: PaymentState): boolean => legal.some((pair) => pair[0] === from && pair[1] === to)

describe('the table of transitions', () => {
  test.each(every.filter(([from, to]) => isLegal(from, to)))('%s → %s makes the next version', (from, to) => {
    const before = { ...payment(), state: from, version: 4 }
    expect(moveTo(before, to)).toEqual({ ok: true, value: { ...before, state: to, version: 5 } })
  })

  test.each(every.filter(([from, to]) => !isLegal(from, to)))('%s → %s is refused', (from, to) => {
    expect(moveTo({ ...payment(), state: from }, to)).toEqual({ ok: false, problem: { code: 'PAYMENT_STATE_CONFLICT' } })
  })

  test('no payment ever comes back to a state it has left', () => {
    const reachable = (from: PaymentState, seen: readonly PaymentState[] = []): readonly PaymentState[] =>
      paymentTransitions[from].flatMap((to) => (seen.includes(to) ? [to] : [to, ...reachable(to, [...seen, to])]))
    for (const state of paymentStates) expect(reachable(state)).not.toContain(state)
  })

  test('nothing follows a final state, and a look that was planned is dropped by a move', () => {
    expect(paymentStates.filter(isFinal)).toEqual(['captured', 'declined', 'expired', 'canceled', 'reversed'])
    const moved = moveTo({ ...confirmed(), nextLookAtMs: 1 }, 'captured')
    expect(moved.ok && moved.value.nextLookAtMs).toBeUndefined()
  })
})
