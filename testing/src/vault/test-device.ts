import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import {
  acceptOffer,
  advanceDeviceShare,
  applyDeviceEvent,
  createAlarmMessage,
  createDevicePrimitives,
  createDeviceState,
  createOpenMessage,
  createStopCode,
  deriveEpochSecrets,
  deriveRecordPad,
  encodeDeviceSignatureInput,
  encodeSignable,
  hashStopCode,
  maskShare,
  openDone,
  sealPay,
  signShare,
  unmaskShare,
  verifyOffer,
  verifySlot,
  type DeviceAnswer,
  type DeviceEvent,
  type DeviceState,
  type PaySession,
  type Primitives,
  type SignableMessage,
  type Slot,
} from '@symbolon/custody/device'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import type { VaultPort } from './vault-port.ts'

type Secrets = { readonly key: Uint8Array; readonly masked: Uint8Array; readonly salt: Uint8Array }
type Intent = { readonly attemptId: string }
export type Draft = (slot: Slot) => SignableMessage
export type Sealed = {
  readonly message: Uint8Array
  readonly session: PaySession
  readonly share: Uint8Array
  readonly signable: SignableMessage
}
export type Paid =
  | { readonly kind: 'signed'; readonly payload: Uint8Array; readonly pad: Uint8Array }
  | { readonly kind: 'wrong'; readonly triesLeft: number }

export const pin = '270604'

/** A wallet on the device's door of custody, without pages and with a fast PIN hash: what it proves is the vault. */
export class TestDevice {
  readonly walletId: string
  readonly walletKey: Uint8Array
  readonly publicKey: Uint8Array
  readonly stopCode: string
  state: DeviceState<Secrets, Intent>
  slot: Slot | undefined
  readonly primitives: Primitives
  readonly #vaultPublicKey: Uint8Array
  readonly #key: KeyObject

  private constructor(made: {
    readonly walletId: string
    readonly walletKey: Uint8Array
    readonly publicKey: Uint8Array
    readonly stopCode: string
    readonly state: DeviceState<Secrets, Intent>
    readonly primitives: Primitives
    readonly vaultPublicKey: Uint8Array
    readonly key: KeyObject
  }) {
    this.walletId = made.walletId
    this.walletKey = made.walletKey
    this.publicKey = made.publicKey
    this.stopCode = made.stopCode
    this.state = made.state
    this.primitives = made.primitives
    this.#vaultPublicKey = made.vaultPublicKey
    this.#key = made.key
  }

  /** Enrols over the port with the right PIN. */
  static async enrol(port: VaultPort, vaultPublicKey: Uint8Array, nowSeconds: number, computes?: Primitives): Promise<TestDevice> {
    // A crowd in a benchmark computes with something faster than the noble of a real device.
    const primitives = computes ?? (await createDevicePrimitives((size) => new Uint8Array(randomBytes(size))))
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
    const offered = await port.offer()
    assert(offered.ok, 'the vault offers')
    const { walletId } = offered.value
    const offer = verifyOffer(primitives, offered.value.offer, { vaultPublicKey, walletId: hexToBytes(walletId), now: nowSeconds })
    assert(offer.ok, 'the offer verifies')
    const stopCode = createStopCode(primitives)
    const accepted = await acceptOffer(primitives, offer.value, {
      deviceKey: { kind: 0, publicKey: spki },
      stopCodeHash: hashStopCode(stopCode),
    })
    assert(accepted.ok, 'the offer can be accepted')
    const { share, key, epochId, walletKey, sealed } = accepted.value
    assert((await port.accept(walletId, sealed)).ok, 'the vault takes the wallet')
    // The vault answers the same bytes again, as after a lost answer.
    assert((await port.accept(walletId, sealed)).ok, 'the vault takes the same acceptance again')
    const salt = new Uint8Array(randomBytes(32))
    const secrets = { key, salt, masked: maskShare(primitives, share, factor(hexToBytes(walletId), salt, pin)) }
    const state = createDeviceState<Secrets, Intent>({ eid: bytesToHex(epochId), secrets })
    return new TestDevice({ walletId, walletKey, publicKey: spki, stopCode, state, primitives, vaultPublicKey, key: privateKey })
  }

  apply(event: DeviceEvent<Secrets, Intent>): DeviceAnswer<Intent> {
    const step = applyDeviceEvent(this.state, event)
    this.state = step.state
    return step.answer
  }

  /** A copy of everything that the device stores, as a thief or a backup has it. */
  copy(): TestDevice {
    const state = { stored: this.state.stored, memory: { opening: null, slot: null, triesCurrent: false } }
    const { walletId, walletKey, publicKey, stopCode, primitives } = this
    return new TestDevice({
      walletId,
      walletKey,
      publicKey,
      stopCode,
      primitives,
      state,
      vaultPublicKey: this.#vaultPublicKey,
      key: this.#key,
    })
  }

