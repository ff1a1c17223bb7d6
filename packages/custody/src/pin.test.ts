import { bytesToHex, utf8ToBytes } from '@symbolon/formats/bytes'
import { hexToBytes } from '@symbolon/formats/bytes'
import { argon2Sync } from './fixtures/argon2.ts'
import { describe, expect, it } from 'vitest'
import { fill, seededBytes } from './fixtures/wallet.ts'
import { nobleGroup as group } from './group/noble.ts'
import { defaultPinCost, derivePinScalar, maskShare, stretchPin, unmaskShare } from './pin.ts'

const cheap = { memoryKibibytes: 64, iterations: 1, parallelism: 1 }

describe('stretching the PIN', () => {
  it('is argon2id: the same bytes as another implementation', async () => {
    expect(await stretchPin('246810', fill(3), cheap)).toEqual(argon2Sync(utf8ToBytes('246810'), fill(3), cheap))
  })
  it('costs 64 MiB and three passes unless it is told otherwise', async () => {
    expect(defaultPinCost).toEqual({ memoryKibibytes: 65_536, iterations: 3, parallelism: 1 })
    expect(bytesToHex(await stretchPin('123456', hexToBytes('000102030405060708090a0b0c0d0e0f')))).toBe(
      '9b0a9f24be07d83998f657d86a216621de37af21b9d3133fab03035e94fd58ec',
    )
  })
  it('depends on the PIN and on the salt', async () => {
    const all = await Promise.all([
      stretchPin('123456', fill(3), cheap),
      stretchPin('123457', fill(3), cheap),
      stretchPin('123456', fill(4), cheap),
    ])
    expect(new Set(all.map(bytesToHex)).size).toBe(3)
  })
})

describe('masking the share', () => {
  const share = group.reduceScalar(seededBytes('mask')(64))
  const factor = { walletId: fill(1), salt: fill(2, 32), stretchedPin: fill(3, 32) }
  it('the same factor gives the share back', () => {
    expect(unmaskShare({ group }, maskShare({ group }, share, factor), factor)).toEqual(share)
  })
  it.each([
    ['wallet', { walletId: fill(9) }],
    ['salt', { salt: fill(9, 32) }],
    ['PIN', { stretchedPin: fill(9, 32) }],
    ['passkey output', { prf: fill(9, 32) }],
  ])('another %s gives another share', (_, change) => {
    expect(unmaskShare({ group }, maskShare({ group }, share, factor), { ...factor, ...change })).not.toEqual(share)
  })
  it('fields do not run into each other: an empty PIN with a passkey is not a PIN without', () => {
    const pinOnly = derivePinScalar({ group }, { ...factor, prf: new Uint8Array() })
    expect(derivePinScalar({ group }, factor)).toEqual(pinOnly)
    expect(derivePinScalar({ group }, { ...factor, stretchedPin: new Uint8Array(), prf: factor.stretchedPin })).not.toEqual(pinOnly)
  })
})
