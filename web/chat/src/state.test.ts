import { describe, expect, it } from 'vitest'
import { paymentStates, paymentTransitions, type Payment } from '@symbolon/contracts/merchant-api'
import { applyCheckout, decidePollDelayMs, type ChatState } from './state.ts'

const payment: Payment = {
  paymentId: '00'.repeat(16),
  version: 2,
  state: 'authorizing',
  merchantId: '11'.repeat(16),
  orderId: 'order-1',
  orderName: 'Tea',
  amountMinorUnits: '4500',
  currency: 'KRW',
  createdAt: 1,
  expiresAt: 2,
  checkoutUrl: 'http://127.0.0.1:8400/',
}
const state: ChatState = {
  isOnline: true,
  frame: 'ready',
  wallet: undefined,
  paymentId: payment.paymentId,
  checkout: 'known',
  shown: { payment, shop: undefined },
  stop: 'offered',
}

describe('what the conversation knows of a payment', () => {
  it('takes a newer state and keeps it against an older answer', () => {
    const newer = { payment: { ...payment, version: 3, state: 'captured' as const }, shop: undefined }
    const after = applyCheckout(state, { kind: 'found', shown: newer })
    expect(after.shown).toBe(newer)
    expect(applyCheckout(after, { kind: 'found', shown: { payment, shop: undefined } }).shown).toBe(newer)
  })

  it('keeps what it knew while nobody answers', () => {
    const after = applyCheckout(state, { kind: 'unreachable' })
    expect(after).toMatchObject({ checkout: 'unreachable', shown: state.shown })
    expect(decidePollDelayMs(after)).toBeGreaterThan(0)
  })

  it.each(paymentStates)('asks again in %s exactly when the payment can still move', (name) => {
    const delay = decidePollDelayMs({ ...state, shown: { payment: { ...payment, state: name }, shop: undefined } })
    expect(delay !== undefined).toBe(paymentTransitions[name].length > 0)
  })

  it('does not ask for a payment that does not exist', () => {
    expect(decidePollDelayMs(applyCheckout(state, { kind: 'missing' }))).toBeUndefined()
    expect(decidePollDelayMs({ ...state, paymentId: undefined })).toBeUndefined()
  })
})
