import { randomBytes } from 'node:crypto'
import { unmaskShare } from '@symbolon/custody/device'
import { createOperatorPrimitives, openPay, parsePayHeader, type OperatorPrimitives, type PayHeader } from '@symbolon/custody/operator'
import { bytesToHex, isEqualBytes } from '@symbolon/formats/bytes'
import { listCustodyMessages, type CustodyMessage } from '../attacker/custody-messages.ts'
import { readDeviceFile, type DeviceLoot } from '../attacker/device-files.ts'
import { valueOf } from '../attacker/device.ts'
import { loadGroup, type Group } from '../attacker/ed25519.ts'
import { readFrameFields } from '../attacker/frame-fields.ts'
import { searchPins, type Guess, type OpenedAttempt, type VaultEpoch } from '../attacker/pin-search.ts'
import { readVaultEpochs, recordAttempts } from '../attacker/vault-loot.ts'
import { startPayingDevice, stretchFreely, type PayingDevice } from '../attacker/paying-device.ts'
import { startScene } from '../attacker/scene.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'

const pin = '270604'
const wrongPin = '270605'
const sizes = { small: { epochs: 20, guesses: 16 }, full: { epochs: 50, guesses: 100 } } as const

/** A half that was stolen at one time beside a half that was stolen at another: the key pair of neither. */
export const drill: Drill = {
  name: 'halves-from-different-times',
  attackerHolds:
    'the vault’s half, key and key-encryption keys of one epoch, the device’s files of another, every message ever sent, and the PIN',
  claim: 'two thefts whose epochs do not meet neither sign nor test a PIN',
  run: async (context) => {
    const group = await loadGroup()
    const thefts = await live(sizes[context.size].epochs)
    return judge(group, thefts, context)
  },
}

/** What was stolen at one moment from both sides. */
type Theft = { readonly device: DeviceLoot; readonly vault: readonly VaultEpoch[] }
type Life = { readonly thefts: readonly Theft[]; readonly attempts: readonly OpenedAttempt[]; readonly wire: readonly CustodyMessage[] }

/** A wallet that pays, mistypes its PIN at times, and is read on both sides once in every epoch, at times in the middle of a change. */
async function live(epochs: number): Promise<Life> {
  const scene = await startScene({ limits: { opensPerMinute: 100_000 } })
  const attempts = recordAttempts(scene.vault())
  const device = await startPayingDevice(scene, pin)
  const thefts: Theft[] = []
  const steal = (): Theft => {
    const loot = readDeviceFile(device.medium.snapshot().state)
    return { device: loot, vault: readVaultEpochs(scene.vault(), bytesToHex(loot.walletId)) }
  }
  let takesBetween = false
  scene.wire.intercept = (request, pass) => {
    // Signed, and not yet settled: both sides have two epochs at this moment, and both of them count.
    if (takesBetween && request.url.endsWith('/open') && steal().device.epochs.length === 2) {
      thefts.push(steal())
      takesBetween = false
    }
    return pass(request)
  }
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    takesBetween = epoch % 3 === 1
    if (!takesBetween) thefts.push(steal())
    if (epoch % 7 === 3 && (await device.pay(wrongPin)) !== 'wrong-pin') throw new Error('a wrong PIN is told')
    await moveOn(device, epoch)
  }
  if (thefts.length !== epochs) throw new Error('each epoch is stolen once')
  return { thefts, attempts, wire: listCustodyMessages(scene.wire) }
}

/** The next epoch: mostly by a payment, at times by a refresh without one. */
async function moveOn(device: PayingDevice, epoch: number): Promise<void> {
  if (epoch % 5 === 2) {
    if (valueOf(await device.sdk().refresh(pin)).kind !== 'refreshed') throw new Error('a refresh gives both halves new values')
  } else if ((await device.pay(pin)) !== 'paid') throw new Error('the right PIN pays')
}

async function judge(group: Group, { thefts, attempts, wire }: Life, context: DrillContext): Promise<DrillOutcome> {
  const guesses = listGuesses(thefts, sizes[context.size].guesses)
  const found = { pairs: 0, signing: 0, pinTests: 0, opened: 0 }
  for (const [j, { vault }] of thefts.entries()) {
    context.progress(j, thefts.length)
    for (const [k, { device }] of thefts.entries()) {
      const meets = device.epochs.some(({ eid }) => vault.some((epoch) => epoch.eid === eid))
      const signs = vault.some((half) => device.epochs.some((epoch) => fits(group, device, epoch, half)))
      // The attempts are the vault's too: what it opened while it was hostile belongs to the same theft.
      const seen = attempts.filter(({ eid }) => vault.some((epoch) => epoch.eid === eid))
      const confirmed = searchPins(group, { device, vaultEpochs: vault, attempts: seen }, guesses[k] ?? [])
      if (j === k && (!signs || !meets || !confirmed.some((one) => one.pin === pin)))
        throw new Error('halves of one time sign, or nothing was tried')
      if (meets) continue
      found.pairs += 1
      if (signs) found.signing += 1
      if (confirmed.length > 0) found.pinTests += 1
    }
  }
  found.opened = await countOpened(wire, thefts)
  const isBroken = found.signing + found.pinTests + found.opened > 0
  return {
    result: isBroken ? 'broken' : 'withstood',
    obtained: isBroken
      ? `a whole key or a PIN from ${found.signing + found.pinTests} of ${found.pairs} pairs of thefts at different times`
      : `nothing: ${found.pairs} pairs of thefts, none signs, none tests a PIN`,
    figures: { epochs: thefts.length, ...found, messages: wire.length, guesses: sizes[context.size].guesses },
  }
}

