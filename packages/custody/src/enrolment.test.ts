import { concatBytes } from '@symbolon/formats/bytes'
import { describe, expect, it } from 'vitest'
import { acceptOffer, completeOffer, createOffer, verifyOffer } from './enrolment.ts'
import { enrol, fill, now, seededBytes, signAsVault, value, vaultPublicKey, walletId } from './fixtures/wallet.ts'
import { nobleGroup } from './group/noble.ts'
import { frames } from './messages.ts'
import { createOperatorPrimitives } from './operator/primitives.ts'
import { provePossession, verifyPossession } from './proof.ts'

const problem = (code: string) => ({ ok: false, problem: { code } })
const primitives = await createOperatorPrimitives(seededBytes('enrolment'))
const expected = { vaultPublicKey, walletId, now }
const deviceKey = { kind: 0, publicKey: fill(9, 91) } as const
const own = { deviceKey, stopCodeHash: fill(8, 32) }
const offerNow = () => createOffer(primitives, signAsVault, { walletId, expiresAt: now + 60 })

describe('enrolment', () => {
  it('gives both sides one key, one epoch, and shares that sum to the secret of Y', async () => {
    const { accepted, enrolled } = await enrol()
    expect(enrolled.walletKey).toEqual(accepted.walletKey)
    expect([enrolled.epochId, enrolled.key]).toEqual([accepted.epochId, accepted.key])
    expect([enrolled.deviceKey, enrolled.stopCodeHash]).toEqual([deviceKey, own.stopCodeHash])
    const sum = nobleGroup.addScalars(accepted.share, enrolled.share)
    expect(nobleGroup.multiplyBase(sum)).toEqual(accepted.walletKey)
  })
  it('stores no first half: δ is in both shares, and the halves of the exchange are wiped', async () => {
    const { signedOffer, pending } = await offerNow()
    const offer = value(verifyOffer(primitives, signedOffer, expected))
    const accepted = value(await acceptOffer(primitives, offer, own))
    const enrolled = value(await completeOffer(primitives, pending, accepted.sealed))
    expect(primitives.group.multiplyBase(enrolled.share)).not.toEqual(offer.vaultPoint)
    expect(pending.share).toEqual(fill(0, 32))
  })
})

describe('an offer is refused', () => {
  const signed = (change: Parameters<typeof frames.offer.encode>[0]) => {
    const bytes = frames.offer.encode(change)
    return concatBytes(bytes, signAsVault(bytes))
  }
  it('when another key signed it, or a byte changed', async () => {
    const { signedOffer } = await offerNow()
    const invalid = problem('CUSTODY_SIGNATURE_INVALID')
    expect(verifyOffer(primitives, signedOffer, { ...expected, vaultPublicKey: fill(1, 32) })).toEqual(invalid)
    expect(
      verifyOffer(
        primitives,
        signedOffer.map((byte, index) => (index === 60 ? byte ^ 1 : byte)),
        expected,
      ),
    ).toEqual(invalid)
    expect(verifyOffer(primitives, signedOffer.subarray(0, 20), expected)).toEqual(invalid)
  })
  it('when it is signed but no frame', () => {
    const noise = fill(1, 30)
    expect(verifyOffer(primitives, concatBytes(noise, signAsVault(noise)), expected)).toEqual(problem('CUSTODY_FRAME_INVALID'))
  })
  it('when it is for another wallet, too old, no point, or without knowledge of the half', async () => {
    const { signedOffer, pending } = await offerNow()
    expect(verifyOffer(primitives, signedOffer, { ...expected, walletId: fill(8) })).toEqual(problem('CUSTODY_MISMATCH'))
    expect(verifyOffer(primitives, signedOffer, { ...expected, now: now + 60 })).toEqual(problem('CUSTODY_EXPIRED'))
    const { bytes: _, ...offer } = pending.offer
    expect(verifyOffer(primitives, signed({ ...offer, vaultPoint: fill(0, 32) }), expected)).toEqual(problem('CUSTODY_POINT_INVALID'))
    const stranger = nobleGroup.multiplyBase(nobleGroup.reduceScalar(fill(3, 64)))
    expect(verifyOffer(primitives, signed({ ...offer, vaultPoint: stranger }), expected)).toEqual(problem('CUSTODY_PROOF_INVALID'))
    expect(verifyOffer(primitives, signed({ ...offer, sessionId: fill(3) }), expected)).toEqual(problem('CUSTODY_PROOF_INVALID'))
  })
  it('when its sealing key is of low order', async () => {
    const { pending } = await offerNow()
    expect(await acceptOffer(primitives, { ...pending.offer, sealingKey: fill(0, 32) }, own)).toEqual(problem('CUSTODY_SEAL_INVALID'))
  })
})

