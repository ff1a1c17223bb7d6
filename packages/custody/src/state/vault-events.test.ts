import { describe, expect, it } from 'vitest'
import { applyVaultEvent, type VaultEvent } from './apply-vault-event.ts'
import { createVaultState, findVaultEpoch, type VaultLast, type VaultState, type VaultStored } from './vault-state.ts'

type State = VaultState<string>
const key = (byte: number): Uint8Array => Uint8Array.of(byte)
const done = Uint8Array.of(9)
const fresh = createVaultState({ eid: 'e0', secrets: 'k0' })
const bound: VaultLast = { state: 'bound', slotId: 's1', hash: 'h1', attemptId: 'p1' }
const pending = { eid: 'e1', secrets: 'k1', sinceMs: 1_000 }
const slot = { id: 's1', expiresAtMs: 5_000 }

const given = (stored: Partial<VaultStored<string>>, memory: Partial<State['memory']> = {}): State => ({
  stored: { ...fresh.stored, ...stored },
  memory: { ...fresh.memory, ...memory },
})
const open = (match: 'current' | 'pending' | 'retired' | 'unknown', nowMs = 1_000): VaultEvent<string> => ({
  kind: 'open',
  match,
  nowMs,
  challenge: 'r1',
  retiringMacKey: key(0),
})
const received: VaultEvent<string> = { kind: 'message-received', slotId: 's1', hash: 'h1', nowMs: 4_999 }
const accepted: VaultEvent<string> = { ...received, kind: 'message-accepted', attemptId: 'p1', messageKind: 'pay' }

/** What a refusal promises: the same state, nothing to flush. */
function refuses(state: State, event: VaultEvent<string>, answer: object): void {
  const step = applyVaultEvent(state, event)
  expect(step).toEqual({ state, answer, durable: false })
  expect(step.state).toBe(state)
}

describe('open', () => {
  it('row 2: the current epoch with nothing pending gives a slot and writes nothing; the old slot dies', () => {
    const step = applyVaultEvent(given({}, { slot }), open('current'))
    expect(step).toEqual({ state: fresh, answer: { kind: 'give-slot' }, durable: false })
  })
  it('row 2: a pending epoch of ten seconds is dropped durably', () => {
    const step = applyVaultEvent(given({ pending }), open('current', 11_000))
    expect(step).toEqual({ state: fresh, answer: { kind: 'give-slot' }, durable: true })
  })
  it('row 2: a younger one stays, and the answer is retry', () => refuses(given({ pending }), open('current', 10_999), { kind: 'retry' }))
  it('row 2 and 16: a bound attempt without an answer becomes void, durably', () => {
    const step = applyVaultEvent(given({ last: bound }), open('current'))
    expect(step.state.stored.last).toEqual({ ...bound, state: 'void' })
    expect(step).toMatchObject({ answer: { kind: 'give-slot' }, durable: true })
  })
  it('row 3: the pending epoch becomes current and the old one retires, eight at most, newest first', () => {
    const retired = Array.from({ length: 8 }, (_, index) => ({ eid: `old${index}`, macKey: key(index) }))
    const step = applyVaultEvent(given({ pending, retired }, { slot }), open('pending'))
    expect(step.state.stored).toEqual({
      ...fresh.stored,
      current: { eid: 'e1', secrets: 'k1' },
      retired: [{ eid: 'e0', macKey: key(0) }, ...retired.slice(0, 7)],
    })
    expect(step).toMatchObject({ state: { memory: { slot: null } }, answer: { kind: 'give-slot' }, durable: true })
  })
  it('row 4: a retired epoch changes nothing that is stored and keeps the slot', () => {
    const state = given({}, { slot })
    const step = applyVaultEvent(state, open('retired'))
    expect(step).toEqual({
      state: { ...state, memory: { slot, staleChallenge: 'r1' } },
      answer: { kind: 'stale', challenge: 'r1' },
      durable: false,
    })
  })
  it('refuses an unknown epoch or MAC, also of a frozen wallet, with the same word', () => {
    refuses(given({}, { slot }), open('unknown'), { kind: 'unknown' })
    refuses(given({ frozen: 'alarm' }), open('unknown'), { kind: 'unknown' })
  })
  it('refuses a frozen wallet under every epoch', () => {
    for (const match of ['current', 'pending', 'retired'] as const) {
      refuses(given({ frozen: 'alarm', pending }), open(match, 99_000), { kind: 'frozen' })
    }
  })
  it('remembers the slot that was created', () => {
    expect(applyVaultEvent(fresh, { kind: 'slot-created', slotId: 's1', expiresAtMs: 5_000 }).state.memory.slot).toEqual(slot)
  })
})