/** Whether two halves are a key: (a_d + a_s)·G = Y. The right PIN is given to the attacker. */
function fits(group: Group, device: DeviceLoot, epoch: DeviceLoot['epochs'][number], half: VaultEpoch): boolean {
  const share = unmaskShare({ group }, epoch.maskedShare, {
    walletId: device.walletId,
    salt: epoch.salt,
    stretchedPin: stretchFreely(pin, device.pinSalt),
  })
  return isEqualBytes(group.multiplyBase(group.addScalars(share, half.share)), device.walletKey)
}

function listGuesses(thefts: readonly Theft[], count: number): readonly (readonly Guess[])[] {
  const pins = [pin, wrongPin, ...Array.from({ length: count - 2 }, (_, index) => String(300_000 + 331 * index))]
  return thefts.map(({ device }) => pins.map((each) => ({ pin: each, stretched: stretchFreely(each, device.pinSalt) })))
}

/**
 * How many recorded payments open, or show a secret in the clear. The listener has K of their epoch; what he lacks is the key of the
 * slot, which was never stored: he tries everything that he stole in its place.
 */
async function countOpened(wire: readonly CustodyMessage[], thefts: readonly Theft[]): Promise<number> {
  const primitives = await createOperatorPrimitives((size) => new Uint8Array(randomBytes(size)))
  const secrets = thefts.flatMap(({ device, vault }) => [
    ...device.epochs.flatMap(({ key, maskedShare, salt }) => [key, maskedShare, salt]),
    ...vault.flatMap(({ share, key }) => [share, key]),
  ])
  const isClear = (bytes: Uint8Array): boolean => secrets.some((secret) => Buffer.from(bytes).includes(Buffer.from(secret)))
  let opened = wire.filter(({ sent, answered }) => isClear(sent) || (answered !== undefined && isClear(answered))).length
  let tried = 0
  for (const { path, sent } of wire) {
    const header = path.endsWith('/pay') ? parsePayHeader(sent) : undefined
    if (header?.ok !== true) continue
    const epoch = thefts.find(({ vault }) => vault.some(({ eid }) => eid === bytesToHex(header.value.epochId)))?.vault
    const key = epoch?.find(({ eid }) => eid === bytesToHex(header.value.epochId))
    const slot = wire.find(
      ({ path: other, answered }) => other.endsWith('/open') && answered !== undefined && names(answered, header.value),
    )
    const sealingKey = readFrameFields(slot?.answered ?? new Uint8Array(2))[sealingKeyField]
    if (key === undefined || sealingKey === undefined) continue
    tried += 1
    if (await opens(primitives, { sealed: sent, header: header.value, key, sealingKey })) opened += 1
  }
  if (tried < thefts.length - 1) throw new Error('the payments of every epoch are in the recording')
  return opened
}

const sealingKeyField = 6

function names(slot: Uint8Array, { slotId }: PayHeader): boolean {
  return Buffer.from(slot).includes(Buffer.from(slotId))
}

type Recorded = {
  readonly sealed: Uint8Array
  readonly header: PayHeader
  readonly key: VaultEpoch
  readonly sealingKey: Uint8Array
}

async function opens(primitives: OperatorPrimitives, { sealed, header, key, sealingKey }: Recorded): Promise<boolean> {
  const publicKey = await primitives.suite.DeserializePublicKey(sealingKey)
  for (const guess of [key.share, key.key]) {
    const privateKey = await primitives.suite.DeserializePrivateKey(guess)
    const nonces = { hiding: guess, binding: guess, hidingCommitment: guess, bindingCommitment: guess }
    const slot = { ...header, slotHash: new Uint8Array(32), nonces, sealingKeyPair: { privateKey, publicKey }, now: 0, expiresAt: 0 }
    const opened = await openPay(primitives, { sealed, slot, epochKey: key.key })
    // Anything but a seal that does not open means that the plaintext was read.
    if (opened.ok || opened.problem.code !== 'CUSTODY_SEAL_INVALID') return true
  }
  return false
}