describe('an answer is refused', () => {
  const answer = async (change: Partial<Parameters<typeof frames.accept.encode>[0]>, plaintext?: Uint8Array) => {
    const { pending } = await offerNow()
    const secret = nobleGroup.reduceScalar(fill(5, 64))
    const point = nobleGroup.multiplyBase(secret)
    const { sessionId } = pending.offer
    const proof = provePossession(primitives, { sessionId, role: 'device', point }, secret)
    const inner = {
      sessionId,
      devicePoint: point,
      proof,
      deviceKeyKind: 0,
      deviceKey: fill(9, 91),
      stopCodeHash: fill(8, 32),
      ...change,
    } as const
    const key = await primitives.suite.DeserializePublicKey(pending.offer.sealingKey)
    const { encapsulatedSecret, ctx } = await primitives.suite.SetupSender(key, { info: Buffer.from('symbolon/v1/enrol-seal') })
    const sealed = concatBytes(encapsulatedSecret, await ctx.Seal(plaintext ?? frames.accept.encode(inner), pending.offer.bytes))
    return completeOffer(primitives, pending, sealed)
  }
  it('never when it is right', async () => expect(await answer({})).toMatchObject({ ok: true }))
  it('when it is for another session', async () => expect(await answer({ sessionId: fill(1) })).toEqual(problem('CUSTODY_MISMATCH')))
  it('when it is no frame', async () => expect(await answer({}, fill(1, 40))).toEqual(problem('CUSTODY_FRAME_INVALID')))
  it('when its half is no point of prime order', async () => {
    expect(await answer({ devicePoint: fill(0, 32) })).toEqual(problem('CUSTODY_POINT_INVALID'))
  })
  it('when nobody knows its half, or the proof is for the other role', async () => {
    const point = nobleGroup.multiplyBase(nobleGroup.reduceScalar(fill(6, 64)))
    expect(await answer({ devicePoint: point })).toEqual(problem('CUSTODY_PROOF_INVALID'))
    expect(await answer({ proof: fill(0, 64) })).toEqual(problem('CUSTODY_PROOF_INVALID'))
  })
  it('when the halves cancel', async () => {
    const { pending } = await offerNow()
    const negated = nobleGroup.multiplyBase(nobleGroup.subtractScalars(fill(0, 32), pending.share))
    const inner = frames.accept.encode({
      sessionId: pending.offer.sessionId,
      devicePoint: negated,
      proof: fill(0, 64),
      deviceKeyKind: 0,
      stopCodeHash: fill(8, 32),
      deviceKey: fill(9, 91),
    })
    const key = await primitives.suite.DeserializePublicKey(pending.offer.sealingKey)
    const { encapsulatedSecret, ctx } = await primitives.suite.SetupSender(key, { info: Buffer.from('symbolon/v1/enrol-seal') })
    const sealed = concatBytes(encapsulatedSecret, await ctx.Seal(inner, pending.offer.bytes))
    expect(await completeOffer(primitives, pending, sealed)).toEqual(problem('CUSTODY_POINT_INVALID'))
  })
  it('when it is sealed to another offer, cut or changed', async () => {
    const [first, second] = [await offerNow(), await offerNow()]
    const accepted = value(await acceptOffer(primitives, value(verifyOffer(primitives, first.signedOffer, expected)), own))
    for (const sealed of [
      accepted.sealed.subarray(0, 31),
      new Uint8Array(),
      accepted.sealed.map((byte, index) => (index === 50 ? byte ^ 1 : byte)),
    ]) {
      expect(await completeOffer(primitives, first.pending, sealed)).toEqual(problem('CUSTODY_SEAL_INVALID'))
    }
    expect(await completeOffer(primitives, second.pending, accepted.sealed)).toEqual(problem('CUSTODY_SEAL_INVALID'))
  })
})

describe('proof of possession', () => {
  it('is bound to session, role and point', () => {
    const secret = nobleGroup.reduceScalar(fill(4, 64))
    const context = { sessionId: fill(1), role: 'vault', point: nobleGroup.multiplyBase(secret) } as const
    const proof = provePossession(primitives, context, secret)
    for (const group of [nobleGroup, primitives.group]) {
      expect(verifyPossession(group, context, proof)).toBe(true)
      expect(verifyPossession(group, { ...context, sessionId: fill(2) }, proof)).toBe(false)
      expect(verifyPossession(group, { ...context, role: 'device' }, proof)).toBe(false)
      expect(verifyPossession(group, context, concatBytes(proof.subarray(0, 32), fill(255, 32)))).toBe(false)
      expect(verifyPossession(group, context, concatBytes(proof.subarray(0, 32), fill(0, 32)))).toBe(false)
      expect(verifyPossession(group, context, concatBytes(fill(0, 32), proof.subarray(32)))).toBe(false)
    }
  })
})