  openMessage(): Uint8Array {
    const answer = this.apply({ kind: 'open-started', q: randomBytes(16).toString('hex') })
    assert(answer.kind === 'send-open', 'an open can always be sent')
    const fields = { walletId: hexToBytes(this.walletId), epochId: hexToBytes(answer.eid), query: hexToBytes(answer.q) }
    return createOpenMessage(fields, this.#epochKey(answer.eid))
  }

  receiveSlot(signedSlot: Uint8Array): DeviceAnswer<Intent> {
    const { opening } = this.state.memory
    assert(opening !== null, 'a slot answers an open')
    const verified = verifySlot(this.primitives, signedSlot, {
      vaultPublicKey: this.#vaultPublicKey,
      walletId: hexToBytes(this.walletId),
      epochId: hexToBytes(opening.eid),
      query: hexToBytes(opening.q),
    })
    if (!verified.ok) return { kind: 'ignored' }
    const slot = verified.value
    this.slot = slot
    return this.apply({
      kind: 'slot-received',
      verified: true,
      q: opening.q,
      eid: opening.eid,
      slotId: bytesToHex(slot.slotId),
      counter: slot.counter,
      last: { slotId: bytesToHex(slot.lastSlotId), state: slot.lastState },
      tries: slot.triesLeft,
    })
  }

  /** Opens until a slot is accepted, as row 1 says, or answers the problem. */
  async open(port: VaultPort): Promise<DeviceAnswer<Intent> | { readonly kind: 'problem'; readonly code: string }> {
    for (let round = 0; round < 3; round += 1) {
      const opened = await port.open(this.walletId, this.openMessage())
      if (opened.ok) return this.receiveSlot(opened.value)
      const q = this.state.memory.opening?.q ?? ''
      if (opened.problem.code === 'CUSTODY_STALE') return this.apply({ kind: 'stale-hint', q, challenge: opened.problem.retired ?? '' })
      if (opened.problem.code !== 'CUSTODY_WALLET_UNKNOWN') return { kind: 'problem', code: opened.problem.code }
      const answer = this.apply({ kind: 'open-hint', q, word: 'unknown' })
      if (answer.kind !== 'open-again') return { kind: 'problem', code: opened.problem.code }
    }
    return { kind: 'problem', code: 'CUSTODY_WALLET_UNKNOWN' }
  }

  /** Seals a message for the slot in hand; `tamper` changes what is sealed after everything was signed. */
  async seal(draft: Draft, options: { readonly pin?: string; readonly salt?: Uint8Array; readonly tamper?: Tamper } = {}): Promise<Sealed> {
    const { slot, state, primitives } = this
    assert(slot !== undefined, 'a slot is in hand')
    const { masked, salt, key } = state.stored.current.secrets
    const signable = draft(slot)
    const message = encodeSignable(signable)
    const share = unmaskShare(primitives, masked, factor(hexToBytes(this.walletId), options.salt ?? salt, options.pin ?? pin))
    const input = {
      slot,
      epochKey: key,
      message,
      share: signShare(primitives, { share, walletKey: this.walletKey, slot, message }),
      deviceKeyKind: 0 as const,
      deviceSignature: this.signAsDevice(message),
    }
    const sealed = await sealPay(primitives, options.tamper?.(input) ?? input)
    assert(sealed.ok, 'a message can be sealed')
    this.apply({ kind: 'pay-started', intent: { attemptId: bytesToHex(signable.paymentAttemptId) } })
    return { message: sealed.value.sealed, session: sealed.value.session, share, signable }
  }

  signAsDevice(message: Uint8Array): Uint8Array {
    return new Uint8Array(sign('sha256', encodeDeviceSignatureInput(message), { key: this.#key, dsaEncoding: 'ieee-p1363' }))
  }

  /** Row 12: opens the answer and makes the next epoch pending. */
  async receiveDone(sealed: Sealed, sealedDone: Uint8Array): Promise<Paid> {
    const { primitives, walletKey } = this
    const done = await openDone(primitives, sealed.session, { sealedDone, walletKey })
    assert(done.ok, 'done opens and its signature verifies')
    const slotId = bytesToHex(sealed.session.slotId)
    if (done.value.kind === 'wrong') {
      this.apply({ kind: 'done-received', slotId, status: 'wrong' })
      return done.value
    }
    const { signature, payload } = done.value
    const next = await deriveEpochSecrets(primitives, sealed.session, signature)
    const salt = new Uint8Array(randomBytes(32))
    const masked = maskShare(
      primitives,
      advanceDeviceShare(primitives, sealed.share, next.delta),
      factor(hexToBytes(this.walletId), salt, pin),
    )
    const pending = { eid: bytesToHex(next.epochId), secrets: { key: next.key, masked, salt } }
    this.apply({ kind: 'done-received', slotId, status: 'signed', verified: true, pending })
    return { kind: 'signed', payload, pad: await deriveRecordPad(sealed.session, signature) }
  }

  alarm(answer: DeviceAnswer<Intent> & { readonly kind: 'alarm' }): Uint8Array {
    const fields = {
      walletId: hexToBytes(this.walletId),
      epochId: hexToBytes(answer.eid),
      query: hexToBytes(answer.q),
      retired: hexToBytes(answer.challenge),
    }
    return createAlarmMessage(fields, this.#epochKey(answer.eid))
  }

  #epochKey(eid: string): Uint8Array {
    const { current, pending } = this.state.stored
    const epoch = pending?.eid === eid ? pending : current
    return epoch.secrets.key
  }
}

export type Tamper = (input: Parameters<typeof sealPay>[1]) => Parameters<typeof sealPay>[1]

/** A payment of 12,000 won for the slot in hand. */
export function draftPayment(nowSeconds: number, change: Partial<SignableMessage & { kind: 'pay' }> = {}): Draft {
  const attemptId = new Uint8Array(randomBytes(16))
  return (slot) => ({
    kind: 'pay',
    walletId: slot.walletId,
    tokenReferenceId: new Uint8Array(16).fill(1),
    slotHash: slot.slotHash,
    paymentAttemptId: attemptId,
    merchantId: new Uint8Array(16).fill(2),
    requestHash: new Uint8Array(32).fill(3),
    amountMinorUnits: 12_000n,
    currencyNumeric: 410,
    instalmentMonths: 3,
    expiresAt: nowSeconds + 60,
    channel: 1,
    ...change,
  })
}

function factor(walletId: Uint8Array, salt: Uint8Array, digits: string) {
  return { walletId, salt, stretchedPin: new Uint8Array(createHash('sha256').update(digits).update(salt).digest()) }
}
