import { describe, expect, it } from 'vitest'
import { applyDeviceEvent, type DeviceEvent, type OpenHint } from './apply-device-event.ts'
import { createDeviceState, type DeviceState } from './device-state.ts'
import { noSlotId } from './last-attempt.ts'

type State = DeviceState<string, string>
type Event = DeviceEvent<string, string>
const fresh: State = createDeviceState({ eid: 'e0', secrets: 'c0' })
const pending = { eid: 'e1', secrets: 'c1' }
const attempt = { slotId: 's1', intent: 'tea' }
const given = (stored: Partial<State['stored']>, memory: Partial<State['memory']> = {}): State => ({
  stored: { ...fresh.stored, ...stored },
  memory: { ...fresh.memory, ...memory },
})
const opening = { q: 'q1', eid: 'e0' }
type SlotEvent = Extract<Event, { kind: 'slot-received' }>
const slot = (change: Partial<SlotEvent> = {}): SlotEvent => ({
  kind: 'slot-received',
  verified: true,
  q: 'q1',
  eid: 'e0',
  slotId: 's2',
  counter: 0,
  last: { slotId: noSlotId, state: 0 },
  tries: 5,
  ...change,
})
const attempted = (state: number): Partial<SlotEvent> => ({ counter: 1, last: { slotId: 's1', state } })

function refuses(state: State, event: Event, answer: object): void {
  const step = applyDeviceEvent(state, event)
  expect(step).toEqual({ state, answer, durable: false })
  expect(step.state).toBe(state)
}

describe('opening, rows 1 and 7', () => {
  const start: Event = { kind: 'open-started', q: 'q1' }
  it('names the current epoch, or the pending one, or the current one after a refusal; the old slot is dropped', () => {
    const check = (state: State, eid: string): void => {
      const step = applyDeviceEvent(state, start)
      expect(step).toMatchObject({ answer: { kind: 'send-open', q: 'q1', eid }, durable: false })
      expect(step.state).toEqual({ stored: state.stored, memory: { ...state.memory, opening: { q: 'q1', eid }, slot: null } })
    }
    check(given({}, { slot: { id: 's0', tries: 5 } }), 'e0')
    check(given({ pending }), 'e1')
    check(given({ pending }, { triesCurrent: true }), 'e0')
  })
  const hint = (word: OpenHint['word'], q = 'q1'): Event => ({ kind: 'open-hint', q, word })
  it('turns to the current epoch on unknown or silence under the pending one, deleting nothing', () => {
    for (const word of ['unknown', 'timeout'] as const) {
      const step = applyDeviceEvent(given({ pending, attempt }, { opening: { q: 'q1', eid: 'e1' } }), hint(word))
      expect(step.state.stored).toEqual({ ...fresh.stored, pending, attempt })
      expect(step).toMatchObject({ answer: { kind: 'open-again' }, durable: false, state: { memory: { triesCurrent: true } } })
    }
  })
  it('waits on every word under the current epoch, deleting nothing', () => {
    for (const word of ['unknown', 'timeout', 'retry'] as const) {
      const step = applyDeviceEvent(given({ pending, attempt }, { opening, triesCurrent: true }), hint(word))
      expect(step.state.stored).toEqual({ ...fresh.stored, pending, attempt })
      expect(step).toMatchObject({ answer: { kind: 'wait-and-open' }, durable: false, state: { memory: { triesCurrent: false } } })
    }
  })
  it('only tells of frozen', () => refuses(given({ attempt }, { opening }), hint('frozen'), { kind: 'frozen' }))
  it('ignores words for an older open', () => {
    refuses(given({ pending }, { opening }), hint('unknown', 'q0'), { kind: 'ignored' })
    refuses(given({}, { opening }), { kind: 'stale-hint', q: 'q0', challenge: 'r' }, { kind: 'ignored' })
    refuses(fresh, hint('unknown'), { kind: 'ignored' })
  })
  it('row 7: stale without a pending epoch is an alarm; with one, that one is tried again', () => {
    const stale: Event = { kind: 'stale-hint', q: 'q1', challenge: 'r' }
    refuses(given({}, { opening }), stale, { kind: 'alarm', eid: 'e0', q: 'q1', challenge: 'r' })
    const step = applyDeviceEvent(given({ pending }, { opening, triesCurrent: true }), stale)
    expect(step).toMatchObject({ answer: { kind: 'open-again' }, state: { stored: { pending }, memory: { triesCurrent: false } } })
  })
})