describe('a message, step 1', () => {
  const stored = { state: 'done', slotId: 's1', hash: 'h1', attemptId: 'p1', done } as const
  it('is verified while its slot lives', () => refuses(given({}, { slot }), received, { kind: 'verify-it' }))
  it('is void when the slot has expired, another lives, or none', () => {
    refuses(given({}, { slot }), { ...received, nowMs: 5_000 }, { kind: 'void' })
    refuses(given({}, { slot: { ...slot, id: 's2' } }), received, { kind: 'void' })
    refuses(fresh, received, { kind: 'void' })
  })
  it('gets the stored answer again for the same bytes', () => {
    refuses(given({ last: stored }), received, { kind: 'stored', done, attemptId: 'p1' })
    refuses(given({ last: { ...stored, state: 'wrong' } }), received, { kind: 'stored', done, attemptId: 'p1' })
  })
  it('conflicts for other bytes on the same slot', () => {
    refuses(given({ last: stored }), { ...received, hash: 'h2' }, { kind: 'conflict' })
    refuses(given({ last: bound }), { ...received, hash: 'h2' }, { kind: 'conflict' })
  })
  it('row 16: is void when the attempt was bound and never answered', () => {
    refuses(given({ last: bound }), received, { kind: 'void' })
    refuses(given({ last: { ...bound, state: 'void' } }), received, { kind: 'void' })
  })
})

describe('a message, after verification', () => {
  it('row 9 needs verification and a try; a refusal counts none', () => {
    refuses(given({}, { slot }), { kind: 'message-verified', verified: false }, { kind: 'rejected' })
    refuses(given({}, { slot }), { kind: 'message-verified', verified: true, messageKind: 'pay', nowMs: 1_000 }, { kind: 'verify-it' })
    refuses(
      given({ tries: 0 }, { slot }),
      { kind: 'message-verified', verified: true, messageKind: 'pay', nowMs: 1_000 },
      { kind: 'locked' },
    )
    refuses(
      given({ frozen: 'alarm' }, { slot }),
      { kind: 'message-verified', verified: true, messageKind: 'pay', nowMs: 1_000 },
      { kind: 'frozen' },
    )
  })
  it('row 9: TX1 counts the try, moves the counter, binds the attempt and takes the slot', () => {
    const step = applyVaultEvent(given({ tries: 3, counter: 7 }, { slot }), accepted)
    expect(step.state).toEqual(given({ tries: 2, counter: 8, last: bound }, { slot: null }))
    expect(step).toMatchObject({ answer: { kind: 'bound' }, durable: true })
  })
  it('row 9 refuses without slot, without tries and when frozen', () => {
    refuses(fresh, accepted, { kind: 'void' })
    refuses(given({ tries: 0 }, { slot }), accepted, { kind: 'locked' })
    refuses(given({ frozen: 'alarm' }, { slot }), accepted, { kind: 'frozen' })
  })
  it('row 10: a wrong share leaves the try counted and keeps the answer', () => {
    const step = applyVaultEvent(given({ tries: 2, last: bound }), { kind: 'cosignature-invalid', slotId: 's1', done })
    expect(step.state.stored).toEqual({ ...fresh.stored, tries: 2, last: { ...bound, state: 'wrong', done } })
    expect(step).toMatchObject({ answer: { kind: 'wrong', done }, durable: true })
  })
  const signed: VaultEvent<string> = {
    kind: 'cosignature-valid',
    slotId: 's1',
    done,
    pending: { eid: 'e1', secrets: 'k1' },
    nowMs: 1_000,
  }
  it('row 11: a signature restores the tries and makes the next epoch pending, not current', () => {
    const step = applyVaultEvent(given({ tries: 2, last: bound }), signed)
    expect(step.state.stored).toEqual({ ...fresh.stored, tries: 5, pending, last: { ...bound, state: 'done', done } })
    expect(step).toMatchObject({ answer: { kind: 'signed', done }, durable: true })
  })
  it('rows 10 and 11 are bugs for an attempt that is not the bound one', () => {
    expect(() => applyVaultEvent(fresh, signed)).toThrow('only the bound attempt is answered')
    expect(() => applyVaultEvent(given({ last: { ...bound, slotId: 's2' } }), signed)).toThrow('only the bound attempt is answered')
    expect(() => applyVaultEvent(given({ last: bound, pending }), signed)).toThrow('no epoch is pending while an attempt is bound')
  })
})

