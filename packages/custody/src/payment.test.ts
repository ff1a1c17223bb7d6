import { concatBytes } from '@symbolon/formats/bytes'
import { describe, expect, it } from 'vitest'
import { openDone, sealDone } from './done.ts'
import { advanceDeviceShare, advanceVaultShare } from './epoch.ts'
import { deriveEpochSecrets, deriveRecordPad, hashPay } from './exchange.ts'
import {
  enrol,
  fill,
  openWallet,
  payMessage,
  sendPay,
  signAsVault,
  value,
  vaultPublicKey,
  walletId,
  type OpenedWallet,
  type Wallet,
} from './fixtures/wallet.ts'
import { nobleGroup } from './group/noble.ts'
import { deriveMacKey, wipe } from './hashes.ts'
import { frames } from './messages.ts'
import {
  createAlarmMessage,
  createOpenMessage,
  parseAlarmMessage,
  parseOpenMessage,
  verifyAlarmMessage,
  verifyOpenMessage,
} from './opening.ts'
import { maskShare, unmaskShare } from './pin.ts'
import { openPay, parsePayHeader, sealPay } from './sealing.ts'
import { cosign, signShare, verifyJointSignature } from './signing.ts'
import { verifySlot } from './slot.ts'

const problem = (code: string) => ({ ok: false, problem: { code } })
const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))
const wallet = await enrol('payment')

async function receive(opened: OpenedWallet, sealed: Uint8Array, from: Wallet = wallet) {
  return openPay(from.onVault, { sealed, slot: opened.secrets, epochKey: from.enrolled.key })
}

async function exchange(input: Parameters<typeof sendPay>[2] = {}, from: Wallet = wallet) {
  const opened = await openWallet(from)
  const sent = await sendPay(from, opened, input)
  const received = value(await receive(opened, sent.sealed, from))
  const { share, walletKey } = from.enrolled
  const signature = cosign(from.onVault, { share, walletKey, slot: opened.secrets, deviceShare: received.share, message: received.message })
  return { opened, sent, received, signature }
}

describe('open', () => {
  const fields = { walletId, epochId: fill(2), query: fill(3) }
  const key = fill(4, 32)
  it('has 104 bytes, is read without a key and verified with the right one', () => {
    const message = createOpenMessage(fields, key)
    expect(message).toHaveLength(104)
    expect(parseOpenMessage(message)).toEqual({ ok: true, value: fields })
    expect(verifyOpenMessage(message, deriveMacKey(key))).toBe(true)
  })
  it('every changed byte, every cut and another key are refused', () => {
    const message = createOpenMessage(fields, key)
    const macKey = deriveMacKey(key)
    for (let index = 0; index < message.length; index += 1) {
      expect(verifyOpenMessage(flip(message, index), macKey)).toBe(false)
      expect(verifyOpenMessage(message.subarray(0, index), macKey)).toBe(false)
    }
    expect(verifyOpenMessage(message, deriveMacKey(fill(5, 32)))).toBe(false)
    expect(parseOpenMessage(message.subarray(0, 20))).toEqual(problem('CUSTODY_FRAME_INVALID'))
  })
  it('an alarm is authenticated in the same way and is no open', () => {
    const alarm = { ...fields, retired: fill(6) }
    const message = createAlarmMessage(alarm, key)
    expect(parseAlarmMessage(message)).toEqual({ ok: true, value: alarm })
    expect(verifyAlarmMessage(message, deriveMacKey(key))).toBe(true)
    expect(verifyAlarmMessage(flip(message, message.length - 1), deriveMacKey(key))).toBe(false)
    expect(verifyOpenMessage(message, deriveMacKey(key))).toBe(false)
    expect(verifyAlarmMessage(createOpenMessage(fields, key), deriveMacKey(key))).toBe(false)
  })
})

