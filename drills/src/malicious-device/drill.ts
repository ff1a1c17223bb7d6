import { parseSignable } from '@symbolon/custody/issuer'
import { base64urlToBytes, bytesToHex, isEqualBytes } from '@symbolon/formats/bytes'
import { draftPayment, startTestVault, TestDevice, type Sealed, type TestVault } from '@symbolon/testing/vault'
import { loadGroup } from '../attacker/ed25519.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { bend, send, type Sample } from './malformed.ts'
import { listTricks, type Means, type Trick } from './tricks.ts'

const sizes = { small: { epochs: 2, frames: 2_000 }, full: { epochs: 16, frames: 20_000 } } as const

/** A device whose owner is the attacker: he knows its PIN, its key and its share, and sends what he likes. */
export const drill: Drill = {
  name: 'malicious-device',
  attackerHolds: 'a wallet of his own with everything on its device, and another person’s wallet id',
  claim: 'no signature on anything but an honest message for its own live slot, no try of another wallet, no bit of the vault’s share',
  run: async (context) => {
    const vault = await startTestVault({ limits: { opensPerMinute: 1_000_000 } })
    const means = await prepare(vault)
    const seen = createSeen()
    await tryTricks(vault, means, { seen, context })
    await sendMalformed(vault, means, { seen, context })
    return judge(vault, means, seen)
  },
}

type Seen = {
  /** Hash of every slot that was given, by its id. */
  readonly hashBySlot: Map<string, string>
  /** The words in answer to each trick, over epochs whose shares differ. */
  readonly wordsByTrick: Map<string, Set<string>>
  honest: number
  frames: number
  crashes: number
}
type Work = { readonly seen: Seen; readonly context: DrillContext }

const createSeen = (): Seen => ({ hashBySlot: new Map(), wordsByTrick: new Map(), honest: 0, frames: 0, crashes: 0 })

async function prepare(vault: TestVault): Promise<Means> {
  const enrol = (): Promise<TestDevice> => TestDevice.enrol(vault.port, vault.vaultPublicKey, vault.nowSeconds())
  const [group, own, victim] = [await loadGroup(), await enrol(), await enrol()]
  await victim.open(vault.port)
  await own.open(vault.port)
  const usedSlot = own.slot
  if (usedSlot === undefined) throw new Error('a slot is given')
  return { group, own, victim, nowSeconds: vault.nowSeconds(), usedSlot }
}

async function tryTricks(vault: TestVault, means: Means, { seen, context }: Work): Promise<void> {
  const { epochs } = sizes[context.size]
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (const [index, trick] of listTricks(means).entries()) {
      context.progress(epoch * 100 + index, epochs * 100 + 100)
      const word = await tryOnce(vault, means.own, { trick, seen })
      const words = seen.wordsByTrick.get(trick.name) ?? new Set()
      seen.wordsByTrick.set(trick.name, words.add(word))
      if (trick.isHonest === true && word === 'signed') seen.honest += 1
      // A right PIN gives the tries back and moves both sides to shares that nobody has met.
      if (word === 'wrong') await tryOnce(vault, means.own, { trick: { name: 'honest', draft: draftPayment(means.nowSeconds) }, seen })
    }
  }
}

type Try = { readonly trick: Trick; readonly seen: Seen }

async function tryOnce(vault: TestVault, own: TestDevice, { trick, seen }: Try): Promise<string> {
  await openNoted(vault, own, seen)
  const sealed = await own.seal(trick.draft, trick.tamper === undefined ? {} : { tamper: trick.tamper }).catch(() => undefined)
  if (sealed === undefined) return 'not sent'
  const checked = await vault.port.check(own.walletId, sealed.message)
  if (!checked.ok) return checked.problem.code
  if (checked.value.outcome === 'repeated') return 'repeated'
  const signed = await vault.port.sign(own.walletId, checked.value.handle)
  if (!signed.ok) return signed.problem.code
  await takeAnswer(own, sealed, base64urlToBytes(signed.value.done))
  return signed.value.outcome
}

async function openNoted(vault: TestVault, own: TestDevice, { hashBySlot }: Seen): Promise<void> {
  const opened = await own.open(vault.port)
  if (opened.kind !== 'slot-accepted' || own.slot === undefined) throw new Error('the attacker’s own wallet is given slots')
  hashBySlot.set(bytesToHex(own.slot.slotId), bytesToHex(own.slot.slotHash))
}

// An answer to something that was not honestly made need not be one that the device can use.
async function takeAnswer(own: TestDevice, sealed: Sealed, done: Uint8Array): Promise<void> {
  await own.receiveDone(sealed, done).catch(() => undefined)
}

async function sendMalformed(vault: TestVault, { own, victim, nowSeconds }: Means, { seen, context }: Work): Promise<void> {
  const { frames } = sizes[context.size]
  await openNoted(vault, own, seen)
  const good: readonly Sample[] = [
    { verb: 'open', message: own.openMessage() },
    { verb: 'check', message: (await own.seal(draftPayment(nowSeconds))).message },
    {
      verb: 'alarm',
      message: own.alarm({ kind: 'alarm', eid: own.state.stored.current.eid, q: '00'.repeat(16), challenge: '01'.repeat(16) }),
    },
    { verb: 'accept', message: context.random(300) },
  ]
  for (let index = 0; index < frames; index += 1) {
    if (index % 200 === 0) context.progress(frames + index, 2 * frames)
    const [sample, other] = [good[index % good.length], good[(index * 7 + 1) % good.length]]
    if (sample === undefined || other === undefined) continue
    const message = bend(sample.message, other.message, context.random)
    if (isEqualBytes(message, sample.message)) continue
    const walletId = index % 2 === 0 ? own.walletId : victim.walletId
    seen.frames += 1
    await send(vault.port, walletId, { verb: sample.verb, message }).catch((error: unknown) => {
      seen.crashes += 1
      context.log(`${sample.verb} ${bytesToHex(message)} ${error instanceof Error ? error.message : ''}`)
    })
  }
}

function judge({ memory }: TestVault, { victim, own }: Means, seen: Seen): DrillOutcome {
  if (seen.honest === 0) throw new Error('an honest message is signed, or nothing was tried')
  const signed = memory.signed.get(own.walletId) ?? []
  const stray = signed.filter(({ slotId, message }) => {
    const parsed = parseSignable(message)
    return !parsed.ok || bytesToHex(parsed.value.slotHash) !== seen.hashBySlot.get(slotId)
  })
  const other = memory.wallets.get(victim.walletId)?.stored
  const ofVictim = memory.signed.get(victim.walletId)?.length ?? 0
  const isVictimTouched = other?.tries !== 5 || other.counter !== 0 || other.frozen || ofVictim > 0
  // An answer that depends on the share would differ between epochs: each trick has one word for all of them.
  const varying = [...seen.wordsByTrick].filter(([, words]) => words.size > 1).length
  const signedTricks = [...seen.wordsByTrick].filter(([name, words]) => words.has('signed') && name !== 'an honest payment')
  const isBroken = stray.length + signedTricks.length + varying + seen.crashes > 0 || isVictimTouched
  return {
    result: isBroken ? 'broken' : 'withstood',
    obtained: isBroken
      ? `${stray.length} signatures on messages for another slot; signed: ${signedTricks.map(([name]) => name).join(', ') || 'nothing else'}`
      : 'signatures on its own honest payments, refusals for everything else',
    figures: {
      tricks: seen.wordsByTrick.size,
      frames: seen.frames,
      crashes: seen.crashes,
      straySignatures: stray.length,
      answersThatVary: varying,
      victimTouched: isVictimTouched ? 1 : 0,
    },
  }
}