describe('a slot, rows 5 and 6', () => {
  it('is ignored unless it is signed and answers the latest open under the same epoch', () => {
    for (const change of [{ verified: false }, { q: 'q0' }, { eid: 'e1' }]) {
      refuses(given({ pending, attempt }, { opening }), slot(change), { kind: 'ignored' })
    }
    refuses(fresh, slot(), { kind: 'ignored' })
  })
  it('is accepted without a write when nothing changes', () => {
    const step = applyDeviceEvent(given({}, { opening, triesCurrent: true }), slot())
    expect(step).toEqual({
      state: given({}, { slot: { id: 's2', tries: 5 } }),
      answer: { kind: 'slot-accepted', slotId: 's2', tries: 5, settled: null },
      durable: false,
    })
  })
  const settles = (state: State, event: Event, outcome: string): void => {
    const step = applyDeviceEvent(state, event)
    expect(step).toMatchObject({ answer: { kind: 'slot-accepted', settled: { intent: 'tea', outcome } }, durable: true })
    expect(step.state.stored).toMatchObject({ pending: null, attempt: null })
  }
  it('settles the attempt: signed, wrong PIN, void, or never arrived', () => {
    settles(given({ attempt }, { opening }), slot(attempted(2)), 'signed')
    settles(given({ attempt }, { opening }), slot(attempted(3)), 'wrong-pin')
    settles(given({ attempt }, { opening }), slot(attempted(4)), 'not-signed')
    settles(given({ attempt }, { opening }), slot(), 'not-signed')
  })
  it('promotes under the pending epoch and drops it under the current one', () => {
    const promoted = applyDeviceEvent(
      given({ pending, attempt }, { opening: { q: 'q1', eid: 'e1' } }),
      slot({ ...attempted(2), eid: 'e1' }),
    )
    expect(promoted.state.stored).toMatchObject({ current: pending, pending: null, counter: 1, last: { slotId: 's1', state: 2 } })
    const dropped = applyDeviceEvent(given({ pending, attempt }, { opening }), slot(attempted(2)))
    expect(dropped.state.stored).toMatchObject({ current: fresh.stored.current, pending: null, counter: 1 })
  })
  it('says signed for what the device has verified, whatever the vault remembers', () => {
    settles(given({ pending, attempt }, { opening }), slot(attempted(4)), 'signed')
    settles(given({ pending, attempt }, { opening }), slot(), 'signed')
  })
  it('row 6: another counter or another attempt is an alarm that names the slot and deletes nothing', () => {
    const foreign = [
      { counter: 1 },
      { last: { slotId: 's9', state: 2 } },
      { counter: 2, last: { slotId: 's1', state: 2 } },
      { counter: 1, last: { slotId: 's9', state: 2 } },
    ]
    for (const change of foreign) {
      const state = given({ attempt, pending }, { opening })
      refusesStored(state, slot(change))
    }
    refusesStored(given({}, { opening }), slot(attempted(2)))
  })
  function refusesStored(state: State, event: Event): void {
    const step = applyDeviceEvent(state, event)
    expect(step).toMatchObject({ answer: { kind: 'alarm', eid: 'e0', q: 'q1', challenge: 's2' }, durable: false })
    expect(step.state.stored).toBe(state.stored)
  }
})

describe('paying, rows 8 and 12 to 14', () => {
  const pay: Event = { kind: 'pay-started', intent: 'tea' }
  const inHand = { slot: { id: 's1', tries: 1 } }
  it('row 8: writes slot and intent before anything is sent, and uses the slot once', () => {
    const step = applyDeviceEvent(given({}, inHand), pay)
    expect(step).toEqual({ state: given({ attempt }), answer: { kind: 'send-message', slotId: 's1' }, durable: true })
    refuses(step.state, pay, { kind: 'no-slot' })
  })
  it('row 8: needs a slot, no pending epoch, and a try', () => {
    refuses(fresh, pay, { kind: 'no-slot' })
    refuses(given({ pending }, inHand), pay, { kind: 'no-slot' })
    refuses(given({}, { slot: { id: 's1', tries: 0 } }), pay, { kind: 'locked' })
  })
  const signed: Event = { kind: 'done-received', slotId: 's1', status: 'signed', verified: true, pending }
  it('row 12: writes the pending epoch beside the current one', () => {
    const step = applyDeviceEvent(given({ attempt }, { triesCurrent: true }), signed)
    expect(step).toEqual({ state: given({ attempt, pending }), answer: { kind: 'signed' }, durable: true })
  })
  it('custody invariant 7: the device writes pend only after the joint signature verifies', () =>
    refuses(given({ attempt }), { ...signed, verified: false }, { kind: 'ignored' }))
  it('ignores an answer to another slot, to none, and the second one', () => {
    refuses(given({ attempt: { ...attempt, slotId: 's9' } }), signed, { kind: 'ignored' })
    refuses(fresh, signed, { kind: 'ignored' })
    refuses(given({ attempt, pending }), signed, { kind: 'ignored' })
  })
  it('row 13: wrong PIN and void delete nothing', () => {
    refuses(given({ attempt }), { kind: 'done-received', slotId: 's1', status: 'wrong' }, { kind: 'wrong-pin' })
    const step = applyDeviceEvent(given({ attempt }, { slot: { id: 's2', tries: 5 } }), { kind: 'void-hint' })
    expect(step).toEqual({ state: given({ attempt }), answer: { kind: 'open-again' }, durable: false })
  })
  it('row 14: a killed app loses its memory alone', () => {
    const state = given({ attempt, pending }, { opening, triesCurrent: true, slot: { id: 's2', tries: 5 } })
    expect(applyDeviceEvent(state, { kind: 'app-killed' })).toEqual({
      state: given({ attempt, pending }),
      answer: { kind: 'none' },
      durable: false,
    })
  })
})