describe('a demanded refresh', () => {
  const demand = { sinceMs: 900, deadlineMs: 9_000 }
  const verified = (messageKind: 'pay' | 'bind' | 'record' | 'pinset' | 'refresh' | 'close', nowMs = 1_000): VaultEvent<string> => ({
    kind: 'message-verified',
    verified: true,
    messageKind,
    nowMs,
  })
  it('is written down and takes the slot, whose keys may be known', () => {
    const step = applyVaultEvent(given({ pending }, { slot, staleChallenge: 'r1' }), { kind: 'refresh-demanded', ...demand })
    expect(step).toEqual({ state: given({ pending, demand }), answer: { kind: 'none' }, durable: true })
  })
  it('can be demanded again, with another deadline; a frozen or closed wallet has nothing to refresh', () => {
    const again = { kind: 'refresh-demanded', sinceMs: 2_000, deadlineMs: 3_000 } as const
    expect(applyVaultEvent(given({ demand }), again).state.stored.demand).toEqual({ sinceMs: 2_000, deadlineMs: 3_000 })
    refuses(given({ frozen: 'alarm' }), again, { kind: 'none' })
    refuses(given({ closed: done }), again, { kind: 'none' })
  })
  it('lets nothing but a refresh or a close be signed, and counts no try', () => {
    for (const kind of ['pay', 'bind', 'record', 'pinset'] as const) {
      refuses(given({ demand }, { slot }), verified(kind), { kind: 'refresh-required' })
      refuses(given({ demand }, { slot }), { ...accepted, messageKind: kind }, { kind: 'refresh-required' })
    }
    for (const kind of ['refresh', 'close'] as const) {
      refuses(given({ demand }, { slot }), verified(kind), { kind: 'verify-it' })
      expect(applyVaultEvent(given({ demand }, { slot }), { ...accepted, messageKind: kind }).answer).toEqual({ kind: 'bound' })
    }
    refuses(given({ demand }, { slot }), { kind: 'message-verified', verified: false }, { kind: 'rejected' })
    refuses(given({ demand, tries: 0 }, { slot }), verified('refresh'), { kind: 'locked' })
  })
  it('is met when the device shows an epoch from after it, not when one is signed', () => {
    const young = { ...pending, sinceMs: 901 }
    const sign: VaultEvent<string> = {
      kind: 'cosignature-valid',
      slotId: 's1',
      done,
      pending: { eid: 'e1', secrets: 'k1' },
      nowMs: 901,
    }
    expect(applyVaultEvent(given({ demand, last: bound }), sign).state.stored).toMatchObject({ demand, pending: young })
    expect(applyVaultEvent(given({ demand, pending: young }), open('pending')).state.stored).toMatchObject({ demand: null, pending: null })
    // Dropped because its answer was lost, or made before the demand: nothing was healed.
    expect(applyVaultEvent(given({ demand, pending: young }), open('current', 10_901)).state.stored.demand).toEqual(demand)
    const old = { ...pending, sinceMs: 900 }
    expect(applyVaultEvent(given({ demand, pending: old }), open('pending')).state.stored).toMatchObject({ demand, pending: null })
  })
  it('whose refresh was signed in time has not been stayed away from', () => {
    const young = { ...pending, sinceMs: 8_999 }
    expect(applyVaultEvent(given({ demand, pending: young }), open('pending', 99_000)).state.stored).toMatchObject({
      demand: null,
      frozen: null,
    })
    expect(applyVaultEvent(given({ demand, pending: { ...pending, sinceMs: 900 } }), open('pending', 99_000)).answer).toEqual({
      kind: 'frozen',
    })
  })
  it('freezes at its deadline: at once for what is signed, and durably at the next open', () => {
    const late = given({ demand }, { slot: { ...slot, expiresAtMs: 99_000 } })
    expect(applyVaultEvent(late, open('current', 8_999)).answer).toEqual({ kind: 'give-slot' })
    for (const match of ['current', 'retired'] as const) {
      const step = applyVaultEvent(late, open(match, 9_000))
      expect(step).toEqual({ state: given({ demand, frozen: 'stayed-away' }), answer: { kind: 'frozen' }, durable: true })
    }
    refuses(late, open('unknown', 9_000), { kind: 'unknown' })
    refuses(late, verified('refresh', 9_000), { kind: 'frozen' })
    refuses(late, { ...received, nowMs: 9_000 } as VaultEvent<string>, { kind: 'frozen' })
    refuses(late, { ...accepted, messageKind: 'refresh', nowMs: 9_000 } as VaultEvent<string>, { kind: 'frozen' })
  })
})