describe('slot', () => {
  it('has 310 bytes and carries what the vault said', async () => {
    const { signedSlot, slot, secrets } = await openWallet(wallet, { counter: 7, lastState: 4, triesLeft: 2 })
    expect(signedSlot).toHaveLength(310)
    expect(slot).toMatchObject({ counter: 7, lastState: 4, triesLeft: 2, slotId: secrets.slotId, slotHash: secrets.slotHash })
  })
  it('is refused from another vault, for another wallet, epoch or query, and with a changed byte', async () => {
    const { signedSlot, expected } = await openWallet(wallet)
    const { onDevice } = wallet
    expect(verifySlot(onDevice, signedSlot, { ...expected, vaultPublicKey: fill(1, 32) })).toEqual(problem('CUSTODY_SIGNATURE_INVALID'))
    for (const name of ['walletId', 'epochId', 'query'] as const) {
      expect(verifySlot(onDevice, signedSlot, { ...expected, [name]: fill(1) })).toEqual(problem('CUSTODY_MISMATCH'))
    }
    for (const index of [0, 40, 100, 250, 309]) {
      expect(verifySlot(onDevice, flip(signedSlot, index), expected)).toEqual(problem('CUSTODY_SIGNATURE_INVALID'))
    }
    expect(verifySlot(onDevice, signedSlot.subarray(0, 10), expected)).toEqual(problem('CUSTODY_SIGNATURE_INVALID'))
  })
  it('is refused when the vault signs no frame, or commitments that are no points', async () => {
    const { expected, slot } = await openWallet(wallet)
    const signed = (bytes: Uint8Array) => verifySlot(wallet.onDevice, concatBytes(bytes, signAsVault(bytes)), expected)
    expect(signed(fill(1, 40))).toEqual(problem('CUSTODY_FRAME_INVALID'))
    expect(signed(frames.slot.encode({ ...slot, hidingCommitment: fill(0, 32) }))).toEqual(problem('CUSTODY_POINT_INVALID'))
    expect(signed(frames.slot.encode({ ...slot, bindingCommitment: fill(0, 32) }))).toEqual(problem('CUSTODY_POINT_INVALID'))
  })
})

describe('a payment', () => {
  it('is signed jointly, answered once, and moves both sides to one new epoch under the same Y', async () => {
    const { sent, received, signature, opened } = await exchange()
    if (signature === undefined) throw new Error('the PIN was right')
    const { walletKey } = wallet.accepted
    expect(sent.sealed).toHaveLength(502)
    expect(received).toMatchObject({
      message: sent.message,
      deviceKeyKind: 0,
      deviceSignature: fill(5, 64),
      signable: { kind: 'pay', amountMinorUnits: 12_000n },
    })
    expect(verifyJointSignature({ walletKey, message: sent.message, signature })).toBe(true)

    const sealedDone = await sealDone(received.session, { kind: 'signed', signature, payload: new Uint8Array(), triesLeft: 5 })
    const done = value(await openDone(wallet.onDevice, sent.session, { sealedDone, walletKey }))
    expect(done).toEqual({ kind: 'signed', signature, payload: new Uint8Array(), triesLeft: 5 })

    const atDevice = await deriveEpochSecrets(wallet.onDevice, sent.session, signature)
    const atVault = await deriveEpochSecrets(wallet.onVault, received.session, signature)
    expect(atDevice).toEqual(atVault)
    expect(await deriveRecordPad(sent.session, signature)).toEqual(await deriveRecordPad(received.session, signature))
    const deviceShare = advanceDeviceShare(wallet.onDevice, wallet.accepted.share, atDevice.delta)
    const vaultShare = advanceVaultShare(wallet.onVault, wallet.enrolled.share, atVault.delta)
    expect(nobleGroup.multiplyBase(nobleGroup.addScalars(deviceShare, vaultShare))).toEqual(walletKey)
    expect(opened.slot.walletId).toEqual(walletId)
  })
  it('of kind record carries the vault half in done', async () => {
    const opened = await openWallet(wallet)
    const message = frames.record.encode({ walletId, slotHash: opened.slot.slotHash, paymentAttemptId: fill(2), expiresAt: 1 })
    const sent = await sendPay(wallet, opened, { message })
    const received = value(await receive(opened, sent.sealed))
    const signature = cosign(wallet.onVault, { ...wallet.enrolled, slot: opened.secrets, deviceShare: received.share, message })
    if (signature === undefined) throw new Error('the PIN was right')
    const sealedDone = await sealDone(received.session, { kind: 'signed', signature, payload: fill(8, 1_056), triesLeft: 5 })
    const done = value(await openDone(wallet.onDevice, sent.session, { sealedDone, walletKey: wallet.accepted.walletKey }))
    expect(done).toMatchObject({ kind: 'signed', payload: fill(8, 1_056) })
  })
  it('H(pay) is of all its bytes', async () => {
    const { sent } = await exchange()
    expect(hashPay(flip(sent.sealed, sent.sealed.length - 1))).not.toEqual(hashPay(sent.sealed))
  })
})

