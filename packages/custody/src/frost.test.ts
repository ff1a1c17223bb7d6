import { ed25519, ed25519_FROST } from '@noble/curves/ed25519.js'
import { bytesToHex, concatBytes, hexToBytes } from '@symbolon/formats/bytes'
import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { frostVector as vector } from './fixtures/vectors.ts'
import { seededBytes } from './fixtures/wallet.ts'
import { computeBindingFactors, createNonces, signAsDevice, signAsVault, signWithNonces } from './frost.ts'
import { loadLibsodiumGroup } from './group/libsodium.ts'
import { nobleGroup } from './group/noble.ts'
import type { Ed25519Group } from './group/port.ts'
import { rfc9591Vector } from './group/self-test.ts'
import { loadSodiumNativeGroup } from './group/sodium-native.ts'

const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n
const { Fn } = ed25519.Point
const libsodium = await loadLibsodiumGroup()
const groups: readonly Ed25519Group[] = [nobleGroup, libsodium, await loadSodiumNativeGroup(libsodium)]
const pairs = groups.flatMap((device) => groups.map((vault) => [device.name, vault.name, device, vault] as const))

/** RFC 9591 section 4.2: this protocol keeps shares that are already multiplied with this. */
function weigh(share: Uint8Array, [numerator, denominator]: readonly [number, number]): Uint8Array {
  const factor = Fn.div(Fn.create(BigInt(numerator)), BigInt(denominator))
  return Fn.toBytes(Fn.mul(Fn.fromBytes(share), factor))
}

describe.each(pairs)('RFC 9591 appendix E.1, first signer on %s, second on %s', (_first, _second, first, second) => {
  const signers = vector.participants.map((participant, index) => ({ participant, group: index === 0 ? first : second }))
  const rounds = signers.map(({ participant, group }) => {
    const randomness = [participant.hidingNonceRandomness, participant.bindingNonceRandomness].map(hexToBytes)
    return createNonces(group, hexToBytes(participant.share), () => randomness.shift() ?? new Uint8Array())
  })
  const session = {
    participants: rounds.map((nonces, index) => ({ ...nonces, identifier: vector.participants[index]?.identifier ?? 0 })),
    walletKey: hexToBytes(vector.groupPublicKey),
    message: hexToBytes(vector.message),
  }
  it('nonces and commitments', () => {
    expect(
      rounds.map((nonces) => [nonces.hiding, nonces.binding, nonces.hidingCommitment, nonces.bindingCommitment].map(bytesToHex)),
    ).toEqual(vector.participants.map((one) => [one.hidingNonce, one.bindingNonce, one.hidingNonceCommitment, one.bindingNonceCommitment]))
  })
  it('binding factors', () => {
    for (const { group } of signers) {
      expect(computeBindingFactors(group, session).map(bytesToHex)).toEqual(vector.participants.map(({ bindingFactor }) => bindingFactor))
    }
  })
  it('shares and signature', () => {
    const signed = signers.map(({ participant, group }, index) => {
      const nonces = rounds[index]
      if (nonces === undefined) throw new Error('every signer has nonces')
      const share = weigh(hexToBytes(participant.share), participant.lagrange)
      return signWithNonces(group, session, { identifier: participant.identifier, share, nonces })
    })
    expect(signed.map(({ signatureShare }) => bytesToHex(signatureShare))).toEqual(vector.participants.map((one) => one.signatureShare))
    const [left, right] = signed
    if (left === undefined || right === undefined) throw new Error('two signers')
    expect(bytesToHex(concatBytes(left.groupCommitment, first.addScalars(left.signatureShare, right.signatureShare)))).toBe(
      vector.signature,
    )
    expect(left.groupCommitment).toEqual(right.groupCommitment)
  })
})

describe('the self-test at start', () => {
  it('carries the numbers of the published vector', () => {
    expect(
      rfc9591Vector.participants.map(({ share, hidingNonce, bindingNonce, bindingFactor, signatureShare }) => [
        share,
        hidingNonce,
        bindingNonce,
        bindingFactor,
        signatureShare,
      ]),
    ).toEqual(
      vector.participants.map(({ share, hidingNonce, bindingNonce, bindingFactor, signatureShare }) => [
        share,
        hidingNonce,
        bindingNonce,
        bindingFactor,
        signatureShare,
      ]),
    )
    expect(rfc9591Vector.participants.map(({ weighted }) => weighted)).toEqual(
      vector.participants.map(({ share, lagrange }) => bytesToHex(weigh(hexToBytes(share), lagrange))),
    )
    expect([rfc9591Vector.groupPublicKey, rfc9591Vector.signature]).toEqual([vector.groupPublicKey, vector.signature])
  })
})

function createWallet(seed: string) {
  const randomBytes = seededBytes(seed)
  const deviceShare = nobleGroup.reduceScalar(randomBytes(64))
  const vaultShare = nobleGroup.reduceScalar(randomBytes(64))
  const walletKey = nobleGroup.multiplyBase(nobleGroup.addScalars(deviceShare, vaultShare))
  return { randomBytes, deviceShare, vaultShare, walletKey, message: randomBytes(187) }
}

