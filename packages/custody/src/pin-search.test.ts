import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex, isEqualBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { describe, expect, it } from 'vitest'
import { aead } from './payment-suite.ts'
import { fill, seededBytes } from './fixtures/wallet.ts'
import { createNonces, signWithNonces } from './frost.ts'
import { loadLibsodiumGroup } from './group/libsodium.ts'
import { derivePinScalar, maskShare } from './pin.ts'

const group = await loadLibsodiumGroup()
const walletId = fill(1)
// Slow hashing is left out: it makes a search longer and decides nothing about whether one is possible.
const stretch = (pin: string): Uint8Array => sha256(utf8ToBytes(`t/${pin}`))
const pins = Array.from({ length: 200 }, (_, index) => String(100_000 + index * 37))
const [rightPin = '', wrongPin = '', nextPin = ''] = [pins[71], pins[140], pins[15]]
const h = (pin: string, salt: Uint8Array): Uint8Array => derivePinScalar({ group }, { walletId, salt, stretchedPin: stretch(pin) })

/** Everything that a thief may have, from the device's files and, in the mutants, from a design that stores or sends more. */
type Loot = {
  readonly epochs: readonly { readonly maskedShare: Uint8Array; readonly key: Uint8Array; readonly salt: Uint8Array }[]
  /** What the vault computes from a wrong attempt: (h(wrong) − h(right))·G. */
  readonly wrongAttempts: readonly Uint8Array[]
  /** A stored pay ciphertext whose key was stolen: R without the device's part, the challenge, z and the joint key's device half. */
  readonly deviceShares: readonly {
    readonly nonceCommitment: Uint8Array
    readonly challenge: Uint8Array
    readonly signatureShare: Uint8Array
  }[]
  readonly sealedUnderPin: readonly Uint8Array[]
}

/** The one search tool: every relation between what was stolen and a guessed PIN. Answers with the PINs that some relation confirms. */
async function searchPins(loot: Loot): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const pin of pins) {
    const shares = loot.epochs.map(({ maskedShare, salt }) => group.addScalars(maskedShare, h(pin, salt)))
    const tests = [
      confirmedByKeys(loot, shares),
      confirmedByDeviceShare(loot, shares),
      confirmedByRepeatedShare(shares),
      confirmedByWrongAttempt(loot, pin),
    ]
    if (tests.includes(true) || (await opens(loot, pin))) found.add(pin)
  }
  for (const pin of pinChanges(loot)) found.add(pin)
  return [...found]
}

// K' = KDF(δ): the step between two guessed shares is δ.
function confirmedByKeys(loot: Loot, shares: readonly Uint8Array[]): boolean {
  return loot.epochs.some(({ key }, index) => {
    const [before, after] = [shares[index - 1], shares[index]]
    return before !== undefined && after !== undefined && isEqualBytes(key, sha256(group.subtractScalars(after, before)))
  })
}

// zG = R_d + c·a_d·G says whether a guessed a_d is right.
function confirmedByDeviceShare(loot: Loot, shares: readonly Uint8Array[]): boolean {
  return loot.deviceShares.some(({ nonceCommitment, challenge, signatureShare }) =>
    shares.some((share) => {
      const expected = group.addPoints(nonceCommitment, group.multiplyBase(group.multiplyScalars(challenge, share)))
      return isEqualBytes(group.multiplyBase(signatureShare), expected)
    }),
  )
}

// No refresh: the same share under two masks.
function confirmedByRepeatedShare(shares: readonly Uint8Array[]): boolean {
  return new Set(shares.map(bytesToHex)).size < shares.length
}

// (h(wrong) − h(right))·G under a salt that the thief knows: for each right PIN that he guesses, he looks for the wrong one.
function confirmedByWrongAttempt(loot: Loot, pin: string): boolean {
  const salt = loot.epochs.at(-1)?.salt
  if (salt === undefined || loot.wrongAttempts.length === 0) return false
  const right = group.multiplyBase(h(pin, salt))
  const wrong = pointsBySalt(salt)
  return loot.wrongAttempts.some((point) => wrong.has(bytesToHex(group.addPoints(point, right))))
}

const points = new Map<string, ReadonlySet<string>>()
function pointsBySalt(salt: Uint8Array): ReadonlySet<string> {
  const known = points.get(bytesToHex(salt)) ?? new Set(pins.map((pin) => bytesToHex(group.multiplyBase(h(pin, salt)))))
  points.set(bytesToHex(salt), known)
  return known
}

// c' − c without δ is h(old) − h(new): both PINs fall together.
function pinChanges(loot: Loot): readonly string[] {
  const confirmed: string[] = []
  for (const [index, after] of loot.epochs.entries()) {
    const before = loot.epochs[index - 1]
    if (before === undefined) continue
    const unmasked = new Map(pins.map((pin) => [bytesToHex(group.addScalars(before.maskedShare, h(pin, before.salt))), pin]))
    for (const pin of pins) {
      const old = unmasked.get(bytesToHex(group.addScalars(after.maskedShare, h(pin, after.salt))))
      if (old !== undefined) confirmed.push(old, pin)
    }
  }
  return confirmed
}

