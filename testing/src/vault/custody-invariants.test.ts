import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { encodeSignable, type SignableMessage } from '@symbolon/custody/device'
import { verifyJointSignature } from '@symbolon/custody/issuer'
import { base64urlToBytes, hexToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import { acceptWallet, findAttempt, offerWallet, type WalletStore } from '@symbolon/operator-vault/flows'
import { draftPayment, TestDevice, type Sealed, type Tamper } from './test-device.ts'
import { operatorId, startTestVault, type TestVault } from './test-vault.ts'

let vault: TestVault
let device: TestDevice
beforeEach(async () => {
  vault = await startTestVault()
  device = await TestDevice.enrol(vault.port, vault.vaultPublicKey, vault.nowSeconds())
})

const stored = (from = vault, who = device) => from.memory.wallets.get(who.walletId)?.stored
const signedCount = (): number => vault.memory.signed.get(device.walletId)?.length ?? 0

async function openAndSeal(options: Parameters<TestDevice['seal']>[1] = {}): Promise<Sealed> {
  expect((await device.open(vault.port)).kind).toBe('slot-accepted')
  return device.seal(draftPayment(vault.nowSeconds()), options)
}

async function check(sealed: Sealed, from = vault): Promise<string> {
  const checked = await from.port.check(device.walletId, sealed.message)
  assert(checked.ok && checked.value.outcome === 'ready', 'the message is ready to be signed')
  return checked.value.handle
}

async function sign(sealed: Sealed) {
  const signed = await vault.port.sign(device.walletId, await check(sealed))
  assert(signed.ok, 'the vault answers')
  return signed.value
}

/** A whole payment, the next epoch confirmed. */
async function pay(): Promise<void> {
  const sealed = await openAndSeal()
  const answer = await sign(sealed)
  expect((await device.receiveDone(sealed, base64urlToBytes(answer.done))).kind).toBe('signed')
  expect((await device.open(vault.port)).kind).toBe('slot-accepted')
}

async function expectCode(result: Promise<{ readonly ok: boolean; readonly problem?: { readonly code: string } }>, code: string) {
  expect((await result).problem?.code).toBe(code)
}

describe('a payment', () => {
  it('is signed under the joint key, moves both sides to a new epoch, and works again and again', async () => {
    const epochs = new Set<string>()
    for (let round = 0; round < 4; round += 1) {
      const sealed = await openAndSeal()
      epochs.add(stored()?.current.eid ?? '')
      const answer = await sign(sealed)
      assert(answer.outcome === 'signed', 'the right PIN signs')
      const signature = base64urlToBytes(answer.signed.signature)
      expect(verifyJointSignature({ walletKey: device.walletKey, message: base64urlToBytes(answer.signed.message), signature })).toBe(true)
      await device.receiveDone(sealed, base64urlToBytes(answer.done))
    }
    expect((await device.open(vault.port)).kind).toBe('slot-accepted')
    expect(epochs.size).toBe(4)
    expect(stored()).toMatchObject({ tries: 5, counter: 4, pending: null, current: { eid: device.state.stored.current.eid } })
    expect(stored()?.retired).toHaveLength(4)
  })
  it('is described to edge as the device signed it', async () => {
    const checked = await vault.port.check(device.walletId, (await openAndSeal()).message)
    expect(checked).toMatchObject({
      value: {
        outcome: 'ready',
        terms: { kind: 'pay', amountMinorUnits: '12000', currencyNumeric: '410', instalmentMonths: 3, channel: 1, deviceKeyKind: 0 },
      },
    })
  })
  it('counts a wrong PIN, locks at the fifth and signs nothing; the right one resets the count', async () => {
    const attempt = async (digits: string) => {
      const sealed = await openAndSeal({ pin: digits })
      const answer = await sign(sealed)
      await device.receiveDone(sealed, base64urlToBytes(answer.done))
      return answer
    }
    expect(await attempt('000000')).toMatchObject({ outcome: 'wrong', triesLeft: 4 })
    expect((await attempt('270604')).outcome).toBe('signed')
    expect((await device.open(vault.port)).kind).toBe('slot-accepted')
    for (const triesLeft of [4, 3, 2, 1, 0]) expect(await attempt('000000')).toMatchObject({ outcome: 'wrong', triesLeft })
    expect(await device.open(vault.port)).toMatchObject({ kind: 'slot-accepted', tries: 0 })
    const sealed = await device.seal(draftPayment(vault.nowSeconds()))
    await expectCode(vault.port.check(device.walletId, sealed.message), 'CUSTODY_LOCKED')
    expect(signedCount()).toBe(1)
  })
})

describe('custody invariant 1: one live slot per wallet, and a taken slot is never signed again', () => {
  it('a second open kills the first slot', async () => {
    const first = await openAndSeal()
    await openAndSeal()
    expect(vault.deps.slots.liveSlots).toBe(1)
    await expectCode(vault.port.check(device.walletId, first.message), 'CUSTODY_VOID')
  })
  it('a handle signs once, also when it is asked twice at the same time', async () => {
    const handle = await check(await openAndSeal())
    const [first, second] = await Promise.all([vault.port.sign(device.walletId, handle), vault.port.sign(device.walletId, handle)])
    expect(first).toEqual(second)
    expect(first.ok).toBe(true)
    expect(signedCount()).toBe(1)
    expect(stored()?.counter).toBe(1)
  })
  it('other bytes for a used slot are a conflict', async () => {
    await device.open(vault.port)
    const first = await device.seal(draftPayment(vault.nowSeconds()))
    const second = await device.seal(draftPayment(vault.nowSeconds(), { amountMinorUnits: 1n }))
    await sign(first)
    await expectCode(vault.port.check(device.walletId, second.message), 'CUSTODY_CONFLICT')
    expect(signedCount()).toBe(1)
  })
  it('of two messages that are checked for one slot, the later one takes the place of the earlier', async () => {
    await device.open(vault.port)
    const first = await check(await device.seal(draftPayment(vault.nowSeconds())))
    await check(await device.seal(draftPayment(vault.nowSeconds())))
    await expectCode(vault.port.sign(device.walletId, first), 'CUSTODY_VOID')
  })
  it('nothing is signed after kill -9 between check and sign', async () => {
    const sealed = await openAndSeal()
    const handle = await check(sealed)
    const restarted = vault.restart()
    await expectCode(restarted.port.sign(device.walletId, handle), 'CUSTODY_VOID')
    await expectCode(restarted.port.check(device.walletId, sealed.message), 'CUSTODY_VOID')
    expect(signedCount()).toBe(0)
  })
  it('nothing is signed again after the database lost the commit of the signature', async () => {
    let bound: ReturnType<typeof vault.memory.wallets.get>
    vault = await startTestVault({
      wrapStore: (store) => ({
        ...store,
        save: async (change) => {
          await store.save(change)
          if (change.after.last.state === 'bound') bound = vault.memory.wallets.get(change.walletId)
        },
      }),
    })
    device = await TestDevice.enrol(vault.port, vault.vaultPublicKey, vault.nowSeconds())
    const sealed = await openAndSeal()
    const handle = await check(sealed)
    await vault.port.sign(device.walletId, handle)
    assert(bound !== undefined, 'TX1 came before TX2')
    vault.memory.wallets.set(device.walletId, bound)
    const restarted = vault.restart()
    await expectCode(restarted.port.check(device.walletId, sealed.message), 'CUSTODY_VOID')
    await expectCode(restarted.port.sign(device.walletId, handle), 'CUSTODY_VOID')
    expect(await device.open(restarted.port)).toMatchObject({ kind: 'slot-accepted', settled: { outcome: 'not-signed' } })
  })
  it('an expired slot is void, and leaves memory', async () => {
    const sealed = await openAndSeal()
    vault.time.nowMs += 120_000
    await expectCode(vault.port.check(device.walletId, sealed.message), 'CUSTODY_VOID')
    vault.deps.slots.sweep(vault.time.nowMs)
    expect(vault.deps.slots.liveSlots).toBe(0)
  })
})

describe('custody invariant 2: a signature leaves only after TX2', () => {
  const breakingStore = (isBroken: (counterAfter: number, hasSigned: boolean) => boolean) => (store: WalletStore) => ({
    ...store,
    save: async (change: Parameters<WalletStore['save']>[0]) => {
      if (isBroken(change.after.counter, change.signed !== undefined)) throw new Error('the database is gone')
      await store.save(change)
    },
  })
  const startBroken = async (isBroken: (counterAfter: number, hasSigned: boolean) => boolean): Promise<void> => {
    vault = await startTestVault({ wrapStore: breakingStore(isBroken) })
    device = await TestDevice.enrol(vault.port, vault.vaultPublicKey, vault.nowSeconds())
  }
  it('nothing is answered when TX2 fails; the attempt is void and one try is lost', async () => {
    let broken = true
    await startBroken((_counter, hasSigned) => broken && hasSigned)
    const sealed = await openAndSeal()
    const handle = await check(sealed)
    await expect(vault.port.sign(device.walletId, handle)).rejects.toThrow('the database is gone')
    expect(signedCount()).toBe(0)
    await expectCode(vault.port.sign(device.walletId, handle), 'CUSTODY_VOID')
    await expectCode(vault.port.check(device.walletId, sealed.message), 'CUSTODY_VOID')
    broken = false
    expect(await device.open(vault.port)).toMatchObject({ kind: 'slot-accepted', tries: 4, settled: { outcome: 'not-signed' } })
    expect((await sign(await device.seal(draftPayment(vault.nowSeconds())))).outcome).toBe('signed')
  })
  it('nothing is signed when TX1 fails, and the slot is gone', async () => {
    await startBroken((counter, hasSigned) => counter === 1 && !hasSigned)
    const sealed = await openAndSeal()
    const handle = await check(sealed)
    await expect(vault.port.sign(device.walletId, handle)).rejects.toThrow('the database is gone')
    expect(stored()).toMatchObject({ tries: 5, counter: 0, last: { state: 'none' } })
    await expectCode(vault.port.check(device.walletId, sealed.message), 'CUSTODY_VOID')
    expect(vault.deps.slots.liveSlots).toBe(0)
  })
  it('a process that was replaced signs nothing', async () => {
    const handle = await check(await openAndSeal())
    vault.restart()
    await expect(vault.port.sign(device.walletId, handle)).rejects.toMatchObject({ code: 'VAULT_LEASE_LOST' })
    expect(stored()?.counter).toBe(0)
  })
})

describe('custody invariants 3 and 13: what does not verify is rejected and counts no try', () => {
  const flip = (bytes: Uint8Array, index = bytes.length - 1): Uint8Array => bytes.map((byte, at) => (at === index ? byte ^ 1 : byte))
  const tampers: readonly (readonly [string, Tamper])[] = [
    ['m with one bit more', (input) => ({ ...input, message: flip(input.message) })],
    ['the amount changed', (input) => ({ ...input, message: flip(input.message, input.message.length - 16) })],
    ['another device key', (input) => ({ ...input, deviceSignature: flip(input.deviceSignature) })],
    ['a device signature of another length', (input) => ({ ...input, deviceSignature: input.deviceSignature.subarray(1) })],
    ['another kind of device key', (input) => ({ ...input, deviceKeyKind: 1 })],
    ['a key of another epoch', (input) => ({ ...input, epochKey: flip(input.epochKey) })],
    ['a swapped X', (input) => ({ ...input, slot: { ...input.slot, sealingKey: new Uint8Array(32).fill(9) } })],
    ['another epoch in the header', (input) => ({ ...input, slot: { ...input.slot, epochId: new Uint8Array(16) } })],
    ['a commitment that is no point', (input) => ({ ...input, share: { ...input.share, hidingCommitment: new Uint8Array(32).fill(255) } })],
    [
      'the identity as commitment',
      (input) => ({
        ...input,
        share: { ...input.share, bindingCommitment: Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0)) },
      }),
    ],
    ['a share that is no scalar', (input) => ({ ...input, share: { ...input.share, signatureShare: new Uint8Array(32).fill(255) } })],
    ['another tag', (input) => ({ ...input, message: flip(input.message, 13) })],
    ['a byte behind m', (input) => ({ ...input, message: Uint8Array.of(...input.message, 0) })],
  ]
  it.each(tampers)('%s', async (_name, tamper) => {
    const sealed = await openAndSeal({ tamper })
    const before = stored()
    await expectCode(vault.port.check(device.walletId, sealed.message), 'CUSTODY_REJECTED')
    expect(stored()).toBe(before)
    // The slot is still there: the same slot takes a good message.
    expect((await sign(await device.seal(draftPayment(vault.nowSeconds())))).outcome).toBe('signed')
  })
  const drafts: readonly (readonly [string, Partial<SignableMessage & { kind: 'pay' }>])[] = [
    ['nothing to pay', { amountMinorUnits: 0n }],
    ['more than twelve digits', { amountMinorUnits: 1_000_000_000_000n }],
    ['no currency code', { currencyNumeric: 1_000 }],
    ['37 instalments', { instalmentMonths: 37 }],
    ['no channel', { channel: 0 }],
    ['another wallet', { walletId: new Uint8Array(16) }],
    ['another slot', { slotHash: new Uint8Array(32) }],
    ['expired', { expiresAt: 1_900_000_000 }],
    ['good for too long', { expiresAt: 1_900_000_066 }],
  ]
  it.each(drafts)('a payment that says: %s', async (_name, change) => {
    await device.open(vault.port)
    const sealed = await device.seal(draftPayment(vault.nowSeconds(), change))
    const before = stored()
    await expectCode(vault.port.check(device.walletId, sealed.message), 'CUSTODY_REJECTED')
    expect(stored()).toBe(before)
  })
  it('takes the last second that is allowed, and none after it in sign', async () => {
    await device.open(vault.port)
    const handle = await check(await device.seal(draftPayment(vault.nowSeconds(), { expiresAt: vault.nowSeconds() + 65 })))
    vault.time.nowMs += 65_000
    await expectCode(vault.port.sign(device.walletId, handle), 'CUSTODY_REJECTED')
    expect(stored()?.tries).toBe(5)
  })
  it('noise, a cut message and a foreign header', async () => {
    const { message } = await openAndSeal()
    for (const bytes of [new Uint8Array(1), randomBytes(499), message.subarray(0, 80), message.subarray(0, -1), flip(message)]) {
      await expectCode(vault.port.check(device.walletId, bytes), 'CUSTODY_REJECTED')
    }
    await expectCode(vault.port.check('00'.repeat(16), message), 'CUSTODY_REJECTED')
    expect(stored()?.tries).toBe(5)
  })
  it('the device believes no slot whose D_s or X was swapped on the way', async () => {
    const opened = await vault.port.open(device.walletId, device.openMessage())
    assert(opened.ok, 'a slot is given')
    for (const index of [100, 170, opened.value.length - 1]) expect(device.receiveSlot(flip(opened.value, index)).kind).toBe('ignored')
    expect(device.receiveSlot(opened.value).kind).toBe('slot-accepted')
  })
  it('a wrong salt is told from nothing but a wrong PIN: a try, and no signature', async () => {
    const sealed = await openAndSeal({ salt: new Uint8Array(32) })
    expect(await sign(sealed)).toMatchObject({ outcome: 'wrong', triesLeft: 4 })
    expect(signedCount()).toBe(0)
  })
  it('VOID and CONFLICT change nothing', async () => {
    const sealed = await openAndSeal()
    await openAndSeal()
    const before = stored()
    await expectCode(vault.port.check(device.walletId, sealed.message), 'CUSTODY_VOID')
    await expectCode(vault.port.sign(device.walletId, '00'.repeat(32)), 'CUSTODY_VOID')
    expect(stored()).toBe(before)
  })
})

