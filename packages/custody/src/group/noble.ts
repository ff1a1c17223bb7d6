import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToNumberLE } from '@noble/curves/utils.js'
import { sha512 } from '@noble/hashes/sha2.js'
import type { Ed25519Group } from './port.ts'

const { Point } = ed25519
const { Fn } = Point

/** The group on @noble/curves: the device's, the issuer's, and the vault's where libsodium does not load. */
export const nobleGroup: Ed25519Group = {
  name: 'noble',
  sha512,
  isValidPoint(encoded) {
    try {
      const point = Point.fromBytes(encoded)
      return !point.is0() && point.isTorsionFree()
    } catch {
      return false
    }
  },
  reduceScalar: (wide) => Fn.toBytes(Fn.create(bytesToNumberLE(wide))),
  addScalars: (left, right) => Fn.toBytes(Fn.add(Fn.fromBytes(left), Fn.fromBytes(right))),
  subtractScalars: (left, right) => Fn.toBytes(Fn.sub(Fn.fromBytes(left), Fn.fromBytes(right))),
  multiplyScalars: (left, right) => Fn.toBytes(Fn.mul(Fn.fromBytes(left), Fn.fromBytes(right))),
  multiplyBase: (scalar) => Point.BASE.multiply(Fn.fromBytes(scalar)).toBytes(),
  multiplyByPublicScalar: (scalar, point) => Point.fromBytes(point).multiplyUnsafe(Fn.fromBytes(scalar)).toBytes(),
  addPoints: (left, right) => Point.fromBytes(left).add(Point.fromBytes(right)).toBytes(),
  verify(signature, message, publicKey) {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false })
    } catch {
      return false
    }
  },
}