async function opens(loot: Loot, pin: string): Promise<boolean> {
  const opened = loot.sealedUnderPin.map((sealed) => aead.Open(stretch(pin), fill(0, 12), new Uint8Array(), sealed).catch(() => undefined))
  return (await Promise.all(opened)).some((plaintext) => plaintext !== undefined)
}

type Design = { readonly keyFromDelta?: boolean; readonly lastingSalt?: boolean; readonly pinChangeWithoutDelta?: boolean }

/** The device's files over many epochs, under the protocol or under a mutant of it. */
function live(count: number, design: Design = {}): { readonly epochs: Loot['epochs']; readonly shares: readonly Uint8Array[] } {
  const randomBytes = seededBytes(`epochs/${JSON.stringify(design)}`)
  const lasting = randomBytes(32)
  let share = group.reduceScalar(randomBytes(64))
  let pin = rightPin
  const shares: Uint8Array[] = []
  const epochs: Loot['epochs'][number][] = []
  for (let epoch = 0; epoch < count; epoch += 1) {
    let key = randomBytes(32)
    if (epoch > 0) {
      const changesPin = design.pinChangeWithoutDelta === true && epoch === 3
      const delta = changesPin ? new Uint8Array(32) : group.reduceScalar(randomBytes(64))
      if (changesPin) pin = nextPin
      if (design.keyFromDelta === true) key = sha256(delta)
      share = group.addScalars(share, delta)
    }
    const salt = design.lastingSalt === true ? lasting : randomBytes(32)
    shares.push(share)
    epochs.push({ maskedShare: maskShare({ group }, share, { walletId, salt, stretchedPin: stretch(pin) }), key, salt })
  }
  return { epochs, shares }
}

const nothing = { wrongAttempts: [], deviceShares: [], sealedUnderPin: [] }
/** What the vault sees of a wrong attempt under the salt that was then current. */
const wrongAttempt = (salt: Uint8Array): Uint8Array => group.multiplyBase(group.subtractScalars(h(wrongPin, salt), h(rightPin, salt)))

describe('custody invariant 10: the files of fifty epochs test no PIN', () => {
  const { epochs } = live(50)
  it('neither alone nor with a wrong attempt of an earlier epoch', async () => {
    expect(await searchPins({ epochs, ...nothing })).toEqual([])
    const earlier = epochs[10]
    if (earlier === undefined) throw new Error('fifty epochs')
    // The salt of epoch 10 is gone from the device when a later state is stolen.
    const later = { epochs: epochs.slice(-2), ...nothing, wrongAttempts: [wrongAttempt(earlier.salt)] }
    expect(await searchPins(later)).toEqual([])
  })
  it('every PIN explains them equally: for each there is a share', () => {
    const explained = pins.map((pin) => epochs.map(({ maskedShare, salt }) => bytesToHex(group.addScalars(maskedShare, h(pin, salt)))))
    expect(new Set(explained.flat()).size).toBe(pins.length * epochs.length)
  })
})

describe('custody invariant 10: the same tool breaks each mutant', () => {
  it('fixed salt and a wrong attempt: the right PIN, and with it the wrong one', async () => {
    const { epochs } = live(2, { lastingSalt: true })
    const salt = epochs[0]?.salt ?? new Uint8Array()
    expect(await searchPins({ epochs, ...nothing, wrongAttempts: [wrongAttempt(salt)] })).toEqual([rightPin])
  })
  it('pinset without δ: the old and the new PIN', async () => {
    const { epochs } = live(5, { pinChangeWithoutDelta: true })
    expect((await searchPins({ epochs, ...nothing })).toSorted()).toEqual([nextPin, rightPin].toSorted())
  })
  it("K' = KDF(δ)", async () => {
    const { epochs } = live(3, { keyFromDelta: true })
    expect(await searchPins({ epochs, ...nothing })).toEqual([rightPin])
  })
  it('a stored ciphertext and its key', async () => {
    const { epochs, shares } = live(2)
    const share = shares[1] ?? new Uint8Array()
    const randomBytes = seededBytes('ciphertext')
    const nonces = createNonces(group, share, randomBytes)
    const message = randomBytes(187)
    const walletKey = group.multiplyBase(share)
    const signed = signWithNonces(
      group,
      { participants: [{ ...nonces, identifier: 2 }], walletKey, message },
      { identifier: 2, share, nonces },
    )
    const challenge = group.reduceScalar(sha512(Buffer.concat([signed.groupCommitment, walletKey, message])))
    const stolen = { nonceCommitment: signed.groupCommitment, challenge, signatureShare: signed.signatureShare }
    expect(await searchPins({ epochs, ...nothing, deviceShares: [stolen] })).toEqual([rightPin])
  })
  it('an AEAD under the PIN', async () => {
    const { epochs } = live(1)
    const sealed = await aead.Seal(stretch(rightPin), fill(0, 12), new Uint8Array(), fill(7))
    expect(await searchPins({ epochs, ...nothing, sealedUnderPin: [sealed] })).toEqual([rightPin])
  })
})