describe('custody invariant 4: identical bytes, identical answer', () => {
  it.each(['270604', '000000'])('for PIN %s, also after a restart', async (digits) => {
    const sealed = await openAndSeal({ pin: digits })
    const answer = await sign(sealed)
    const after = stored()
    for (const start of [() => vault, () => vault.restart()]) {
      const again = await start().port.check(device.walletId, sealed.message)
      expect(again).toMatchObject({ ok: true, value: { outcome: 'repeated', done: answer.done } })
      expect(stored()).toBe(after)
    }
  })
  it('and the handle of an answered message tells its answer again', async () => {
    const sealed = await openAndSeal({ pin: '000000' })
    const handle = await check(sealed)
    const first = await vault.port.sign(device.walletId, handle)
    expect(await vault.port.sign(device.walletId, handle)).toEqual(first)
    expect(stored()?.tries).toBe(4)
  })
})

describe('custody invariant 6: commitments from before a restart are void, not a wrong PIN', () => {
  it('costs no try and the PIN works at once', async () => {
    const sealed = await openAndSeal()
    vault = vault.restart()
    await expectCode(vault.port.check(device.walletId, sealed.message), 'CUSTODY_VOID')
    expect(await device.open(vault.port)).toMatchObject({ kind: 'slot-accepted', tries: 5, settled: { outcome: 'not-signed' } })
    expect((await sign(await device.seal(draftPayment(vault.nowSeconds())))).outcome).toBe('signed')
  })
})