describe('custody invariant 7: the device learns "signed" only from a σ that verifies under Y', () => {
  it('a done with another signature, another message or another key is a problem', async () => {
    const { sent, received, signature } = await exchange()
    if (signature === undefined) throw new Error('the PIN was right')
    const other = await exchange({ message: payMessage(fill(0, 32), 1n) }).catch(() => undefined)
    expect(other).toBeUndefined()
    const { walletKey } = wallet.accepted
    const answer = async (done: Parameters<typeof sealDone>[1], key = walletKey) =>
      openDone(wallet.onDevice, sent.session, { sealedDone: await sealDone(received.session, done), walletKey: key })
    const signed = { kind: 'signed', payload: new Uint8Array(), triesLeft: 5 } as const
    expect(await answer({ ...signed, signature: flip(signature, 3) })).toEqual(problem('CUSTODY_SIGNATURE_INVALID'))
    expect(await answer({ ...signed, signature: new Uint8Array() })).toEqual(problem('CUSTODY_SIGNATURE_INVALID'))
    expect(await answer({ ...signed, signature }, fill(1, 32))).toEqual(problem('CUSTODY_SIGNATURE_INVALID'))
    expect(await answer({ ...signed, signature })).toMatchObject({ ok: true })
  })
  it('a done of another call, a changed or cut one does not open', async () => {
    const [first, second] = [await exchange(), await exchange()]
    const sealedDone = await sealDone(first.received.session, { kind: 'wrong', triesLeft: 4 })
    const input = { sealedDone, walletKey: wallet.accepted.walletKey }
    expect(await openDone(wallet.onDevice, first.sent.session, input)).toEqual({ ok: true, value: { kind: 'wrong', triesLeft: 4 } })
    expect(await openDone(wallet.onDevice, second.sent.session, input)).toEqual(problem('CUSTODY_SEAL_INVALID'))
    for (const bad of [flip(sealedDone, 0), sealedDone.subarray(1), new Uint8Array()]) {
      expect(await openDone(wallet.onDevice, first.sent.session, { ...input, sealedDone: bad })).toEqual(problem('CUSTODY_SEAL_INVALID'))
    }
  })
  it('a done that is no frame, or says wrong with a signature in it, is refused', async () => {
    const { sent, received } = await exchange()
    const { aead } = await import('./payment-suite.ts')
    const { deriveResponseKey } = await import('./exchange.ts')
    const seal = async (plaintext: Uint8Array) =>
      openDone(wallet.onDevice, sent.session, {
        sealedDone: await aead.Seal(await deriveResponseKey(received.session.context), fill(0, 12), sent.session.slotId, plaintext),
        walletKey: wallet.accepted.walletKey,
      })
    expect(await seal(fill(1, 9))).toEqual(problem('CUSTODY_FRAME_INVALID'))
    const wrong = { status: 3, signature: new Uint8Array(), payload: new Uint8Array(), triesLeft: 1 } as const
    expect(await seal(frames.done.encode({ ...wrong, signature: fill(1, 64) }))).toEqual(problem('CUSTODY_FRAME_INVALID'))
    expect(await seal(frames.done.encode({ ...wrong, payload: fill(1, 2) }))).toEqual(problem('CUSTODY_FRAME_INVALID'))
    expect(await seal(frames.done.encode(wrong))).toMatchObject({ ok: true })
  })
})

describe('custody invariant 12: a vault share of one epoch and a device share of another never sign', () => {
  it('over five epochs only equal epochs sign', async () => {
    const shares = [{ device: wallet.accepted.share, vault: wallet.enrolled.share }]
    for (let epoch = 1; epoch < 5; epoch += 1) {
      const last = shares[epoch - 1]
      const delta = nobleGroup.reduceScalar(wallet.onDevice.randomBytes(64))
      if (last === undefined) throw new Error('an epoch before')
      shares.push({
        device: advanceDeviceShare(wallet.onDevice, last.device, delta),
        vault: advanceVaultShare(wallet.onVault, last.vault, delta),
      })
    }
    for (const [atDevice, { device }] of shares.entries()) {
      for (const [atVault, { vault }] of shares.entries()) {
        const opened = await openWallet(wallet)
        const sent = await sendPay(wallet, opened, { share: device })
        const signature = cosign(wallet.onVault, {
          ...wallet.enrolled,
          share: vault,
          slot: opened.secrets,
          deviceShare: sent.share,
          message: sent.message,
        })
        expect(signature !== undefined).toBe(atDevice === atVault)
      }
    }
  })
})

