import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js'
import { hexToBytes } from '@symbolon/formats/bytes'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadLibsodiumGroup } from './libsodium.ts'
import { nobleGroup } from './noble.ts'
import type { Ed25519Group } from './port.ts'
import { isCanonicalScalar } from './scalar.ts'
import { passesSelfTest } from './self-test.ts'
import { loadSodiumNativeGroup } from './sodium-native.ts'

const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n
const little = (value: bigint, size = 32): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * index)) & 255n))
const libsodium = await loadLibsodiumGroup()
const native = await loadSodiumNativeGroup(libsodium)
const groups: readonly Ed25519Group[] = [nobleGroup, libsodium, native, await loadSodiumNativeGroup(nobleGroup)]
const scalar = fc.bigInt({ min: 1n, max: order - 1n })
const wide = fc.uint8Array({ minLength: 64, maxLength: 64 })

describe.each(groups.map((group) => [group.name, group] as const))('the Ed25519 port on %s', (_, group) => {
  it('computes with scalars modulo L', () => {
    fc.assert(
      fc.property(scalar, scalar, (left, right) => {
        expect(group.addScalars(little(left), little(right))).toEqual(little((left + right) % order))
        expect(group.subtractScalars(little(left), little(right))).toEqual(little((left - right + order) % order))
        expect(group.multiplyScalars(little(left), little(right))).toEqual(little((left * right) % order))
      }),
    )
  })
  it('reduces wide scalars', () => {
    expect(group.reduceScalar(little(order, 64))).toEqual(little(0n))
    expect(group.reduceScalar(little(2n ** 512n - 1n, 64))).toEqual(little((2n ** 512n - 1n) % order))
  })
  it('multiplication distributes over addition', () => {
    fc.assert(
      fc.property(scalar, scalar, (left, right) => {
        const [a, b] = [group.multiplyBase(little(left)), group.multiplyBase(little(right))]
        if ((left + right) % order === 0n) return
        expect(group.addPoints(a, b)).toEqual(group.multiplyBase(little((left + right) % order)))
        expect(group.multiplyByPublicScalar(little(right), a)).toEqual(group.multiplyBase(little((left * right) % order)))
      }),
      { numRuns: 20 },
    )
  })
  it('refuses scalars that are not canonical, and zero where it multiplies', () => {
    const one = little(1n)
    for (const bad of [little(order), little(2n ** 256n - 1n), new Uint8Array(31), new Uint8Array(33)]) {
      expect(() => group.addScalars(bad, one)).toThrow()
      expect(() => group.addScalars(one, bad)).toThrow()
      expect(() => group.subtractScalars(one, bad)).toThrow()
      expect(() => group.multiplyScalars(bad, one)).toThrow()
      expect(() => group.multiplyBase(bad)).toThrow()
    }
    expect(() => group.multiplyBase(little(0n))).toThrow()
  })
  it('accepts points of prime order only', () => {
    const base = ed25519.Point.BASE
    expect(group.isValidPoint(base.toBytes())).toBe(true)
    const mixed = base.add(ed25519.Point.fromHex(ED25519_TORSION_SUBGROUP[1] ?? ''))
    expect(group.isValidPoint(mixed.toBytes())).toBe(false)
    for (const torsion of ED25519_TORSION_SUBGROUP) expect(group.isValidPoint(hexToBytes(torsion))).toBe(false)
    // y = p + 3 has a canonical twin; the other two are no curve point and no point at all.
    for (const bad of [little(2n ** 255n - 16n), little(2n), new Uint8Array(31), new Uint8Array(0)]) {
      expect(group.isValidPoint(bad)).toBe(false)
    }
  })
  it('verifies plain Ed25519 and answers false on anything else', () => {
    const message = Buffer.from('message')
    const { secretKey, publicKey } = ed25519.keygen(little(5n))
    const signature = ed25519.sign(message, secretKey)
    expect(group.verify(signature, message, publicKey)).toBe(true)
    expect(group.verify(signature, Buffer.from('messages'), publicKey)).toBe(false)
    expect(group.verify(signature, message, ed25519.getPublicKey(little(6n)))).toBe(false)
    for (let index = 0; index < 64; index += 7) {
      expect(
        group.verify(
          signature.map((byte, position) => (position === index ? byte ^ 1 : byte)),
          message,
          publicKey,
        ),
      ).toBe(false)
    }
    expect(group.verify(signature.subarray(1), message, publicKey)).toBe(false)
    expect(group.verify(signature, message, publicKey.subarray(1))).toBe(false)
    expect(group.verify(new Uint8Array(64), message, new Uint8Array(32))).toBe(false)
  })
  it('hashes with SHA-512 (FIPS 180-4)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        expect(group.sha512(message)).toEqual(new Uint8Array(createHash('sha512').update(message).digest()))
      }),
      { numRuns: 30 },
    )
  })
  it('passes the RFC 9591 self-test', () => expect(passesSelfTest(group)).toBe(true))
})

describe('all groups', () => {
  it('agree on wide reduction', () => {
    fc.assert(
      fc.property(wide, (bytes) => {
        for (const group of [libsodium, native]) expect(group.reduceScalar(bytes)).toEqual(nobleGroup.reduceScalar(bytes))
      }),
    )
  })
})

describe('self-test', () => {
  const broken: readonly (readonly [string, Partial<Ed25519Group>])[] = [
    ['addition of points', { addPoints: (left) => left }],
    ['addition of scalars', { addScalars: (left) => left }],
    ['reduction', { reduceScalar: (bytes) => bytes.slice(0, 32) }],
    ['a verification that says yes', { verify: () => true }],
    ['a verification that says no', { verify: () => false }],
    ['hash', { sha512: () => new Uint8Array(64) }],
    ['point validation', { isValidPoint: () => false }],
    ['something that throws', { multiplyBase: () => hexToBytes('zz') }],
  ]
  it.each(broken)('notices a broken %s', (_, part) => expect(passesSelfTest({ ...nobleGroup, ...part })).toBe(false))
})

describe('canonical scalars', () => {
  it('are below L, of 32 bytes', () => {
    for (const good of [0n, 1n, order - 1n]) expect(isCanonicalScalar(little(good))).toBe(true)
    for (const bad of [order, order + 1n, 2n ** 255n, 2n ** 256n - 1n]) expect(isCanonicalScalar(little(bad))).toBe(false)
    expect(isCanonicalScalar(new Uint8Array(31))).toBe(false)
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
        expect(isCanonicalScalar(little(value))).toBe(value < order)
      }),
    )
  })
})