describe('epochs and copies', () => {
  it('a device that never saw done opens under the old epoch, after ten seconds', async () => {
    const copy = device.copy()
    await sign(await openAndSeal())
    device = copy
    expect(await device.open(vault.port)).toEqual({ kind: 'problem', code: 'CUSTODY_RETRY' })
    vault.time.nowMs += 10_000
    // The copy knows nothing of the attempt that was bound, as a restored backup would not.
    expect((await device.open(vault.port)).kind).toBe('alarm')
  })
  it('row 7: a copy that opens under a retired epoch raises an alarm that freezes the wallet', async () => {
    const copy = device.copy()
    await pay()
    const answer = await copy.open(vault.port)
    assert(answer.kind === 'alarm', 'the copy learns that it is stale')
    const alarm = copy.alarm(answer)
    expect(
      (
        await vault.port.alarm(
          device.walletId,
          alarm.map((byte, index) => (index === 60 ? byte ^ 1 : byte)),
        )
      ).ok,
    ).toBe(false)
    expect(stored()?.frozen).toBeNull()
    expect((await vault.port.alarm(device.walletId, alarm)).ok).toBe(true)
    expect((await vault.port.alarm(device.walletId, alarm)).ok).toBe(true)
    expect(await device.open(vault.port)).toEqual({ kind: 'problem', code: 'CUSTODY_FROZEN' })
    expect(vault.deps.slots.liveSlots).toBe(0)
  })
  it('row 6: the genuine device notices what a copy bound', async () => {
    const copy = device.copy()
    await copy.open(vault.port)
    const sealed = await copy.seal(draftPayment(vault.nowSeconds()), { pin: '111111' })
    expect((await sign(sealed)).outcome).toBe('wrong')
    const answer = await device.open(vault.port)
    assert(answer.kind === 'alarm', 'the genuine device sees an attempt that is not its own')
    expect((await vault.port.alarm(device.walletId, device.alarm(answer))).ok).toBe(true)
    expect(stored()?.frozen).toBe('alarm')
  })
  it('an open with a wrong MAC, another wallet or an unknown epoch learns nothing', async () => {
    const message = device.openMessage()
    await expectCode(
      vault.port.open(
        device.walletId,
        message.map((byte, index) => (index === message.length - 1 ? byte ^ 1 : byte)),
      ),
      'CUSTODY_WALLET_UNKNOWN',
    )
    await expectCode(vault.port.open('00'.repeat(16), message), 'CUSTODY_REJECTED')
    await expectCode(vault.port.open(device.walletId, message.subarray(1)), 'CUSTODY_REJECTED')
    expect(vault.deps.slots.liveSlots).toBe(0)
  })
})