describe('custody invariant 13: nothing altered is ever signed', () => {
  it('a wrong salt or PIN makes another share, and no signature', async () => {
    const factor = { walletId, salt: fill(1, 32), stretchedPin: fill(2, 32) }
    const masked = maskShare(wallet.onDevice, wallet.accepted.share, factor)
    for (const wrong of [{ salt: fill(9, 32) }, { stretchedPin: fill(9, 32) }, { walletId: fill(9) }]) {
      expect((await exchange({ share: unmaskShare(wallet.onDevice, masked, { ...factor, ...wrong }) })).signature).toBeUndefined()
    }
    expect((await exchange({ share: unmaskShare(wallet.onDevice, masked, factor) })).signature).toBeDefined()
  })
  it('one bit of m, a swapped commitment, or another kind with the same share gives no signature', async () => {
    const opened = await openWallet(wallet)
    const { message, share } = await sendPay(wallet, opened)
    const record = frames.record.encode({ walletId, slotHash: opened.slot.slotHash, paymentAttemptId: fill(2), expiresAt: 1 })
    const tries = [
      { message: flip(message, 186), deviceShare: share },
      { message: record, deviceShare: share },
      { message, deviceShare: { ...share, hidingCommitment: share.bindingCommitment } },
      { message, deviceShare: { ...share, signatureShare: flip(share.signatureShare, 0) } },
    ]
    for (const attempt of tries) {
      const nonces = {
        ...opened.secrets.nonces,
        hiding: opened.secrets.nonces.hiding.slice(),
        binding: opened.secrets.nonces.binding.slice(),
      }
      expect(cosign(wallet.onVault, { ...wallet.enrolled, slot: { ...opened.secrets, nonces }, ...attempt })).toBeUndefined()
    }
    expect(cosign(wallet.onVault, { ...wallet.enrolled, slot: opened.secrets, deviceShare: share, message })).toBeDefined()
  })
  it('a swapped X or D_s makes another slot hash, so the vault refuses before it signs', async () => {
    const opened = await openWallet(wallet)
    const attacker = await wallet.onVault.suite.GenerateKeyPair()
    const sealingKey = await wallet.onVault.suite.SerializePublicKey(attacker.publicKey)
    const { slotHash: _, ...fields } = opened.slot
    const bytes = frames.slot.encode({ ...fields, sealingKey })
    // Even with the vault's own signing key in hand.
    const swapped = value(verifySlot(wallet.onDevice, concatBytes(bytes, signAsVault(bytes)), opened.expected))
    const sent = await sendPay(wallet, { ...opened, slot: swapped })
    const atAttacker = value(
      await openPay(wallet.onVault, {
        sealed: sent.sealed,
        slot: { ...opened.secrets, slotHash: swapped.slotHash, sealingKeyPair: attacker },
        epochKey: wallet.enrolled.key,
      }),
    )
    const resealed = await sealPay(wallet.onDevice, {
      slot: opened.slot,
      epochKey: wallet.enrolled.key,
      message: atAttacker.message,
      share: atAttacker.share,
      deviceKeyKind: 0,
      deviceSignature: fill(5, 64),
    })
    expect(await receive(opened, value(resealed).sealed)).toEqual(problem('CUSTODY_MISMATCH'))
    const noncesSwapped = { ...opened.slot, hidingCommitment: opened.slot.bindingCommitment }
    const share = signShare(wallet.onDevice, { ...wallet.accepted, slot: noncesSwapped, message: payMessage(opened.slot.slotHash) })
    expect(
      cosign(wallet.onVault, { ...wallet.enrolled, slot: opened.secrets, deviceShare: share, message: payMessage(opened.slot.slotHash) }),
    ).toBeUndefined()
  })
  it('a pay message of another slot, epoch key or with any changed byte does not open', async () => {
    const [opened, other] = [await openWallet(wallet), await openWallet(wallet)]
    const { sealed } = await sendPay(wallet, opened)
    expect(await receive(other, sealed)).toEqual(problem('CUSTODY_MISMATCH'))
    for (const name of ['walletId', 'epochId'] as const) {
      expect(
        await openPay(wallet.onVault, { sealed, slot: { ...opened.secrets, [name]: fill(1) }, epochKey: wallet.enrolled.key }),
      ).toEqual(problem('CUSTODY_MISMATCH'))
    }
    expect(await openPay(wallet.onVault, { sealed, slot: opened.secrets, epochKey: fill(1, 32) })).toEqual(problem('CUSTODY_SEAL_INVALID'))
    for (const index of [75, 110, 300, sealed.length - 1])
      expect(await receive(opened, flip(sealed, index))).toEqual(problem('CUSTODY_SEAL_INVALID'))
    expect(await receive(opened, sealed.subarray(0, 90))).toEqual(problem('CUSTODY_SEAL_INVALID'))
    expect(await receive(opened, sealed.subarray(0, 20))).toEqual(problem('CUSTODY_FRAME_INVALID'))
    expect(parsePayHeader(flip(sealed, 0))).toEqual(problem('CUSTODY_FRAME_INVALID'))
  })
  it('an inner frame, a message or a share that is not canonical is refused', async () => {
    const opened = await openWallet(wallet)
    const { message, share } = await sendPay(wallet, opened)
    const send = async (change: { readonly message?: Uint8Array; readonly share?: Partial<typeof share> }) => {
      const input = { slot: opened.slot, epochKey: wallet.enrolled.key, deviceKeyKind: 0, deviceSignature: fill(5, 64) } as const
      const sent = await sealPay(wallet.onDevice, { ...input, message: change.message ?? message, share: { ...share, ...change.share } })
      return receive(opened, value(sent).sealed)
    }
    expect(await send({})).toMatchObject({ ok: true })
    expect(await send({ message: fill(1, 187) })).toEqual(problem('CUSTODY_FRAME_INVALID'))
    expect(await send({ message: concatBytes(message, fill(0, 1)) })).toEqual(problem('CUSTODY_FRAME_INVALID'))
    expect(await send({ message: payMessage(fill(1, 32)) })).toEqual(problem('CUSTODY_MISMATCH'))
    for (const bad of [{ hidingCommitment: fill(0, 32) }, { bindingCommitment: fill(0, 32) }, { signatureShare: fill(255, 32) }]) {
      expect(await send({ share: bad })).toEqual(problem('CUSTODY_POINT_INVALID'))
    }
    const noise = await sealNoise(opened)
    expect(await receive(opened, noise)).toEqual(problem('CUSTODY_FRAME_INVALID'))
  })
  it('a slot with an X of low order is not sealed to', async () => {
    const opened = await openWallet(wallet)
    const { message, share } = await sendPay(wallet, opened)
    const input = { epochKey: wallet.enrolled.key, message, share, deviceKeyKind: 0, deviceSignature: fill(5, 64) } as const
    expect(await sealPay(wallet.onDevice, { ...input, slot: { ...opened.slot, sealingKey: fill(0, 32) } })).toEqual(
      problem('CUSTODY_SEAL_INVALID'),
    )
  })
})

/** Sealed correctly, but what is inside is no frame. */
async function sealNoise(opened: OpenedWallet): Promise<Uint8Array> {
  const { derivePresharedKey } = await import('./hashes.ts')
  const header = frames.payHeader.encode(opened.slot)
  const key = await wallet.onDevice.suite.DeserializePublicKey(opened.slot.sealingKey)
  const { encapsulatedSecret, ctx } = await wallet.onDevice.suite.SetupSender(key, {
    info: Buffer.from('symbolon/v1/pay-seal'),
    psk: derivePresharedKey(wallet.enrolled.key),
    pskId: concatBytes(opened.slot.walletId, opened.slot.epochId),
  })
  return concatBytes(header, encapsulatedSecret, await ctx.Seal(fill(1, 60), header))
}

describe('wipe', () => {
  it('overwrites every argument', () => {
    const secrets = [fill(1, 4), fill(2, 8)] as const
    wipe(...secrets)
    expect(secrets).toEqual([fill(0, 4), fill(0, 8)])
    expect(vaultPublicKey.some((byte) => byte !== 0)).toBe(true)
  })
})
