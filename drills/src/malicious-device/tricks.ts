import { encodeSignable, type Slot } from '@symbolon/custody/device'
import { hexToBytes } from '@symbolon/formats/bytes'
import { draftPayment, type Draft, type Tamper, type TestDevice } from '@symbolon/testing/vault'
import { order, readScalar, writeScalar, type Group } from '../attacker/ed25519.ts'

/** What a malicious device may use: its own wallet, another person's wallet id and slot, and what it did before. */
export type Means = {
  readonly group: Group
  readonly own: TestDevice
  readonly victim: TestDevice
  readonly nowSeconds: number
  /** A slot of this wallet from before. */
  readonly usedSlot: Slot
}
/** One thing to try in a slot of one's own. `isHonest`: then a signature is what the device is entitled to. */
export type Trick = { readonly name: string; readonly draft: Draft; readonly tamper?: Tamper; readonly isHonest?: boolean }

/** Encodings of points of small order, canonical or not (the list of RFC 8032 decoders' faults), each also with the sign bit. */
const smallOrder = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].flatMap((hex) => {
  const point = hexToBytes(hex)
  return [point, point.map((byte, index) => (index === 31 ? byte ^ 0x80 : byte))]
})
const ofOrderEight = hexToBytes('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')

type ShareChange = (share: Parameters<Tamper>[0]['share']) => Partial<Parameters<Tamper>[0]['share']>

export function listTricks(means: Means): readonly Trick[] {
  const draft = draftPayment(means.nowSeconds)
  const share = (name: string, change: ShareChange): Trick => ({
    name,
    draft,
    tamper: (input) => ({ ...input, share: { ...input.share, ...change(input.share) } }),
  })
  return [...listShareTricks(means, share), ...listSealTricks(means, draft), ...listMessageTricks(means)]
}

function listShareTricks({ group, own }: Means, share: (name: string, change: ShareChange) => Trick): readonly Trick[] {
  const other = group.multiplyBase(writeScalar(7n))
  const withTorsion = (point: Uint8Array): Uint8Array => group.addPoints(point, ofOrderEight)
  return [
    share('its z beside another hiding commitment', () => ({ hidingCommitment: other })),
    share('its z beside another binding commitment', () => ({ bindingCommitment: other })),
    share('commitments exchanged', (own) => ({ hidingCommitment: own.bindingCommitment, bindingCommitment: own.hidingCommitment })),
    share('the vault’s own commitments sent back', () => ({
      hidingCommitment: own.slot?.hidingCommitment ?? other,
      bindingCommitment: own.slot?.bindingCommitment ?? other,
    })),
    share('another z', () => ({ signatureShare: writeScalar(1n) })),
    share('z of zero', () => ({ signatureShare: new Uint8Array(32) })),
    share('z + L', (own) => ({ signatureShare: writeWide(readScalar(own.signatureShare) + order) })),
    share('z = L', () => ({ signatureShare: writeWide(order) })),
    share('z of all ones', () => ({ signatureShare: new Uint8Array(32).fill(0xff) })),
    share('a hiding commitment with torsion', (own) => ({ hidingCommitment: withTorsion(own.hidingCommitment) })),
    share('a binding commitment with torsion', (own) => ({ bindingCommitment: withTorsion(own.bindingCommitment) })),
    ...smallOrder.flatMap((point, index) => [
      share(`hiding commitment of small order ${index}`, () => ({ hidingCommitment: point })),
      share(`binding commitment of small order ${index}`, () => ({ bindingCommitment: point })),
    ]),
  ]
}

function listSealTricks({ own, victim, usedSlot, nowSeconds }: Means, draft: Draft): readonly Trick[] {
  const seal = (name: string, tamper: Tamper): Trick => ({ name, draft, tamper })
  return [
    seal('a swapped X', (input) => ({ ...input, slot: { ...input.slot, sealingKey: new Uint8Array(32).fill(9) } })),
    seal('X of low order', (input) => ({ ...input, slot: { ...input.slot, sealingKey: new Uint8Array(32) } })),
    seal('X of an earlier slot', (input) => ({ ...input, slot: { ...input.slot, sealingKey: usedSlot.sealingKey } })),
    seal('the epoch of another wallet', (input) => ({
      ...input,
      slot: { ...input.slot, epochId: hexToBytes(victim.state.stored.current.eid) },
    })),
    seal('the key of another wallet’s epoch', (input) => ({ ...input, epochKey: victim.state.stored.current.secrets.key })),
    seal('the header of another wallet', (input) => ({ ...input, slot: { ...input.slot, walletId: hexToBytes(victim.walletId) } })),
    seal('the id of an earlier slot', (input) => ({ ...input, slot: { ...input.slot, slotId: usedSlot.slotId } })),
    seal('a device signature of nobody', (input) => ({ ...input, deviceSignature: new Uint8Array(64).fill(1) })),
    seal('the device key of another wallet', (input) => ({ ...input, deviceSignature: victim.signAsDevice(input.message) })),
    seal('a device key of another kind', (input) => ({ ...input, deviceKeyKind: 2 })),
    seal('another amount, signed by the device key alone', (input) => {
      const message = encodeSignable(draftPayment(nowSeconds, { amountMinorUnits: 1n })(own.slot ?? usedSlot))
      return { ...input, message, deviceSignature: own.signAsDevice(message) }
    }),
  ]
}

function listMessageTricks({ own, victim, nowSeconds, usedSlot }: Means): readonly Trick[] {
  const pay = (name: string, change: Parameters<typeof draftPayment>[1]): Trick => ({ name, draft: draftPayment(nowSeconds, change) })
  const short = (slot: Slot) => ({
    walletId: slot.walletId,
    slotHash: slot.slotHash,
    paymentAttemptId: new Uint8Array(16).fill(8),
    expiresAt: nowSeconds + 60,
  })
  return [
    pay('a message that names an earlier slot', { slotHash: usedSlot.slotHash }),
    pay('a message that names no slot', { slotHash: new Uint8Array(32) }),
    pay('a message that names another wallet', { walletId: hexToBytes(victim.walletId) }),
    pay('a message that lives for ever', { expiresAt: 4_000_000_000 }),
    pay('a message that has expired', { expiresAt: nowSeconds }),
    pay('nothing to pay', { amountMinorUnits: 0n }),
    pay('more than a message may say', { amountMinorUnits: 2n ** 64n - 1n }),
    { name: 'a record that does not exist', draft: (slot) => ({ kind: 'record', ...short(slot) }) },
    {
      name: 'a binding of another joint key',
      draft: (slot) => ({
        kind: 'bind',
        ...short(slot),
        walletKey: victim.walletKey,
        deviceKey: own.publicKey,
        operatorId: new Uint8Array(16).fill(7),
        issuerNonce: new Uint8Array(16),
      }),
    },
    {
      name: 'signed as one kind, sent as another',
      draft: draftPayment(nowSeconds),
      tamper: (input) => {
        const message = encodeSignable({ kind: 'record', ...short(own.slot ?? usedSlot) })
        return { ...input, message, deviceSignature: own.signAsDevice(message) }
      },
    },
    { name: 'an honest payment', draft: draftPayment(nowSeconds), isHonest: true },
  ]
}

/** A number that is not reduced, in 32 bytes if it fits. */
function writeWide(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0').slice(-64), 'hex').reverse())
}
