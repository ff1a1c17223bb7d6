import { randomBytes } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { unmaskShare } from '@symbolon/custody/device'
import { loadGroup, type Group } from './ed25519.ts'
import type { DeviceLoot } from './device-files.ts'
import { stretchFreely } from './paying-device.ts'
import { searchPins, type Guess } from './pin-search.ts'

// The tool must find what a broken design would leave, or a drill that finds nothing shows nothing.
let group: Group
beforeAll(async () => {
  group = await loadGroup()
})
const bytes = (size: number): Uint8Array => new Uint8Array(randomBytes(size))
const scalar = (): Uint8Array => group.reduceScalar(bytes(64))
const pins = Array.from({ length: 40 }, (_, index) => String(400_000 + 7 * index))
const [right = '', next = ''] = [pins[11], pins[29]]

/** A device that holds these shares under these PINs, as its files would show it. */
function lootOf(epochs: readonly { readonly share: Uint8Array; readonly pin: string }[]): DeviceLoot {
  const [walletId, pinSalt] = [bytes(16), bytes(16)]
  const masked = epochs.map(({ share, pin }) => {
    const salt = bytes(32)
    const blind = unmaskShare({ group }, new Uint8Array(32), { walletId, salt, stretchedPin: stretchFreely(pin, pinSalt) })
    return { eid: bytes(16).toString(), key: bytes(32), maskedShare: group.subtractScalars(share, blind), salt }
  })
  return { walletId, walletKey: group.multiplyBase(scalar()), pinSalt, epochs: masked }
}
const guessesFor = ({ pinSalt }: DeviceLoot): readonly Guess[] => pins.map((pin) => ({ pin, stretched: stretchFreely(pin, pinSalt) }))

it('confirms nothing where every share is new', () => {
  const device = lootOf([
    { share: scalar(), pin: right },
    { share: scalar(), pin: right },
  ])
  expect(searchPins(group, { device, vaultEpochs: [], attempts: [] }, guessesFor(device))).toEqual([])
})

it('finds both PINs where a share stayed while the PIN changed', () => {
  const share = scalar()
  const device = lootOf([
    { share, pin: right },
    { share, pin: next },
  ])
  const confirmed = searchPins(group, { device, vaultEpochs: [], attempts: [] }, guessesFor(device)).map(({ pin }) => pin)
  expect(confirmed.toSorted()).toEqual([right, next].toSorted())
})

it('finds the PIN where the vault’s half of the same epoch lies beside', () => {
  const [own, other] = [scalar(), scalar()]
  const device = { ...lootOf([{ share: own, pin: right }]), walletKey: group.multiplyBase(group.addScalars(own, other)) }
  const vaultEpochs = [{ eid: device.epochs[0]?.eid ?? '', share: other, key: bytes(32) }]
  expect(searchPins(group, { device, vaultEpochs, attempts: [] }, guessesFor(device))).toEqual([
    { pin: right, relation: 'share-fits-the-vaults-half' },
  ])
})