describe('records', () => {
  const bind =
    (change: Partial<SignableMessage & { kind: 'bind' }> = {}, attemptId = new Uint8Array(16).fill(5)) =>
    (slot: { walletId: Uint8Array; slotHash: Uint8Array }): SignableMessage => ({
      kind: 'bind',
      walletId: slot.walletId,
      slotHash: slot.slotHash,
      paymentAttemptId: attemptId,
      walletKey: device.walletKey,
      deviceKey: device.publicKey,
      operatorId,
      issuerNonce: new Uint8Array(16).fill(6),
      expiresAt: vault.nowSeconds() + 60,
      ...change,
    })
  const record =
    (attemptId = new Uint8Array(16).fill(5)) =>
    (slot: { walletId: Uint8Array; slotHash: Uint8Array }): SignableMessage => ({
      kind: 'record',
      walletId: slot.walletId,
      slotHash: slot.slotHash,
      paymentAttemptId: attemptId,
      expiresAt: vault.nowSeconds() + 60,
    })
  it('the half that is born with a binding comes back in the answer of kind record, and only there', async () => {
    await device.open(vault.port)
    const bound = await device.seal(bind())
    const born = await device.receiveDone(bound, base64urlToBytes((await sign(bound)).done))
    await device.open(vault.port)
    const asked = await device.seal(record())
    const answer = await sign(asked)
    const given = await device.receiveDone(asked, base64urlToBytes(answer.done))
    assert(born.kind === 'signed' && given.kind === 'signed', 'both are signed')
    expect(born.payload).toHaveLength(0)
    expect(given.payload).toEqual(born.pad)
    expect(given.payload).toHaveLength(1_056)
    const atRest = [...vault.memory.records.values()].map((half) => Buffer.from(half).toString('hex'))
    expect(atRest).toHaveLength(1)
    expect(atRest.join().includes(Buffer.from(born.pad.subarray(0, 16)).toString('hex'))).toBe(false)
    expect(await findAttempt(vault.deps, device.walletId, '05'.repeat(16))).toEqual({ outcome: 'not-signed' })
  })
  it('a wrong PIN gets no half and costs a try', async () => {
    await device.open(vault.port)
    const bound = await device.seal(bind())
    await device.receiveDone(bound, base64urlToBytes((await sign(bound)).done))
    await device.open(vault.port)
    expect(await sign(await device.seal(record(), { pin: '000000' }))).toMatchObject({ outcome: 'wrong', triesLeft: 4 })
  })
  it('a record that does not exist is rejected', async () => {
    await device.open(vault.port)
    await expectCode(vault.port.check(device.walletId, (await device.seal(record())).message), 'CUSTODY_REJECTED')
  })
  it.each([
    ['another joint key', { walletKey: new Uint8Array(32).fill(1) }],
    ['another device key', { deviceKey: new Uint8Array(91).fill(1) }],
    ['another operator', { operatorId: new Uint8Array(16) }],
  ])('a binding of %s is rejected', async (_name, change) => {
    await device.open(vault.port)
    await expectCode(vault.port.check(device.walletId, (await device.seal(bind(change))).message), 'CUSTODY_REJECTED')
  })
  it('a message signed as one kind is not read as another', async () => {
    await device.open(vault.port)
    const asRecord = (input: Parameters<Tamper>[0]) => {
      assert(device.slot !== undefined, 'a slot is in hand')
      return { ...input, message: encodeSignable(record()(device.slot)) }
    }
    await expectCode(
      vault.port.check(device.walletId, (await device.seal(draftPayment(vault.nowSeconds()), { tamper: asRecord })).message),
      'CUSTODY_REJECTED',
    )
  })
})

