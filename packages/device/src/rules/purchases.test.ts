import { expect, test } from 'vitest'
import { closePurchase, findPurchase, isFinalState, openPurchase } from './purchases.ts'
import { maximumIntents, type WalletContent } from './wallet-content.ts'
import { paymentStates, paymentTransitions } from '@symbolon/contracts/merchant-api'

const key = new Uint8Array(32)
const empty: WalletContent = {
  walletId: '00',
  walletKey: key,
  pinSalt: key,
  stored: {
    current: { eid: '00', secrets: { key, maskedShare: key, salt: key } },
    pending: null,
    counter: 0,
    last: { slotId: '00', state: 0 },
    attempt: null,
  },
  triesLeft: 5,
  isFrozen: false,
  protection: 'pin',
  purchases: [],
  cards: [],
}
const open = (content: WalletContent, name: string): WalletContent =>
  openPurchase(content, { paymentId: name, paymentAttemptId: `${name}-attempt` })

test('a purchase is remembered under one attempt id, also after it is closed', () => {
  const closed = closePurchase(open(empty, 'a'), 'a')
  expect(findPurchase(closed, 'a')).toEqual({ paymentId: 'a', paymentAttemptId: 'a-attempt', isOpen: false })
  expect(open(closed, 'a').purchases).toEqual([{ paymentId: 'a', paymentAttemptId: 'a-attempt', isOpen: true }])
})

test('the oldest closed purchase makes room, an open one does not', () => {
  let content = empty
  for (let count = 0; count < maximumIntents; count += 1) content = open(content, `p${count}`)
  content = open(closePurchase(content, 'p3'), 'new')
  expect(content.purchases.map(({ paymentId }) => paymentId)).toEqual(['p0', 'p1', 'p2', 'p4', 'p5', 'p6', 'p7', 'new'])
  expect(open(content, 'another').purchases).toHaveLength(maximumIntents)
})

test('final for the payer is what nothing can change without the merchant', () => {
  expect(paymentStates.filter((state) => !isFinalState(state))).toEqual(['requires_confirmation', 'authorizing', 'unanswered'])
  for (const state of paymentStates.filter(isFinalState)) {
    expect(paymentTransitions[state].every((next) => isFinalState(next))).toBe(true)
  }
})
