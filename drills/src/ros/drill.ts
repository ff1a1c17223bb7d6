import { encodeSignable, type Slot } from '@symbolon/custody/device'
import { verifyJointSignature } from '@symbolon/custody/issuer'
import { base64urlToBytes, bytesToHex } from '@symbolon/formats/bytes'
import { draftPayment, startTestVault, TestDevice, type TestVault } from '@symbolon/testing/vault'
import { loadGroup } from '../attacker/ed25519.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { chooseCandidates, combine, forge, learnScheme, planForgery, shareOf, type Answer, type Attacker, type Session } from './attack.ts'

// ⌈log2 L⌉ = 253 sessions are enough (Benhamouda, Lepoint, Loss, Orrù, Raykova 2020, section 4).
const sessions = 256

/** The ROS attack: many sessions opened at once, and a signature on a message that nobody was ever asked to sign. */
export const drill: Drill = {
  name: 'ros',
  attackerHolds: 'a wallet of his own, and as many sessions with the vault as the vault opens at once',
  claim: 'no signature but those that the vault gave: sessions at once do not add up to another one',
  run: async (context) => {
    const vault = await startTestVault({ limits: { opensPerMinute: 1_000_000, slotSeconds: 600 } })
    const device = await TestDevice.enrol(vault.port, vault.vaultPublicKey, vault.nowSeconds())
    const group = await loadGroup()
    const usesBindingFactors = await learnScheme(group, vault, device)
    return attack(vault, { group, device, usesBindingFactors }, context)
  },
}

async function attack(vault: TestVault, attacker: Attacker, context: DrillContext): Promise<DrillOutcome> {
  const { device, group } = attacker
  const slots = await openMany(vault, device)
  const [first] = slots
  if (first === undefined) throw new Error('a slot is given')
  const open: readonly Session[] = slots.map((slot) => chooseCandidates(attacker, slot, vault.nowSeconds()))
  // What no vault would sign: for ever, for any amount, for no slot.
  const wish = encodeSignable(
    draftPayment(0, { slotHash: new Uint8Array(32), amountMinorUnits: 999_999_999_999n, expiresAt: 4_000_000_000 })(first),
  )
  const plan = planForgery(group, open, device.walletKey, wish)
  const answers: (Answer | undefined)[] = []
  const ownShare = shareOf(device)
  for (const [index, session] of open.entries()) {
    context.progress(index, open.length)
    answers.push(await askFor(vault, attacker, { session, choice: plan.choices[index] ?? 0, since: ownShare }))
  }
  const given = answers.filter((answer) => answer !== undefined).length
  const signature = forge(plan, combine(plan, answers), ownShare)
  const isForged = verifyJointSignature({ walletKey: device.walletKey, message: wish, signature })
  return {
    result: isForged ? 'broken' : 'withstood',
    obtained: isForged
      ? 'a signature under the joint key on a message that the vault never saw'
      : `${given} of ${open.length} sessions, and no signature that the vault did not give`,
    figures: { sessions: open.length, answered: given, bindingFactors: attacker.usesBindingFactors ? 1 : 0, forged: isForged ? 1 : 0 },
  }
}

async function openMany(vault: TestVault, device: TestDevice): Promise<readonly Slot[]> {
  const slots: Slot[] = []
  for (let count = 0; count < sessions; count += 1) {
    const opened = await device.open(vault.port)
    if (opened.kind !== 'slot-accepted' || device.slot === undefined) throw new Error('the attacker’s own wallet is given slots')
    slots.push(device.slot)
  }
  return slots
}

type Question = { readonly session: Session; readonly choice: 0 | 1; readonly since: bigint }

/** One session to its end, with the candidate that the plan chose. Both halves have moved by what the device knows since the beginning. */
async function askFor(vault: TestVault, attacker: Attacker, { session, choice, since }: Question): Promise<Answer | undefined> {
  const { device } = attacker
  const candidate = session.candidates[choice]
  device.slot = session.slot
  device.state = { ...device.state, memory: { ...device.state.memory, slot: { id: bytesToHex(session.slot.slotId), tries: 5 } } }
  const share = shareOf(device)
  const own = candidate.signWith(share)
  const sealed = await device.seal(() => candidate.signable, { tamper: (input) => ({ ...input, share: own }) })
  const checked = await vault.port.check(device.walletId, sealed.message)
  if (!checked.ok || checked.value.outcome !== 'ready') return undefined
  const signed = await vault.port.sign(device.walletId, checked.value.handle)
  if (!signed.ok || signed.value.outcome !== 'signed') return undefined
  await device.receiveDone(sealed, base64urlToBytes(signed.value.done))
  // Settles the new epoch, so that the vault may sign again.
  await device.open(vault.port)
  return { signature: base64urlToBytes(signed.value.signed.signature), own, candidate, moved: share - since }
}