describe.each(pairs)('two of two, device on %s, vault on %s', (_device, _vault, deviceGroup, vaultGroup) => {
  const wallet = createWallet(`${deviceGroup.name}/${vaultGroup.name}`)
  const sign = (change: { readonly deviceShare?: Uint8Array; readonly vaultShare?: Uint8Array; readonly signed?: Uint8Array } = {}) => {
    const nonces = createNonces(vaultGroup, wallet.vaultShare, wallet.randomBytes)
    const device = signAsDevice(
      { group: deviceGroup, randomBytes: wallet.randomBytes },
      {
        share: change.deviceShare ?? wallet.deviceShare,
        walletKey: wallet.walletKey,
        vault: nonces,
        message: change.signed ?? wallet.message,
      },
    )
    const share = change.vaultShare ?? wallet.vaultShare
    return {
      nonces,
      device,
      signature: signAsVault(vaultGroup, { share, walletKey: wallet.walletKey, nonces, device, message: wallet.message }),
    }
  }
  it('gives a plain Ed25519 signature that OpenSSL and noble verify', () => {
    const { signature } = sign()
    if (signature === undefined) throw new Error('the shares fit')
    const spki = concatBytes(hexToBytes('302a300506032b6570032100'), wallet.walletKey)
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    expect(verify(null, wallet.message, key, signature)).toBe(true)
    expect(ed25519.verify(signature, wallet.message, wallet.walletKey, { zip215: false })).toBe(true)
    expect(ed25519_FROST.verify(signature, wallet.message, wallet.walletKey)).toBe(true)
  })
  it('a wrong share, a wrong half or another message gives nothing', () => {
    const other = nobleGroup.addScalars(
      wallet.deviceShare,
      Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0)),
    )
    expect(sign({ deviceShare: other }).signature).toBeUndefined()
    expect(sign({ vaultShare: other }).signature).toBeUndefined()
    expect(sign({ signed: wallet.message.map((byte, index) => (index === 40 ? byte ^ 1 : byte)) }).signature).toBeUndefined()
  })
  it('nonces are spent: a second signature with them throws', () => {
    const { nonces, device } = sign()
    expect([...nonces.hiding, ...nonces.binding].every((byte) => byte === 0)).toBe(true)
    expect(() =>
      signAsVault(vaultGroup, { share: wallet.vaultShare, walletKey: wallet.walletKey, nonces, device, message: wallet.message }),
    ).toThrow()
  })
})

describe("noble's FROST as the oracle", () => {
  it('computes the same shares from the same nonces, and aggregates ours', () => {
    for (let round = 0; round < 5; round += 1) {
      const { randomBytes, message } = createWallet(`oracle/${round}`)
      const ids = [1, 2].map((number) => ed25519_FROST.Identifier.fromNumber(number))
      const dealt = ed25519_FROST.trustedDealer({ min: 2, max: 2 }, ids)
      const [vaultSecret, deviceSecret] = ids.map((id) => dealt.secretShares[id])
      if (vaultSecret === undefined || deviceSecret === undefined) throw new Error('two shares')
      const walletKey = dealt.public.commitments[0] ?? new Uint8Array()
      // λ of 1 among {1, 2} is 2; λ of 2 is -1.
      const shares = [weigh(vaultSecret.signingShare, [2, 1]), weigh(deviceSecret.signingShare, [-1, 1])]
      const nonces = shares.map((share) => createNonces(libsodium, share, randomBytes))
      const list = nonces.map((one, index) => ({
        identifier: ids[index] ?? '',
        hiding: one.hidingCommitment,
        binding: one.bindingCommitment,
      }))
      const session = { participants: nonces.map((one, index) => ({ ...one, identifier: index + 1 })), walletKey, message }
      const oracle = [vaultSecret, deviceSecret].map((secret, index) =>
        ed25519_FROST.signShare(
          secret,
          dealt.public,
          { hiding: nonces[index]?.hiding.slice() ?? message, binding: nonces[index]?.binding.slice() ?? message },
          list,
          message,
        ),
      )
      const ours = nonces.map((one, index) =>
        signWithNonces(libsodium, session, { identifier: index + 1, share: shares[index] ?? message, nonces: one }),
      )
      expect(ours.map(({ signatureShare }) => bytesToHex(signatureShare))).toEqual(oracle.map(bytesToHex))
      const byId = Object.fromEntries(ours.map(({ signatureShare }, index) => [ids[index] ?? '', signatureShare]))
      const signature = ed25519_FROST.aggregate(dealt.public, list, message, byId)
      expect(ed25519.verify(signature, message, walletKey, { zip215: false })).toBe(true)
    }
  })
})

describe('what FROST does not promise without its binding factors', () => {
  it('the binding factor changes with the message, the key and every commitment', () => {
    const { walletKey, message, vaultShare, deviceShare, randomBytes } = createWallet('binding')
    const nonces = [vaultShare, deviceShare].map((share) => createNonces(nobleGroup, share, randomBytes))
    const participants = nonces.map((one, index) => ({ ...one, identifier: index + 1 }))
    const base = computeBindingFactors(nobleGroup, { participants, walletKey, message }).map(bytesToHex)
    const variants = [
      { participants, walletKey, message: message.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) },
      { participants, walletKey: nobleGroup.multiplyBase(vaultShare), message },
      { participants: participants.map((one) => ({ ...one, hidingCommitment: one.bindingCommitment })), walletKey, message },
    ]
    for (const variant of variants) {
      for (const [index, factor] of computeBindingFactors(nobleGroup, variant).entries()) expect(bytesToHex(factor)).not.toBe(base[index])
    }
    expect(new Set(base).size).toBe(2)
    expect(order).toBe(Fn.ORDER)
  })
})