describe('attempts after a crash of edge', () => {
  it('not-signed is final for the handles that were given before', async () => {
    const sealed = await openAndSeal()
    const handle = await check(sealed)
    const attemptId = Buffer.from(sealed.signable.paymentAttemptId).toString('hex')
    expect(await findAttempt(vault.deps, device.walletId, attemptId)).toEqual({ outcome: 'not-signed' })
    await expectCode(vault.port.sign(device.walletId, handle), 'CUSTODY_VOID')
    expect((await sign(sealed)).outcome).toBe('signed')
  })
  it('waits for a signature under way and finds it', async () => {
    const sealed = await openAndSeal()
    const attemptId = Buffer.from(sealed.signable.paymentAttemptId).toString('hex')
    const handle = await check(sealed)
    const signing = vault.port.sign(device.walletId, handle)
    const found = await findAttempt(vault.deps, device.walletId, attemptId)
    const signed = await signing
    assert(signed.ok && signed.value.outcome === 'signed', 'it is signed')
    expect(found).toEqual({ outcome: 'signed', signed: signed.value.signed })
  })
})

describe('limits', () => {
  it('opens are limited per wallet and minute', async () => {
    vault = await startTestVault({ limits: { opensPerMinute: 3 } })
    device = await TestDevice.enrol(vault.port, vault.vaultPublicKey, vault.nowSeconds())
    for (let round = 0; round < 3; round += 1) expect((await device.open(vault.port)).kind).toBe('slot-accepted')
    expect(await device.open(vault.port)).toEqual({ kind: 'problem', code: 'REQUEST_TOO_MANY' })
    vault.time.nowMs += 60_000
    expect((await device.open(vault.port)).kind).toBe('slot-accepted')
  })
  it('live slots are limited over all wallets; expired ones make room', async () => {
    vault = await startTestVault({ limits: { liveSlots: 1 } })
    device = await TestDevice.enrol(vault.port, vault.vaultPublicKey, vault.nowSeconds())
    const other = await TestDevice.enrol(vault.port, vault.vaultPublicKey, vault.nowSeconds())
    expect((await device.open(vault.port)).kind).toBe('slot-accepted')
    expect((await device.open(vault.port)).kind).toBe('slot-accepted')
    expect(await other.open(vault.port)).toEqual({ kind: 'problem', code: 'REQUEST_TOO_MANY' })
    vault.time.nowMs += 120_000
    expect((await other.open(vault.port)).kind).toBe('slot-accepted')
  })
  it('an offer is taken once, expires, and never becomes a second wallet', async () => {
    const offered = await offerWallet(vault.deps)
    assert(offered.ok, 'an offer is made')
    await expectCode(acceptWallet(vault.deps, offered.value.walletId, new Uint8Array(200)), 'CUSTODY_REJECTED')
    await expectCode(acceptWallet(vault.deps, offered.value.walletId, new Uint8Array(200)), 'CUSTODY_WALLET_UNKNOWN')
    const late = await offerWallet(vault.deps)
    assert(late.ok, 'an offer is made')
    vault.time.nowMs += 300_000
    await expectCode(acceptWallet(vault.deps, late.value.walletId, new Uint8Array(200)), 'CUSTODY_WALLET_UNKNOWN')
    await expectCode(acceptWallet(vault.deps, device.walletId, new Uint8Array(200)), 'CUSTODY_CONFLICT')
  })
})

describe('at rest', () => {
  it('a value that is sealed for one place does not open in another', async () => {
    const wallet = vault.memory.wallets.get(device.walletId)
    assert(wallet !== undefined, 'the wallet exists')
    const { eid: epochId, secrets } = wallet.stored.current
    const place = { walletId: device.walletId, epochId, column: 'key' } as const
    expect(vault.deps.sealer.open(place, secrets.key)).toEqual(device.state.stored.current.secrets.key)
    const wrong = [
      { ...place, column: 'share' as const },
      { ...place, epochId: '00'.repeat(16) },
      { ...place, walletId: '00'.repeat(16) },
    ]
    for (const other of wrong) expect(() => vault.deps.sealer.open(other, secrets.key)).toThrow('VAULT_SEAL_INVALID')
    expect(() => vault.deps.sealer.open(place, secrets.key.subarray(0, 20))).toThrow('VAULT_SEAL_INVALID')
    const otherGeneration = Uint8Array.of(0, 0, 0, 2, ...secrets.key.subarray(4))
    expect(() => vault.deps.sealer.open(place, otherGeneration)).toThrow('VAULT_KEY_GENERATION_MISSING')
    expect(hexToBytes(epochId)).toHaveLength(16)
  })
})