describe('the stop code', () => {
  it('freezes durably, drops the slot, and keeps the first reason', () => {
    const step = applyVaultEvent(given({ pending }, { slot }), { kind: 'stop-code-given' })
    expect(step).toEqual({ state: given({ pending, frozen: 'stop-code' }), answer: { kind: 'frozen' }, durable: true })
    refuses(step.state, { kind: 'stop-code-given' }, { kind: 'frozen' })
    refuses(given({ frozen: 'alarm' }), { kind: 'stop-code-given' }, { kind: 'frozen' })
  })
})

describe('closing', () => {
  const statement = Uint8Array.of(7)
  const closing: VaultEvent<string> = { kind: 'cosignature-closing', slotId: 's1', done, statement, nothing: '' }
  const retired = [{ eid: 'old', macKey: key(3) }]
  it('leaves the answer and the statement, and no secret of any epoch', () => {
    const step = applyVaultEvent(given({ last: bound, retired, demand: { sinceMs: 1, deadlineMs: 2 } }), closing)
    expect(step).toMatchObject({ answer: { kind: 'signed', done }, durable: true })
    expect(step.state.stored).toEqual({
      current: { eid: 'e0', secrets: '' },
      pending: null,
      retired: [],
      tries: 0,
      counter: 0,
      last: { ...bound, state: 'done', done },
      frozen: null,
      demand: null,
      closed: statement,
    })
  })
  it('answers every open with the statement, and its own message with its own answer', () => {
    const { state } = applyVaultEvent(given({ last: bound }), closing)
    for (const match of ['current', 'unknown'] as const) refuses(state, open(match), { kind: 'closed', statement })
    refuses(state, received, { kind: 'stored', done, attemptId: 'p1' })
    refuses(state, { kind: 'stop-code-given' }, { kind: 'closed', statement })
  })
  it('is a bug for an attempt that is not the bound one', () => {
    expect(() => applyVaultEvent(fresh, closing)).toThrow('only the bound attempt is answered')
  })
})

describe('alarm and restart', () => {
  const alarm = (challenge: string, macVerified = true): VaultEvent<string> => ({ kind: 'alarm', challenge, macVerified })
  it('rows 6 and 7: freezes durably and drops the slot, for the live slot or the latest challenge', () => {
    for (const [challenge, memory] of [
      ['s1', { slot }],
      ['r1', { slot, staleChallenge: 'r1' }],
    ] as const) {
      const step = applyVaultEvent(given({}, memory), alarm(challenge))
      expect(step).toEqual({ state: given({ frozen: 'alarm' }), answer: { kind: 'frozen' }, durable: true })
    }
  })
  it('ignores a wrong MAC, an old challenge, and none', () => {
    refuses(given({}, { slot }), alarm('s1', false), { kind: 'unknown' })
    refuses(given({}, { slot, staleChallenge: 'r2' }), alarm('r1'), { kind: 'unknown' })
    refuses(fresh, alarm('s1'), { kind: 'unknown' })
  })
  it('answers a repeated alarm like the first one, without a write', () =>
    refuses(given({ frozen: 'alarm' }), alarm('s1'), { kind: 'frozen' }))
  it('row 15: a restart takes slots and challenges, and nothing else', () => {
    const step = applyVaultEvent(given({ pending }, { slot, staleChallenge: 'r1' }), { kind: 'vault-restarted' })
    expect(step).toEqual({ state: given({ pending }), answer: { kind: 'none' }, durable: false })
  })
  it('finds the epoch that a message names', () => {
    const { stored } = given({ pending, retired: [{ eid: 'old', macKey: key(3) }] })
    expect(findVaultEpoch(stored, 'e0')).toEqual({ match: 'current', secrets: 'k0' })
    expect(findVaultEpoch(stored, 'e1')).toEqual({ match: 'pending', secrets: 'k1' })
    expect(findVaultEpoch(stored, 'old')).toEqual({ match: 'retired', macKey: key(3) })
    expect(findVaultEpoch(stored, 'e9')).toEqual({ match: 'unknown' })
  })
})
