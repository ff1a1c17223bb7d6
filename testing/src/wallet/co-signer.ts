import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { ProblemCode } from '@symbolon/contracts/problems'
import {
  advanceVaultShare,
  applyVaultEvent,
  completeOffer,
  cosign,
  createOffer,
  createSlot,
  createVaultState,
  deriveEpochSecrets,
  deriveMacKey,
  deriveRecordPad,
  emptyVaultMemory,
  encodeDeviceSignatureInput,
  findVaultEpoch,
  hashPay,
  lastStateCodes,
  noSlotId,
  openPay,
  parseAlarmMessage,
  parseOpenMessage,
  parsePayHeader,
  sealDone,
  verifyAlarmMessage,
  verifyOpenMessage,
  type DeviceKey,
  type EnrolledWallet,
  type OpenedPay,
  type OperatorPrimitives,
  type PendingOffer,
  type SignableMessage,
  type SlotSecrets,
  type VaultEvent,
  type VaultState,
} from '@symbolon/custody/operator'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'

type Secrets = { readonly share: Uint8Array; readonly key: Uint8Array }
type Wallet = {
  readonly enrolled: EnrolledWallet
  state: VaultState<Secrets>
  slot: SlotSecrets | undefined
  readonly pads: Map<string, Uint8Array>
}

export type SignedHere = { readonly signable: SignableMessage; readonly message: Uint8Array; readonly signature: Uint8Array }
export type PayAnswer =
  | { readonly kind: 'done'; readonly done: Uint8Array; readonly signed?: SignedHere }
  | { readonly kind: 'problem'; readonly code: ProblemCode; readonly retired?: string }

/** The vault's half of the protocol over the operator's door, in memory: the real mathematics and the real state table. */
export class CoSigner {
  readonly vaultPublicKey: Uint8Array
  nowMs = 1_900_000_000_000
  /** The vault's own judgement of sig_hw, for tests that are about it. */
  verifyDevice: (deviceKey: DeviceKey, input: Uint8Array, signature: Uint8Array) => boolean = () => true
  readonly wallets = new Map<string, Wallet>()
  readonly #key: KeyObject
  readonly #offers = new Map<string, PendingOffer>()
  readonly #primitives: OperatorPrimitives

  constructor(primitives: OperatorPrimitives) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    this.#key = privateKey
    this.#primitives = primitives
    this.vaultPublicKey = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }).subarray(-32))
  }

  async offer(walletId: string): Promise<Uint8Array> {
    const expiresAt = this.#nowSeconds() + 60
    const offer = await createOffer(this.#primitives, this.#sign, { walletId: hexToBytes(walletId), expiresAt })
    this.#offers.set(walletId, offer.pending)
    return offer.signedOffer
  }

  async accept(walletId: string, sealed: Uint8Array): Promise<boolean> {
    const pending = this.#offers.get(walletId)
    const enrolled = pending === undefined ? undefined : await completeOffer(this.#primitives, pending, sealed)
    if (enrolled?.ok !== true) return false
    const { share, key, epochId } = enrolled.value
    const state = createVaultState<Secrets>({ eid: bytesToHex(epochId), secrets: { share, key } })
    this.wallets.set(walletId, { enrolled: enrolled.value, state, slot: undefined, pads: new Map() })
    return true
  }

  async open(walletId: string, message: Uint8Array): Promise<PayAnswer> {
    const wallet = this.#get(walletId)
    const fields = parseOpenMessage(message)
    if (!fields.ok) return refusal('CUSTODY_REJECTED')
    const found = findVaultEpoch(wallet.state.stored, bytesToHex(fields.value.epochId))
    const macKey = found.match === 'unknown' ? undefined : found.match === 'retired' ? found.macKey : deriveMacKey(found.secrets.key)
    const answer = this.#apply(wallet, {
      kind: 'open',
      match: macKey !== undefined && verifyOpenMessage(message, macKey) ? found.match : 'unknown',
      nowMs: this.nowMs,
      challenge: 'c0'.repeat(16),
      retiringMacKey: deriveMacKey(wallet.state.stored.current.secrets.key),
    })
    if (answer.kind === 'stale') return { kind: 'problem', code: 'CUSTODY_STALE', retired: answer.challenge }
    if (answer.kind !== 'give-slot') return refusal(codeByWord[answer.kind] ?? 'CUSTODY_REJECTED')
    return { kind: 'done', done: await this.#giveSlot(wallet, { walletId, query: fields.value.query }) }
  }

  async pay(walletId: string, sealed: Uint8Array): Promise<PayAnswer> {
    const wallet = this.#get(walletId)
    const header = parsePayHeader(sealed)
    if (!header.ok) return refusal('CUSTODY_REJECTED')
    const facts = { slotId: bytesToHex(header.value.slotId), hash: bytesToHex(hashPay(sealed)), nowMs: this.nowMs }
    const looked = this.#apply(wallet, { kind: 'message-received', ...facts })
    if (looked.kind === 'stored') return { kind: 'done', done: looked.done }
    const { slot } = wallet
    if (looked.kind !== 'verify-it' || slot === undefined) return refusal(codeByWord[looked.kind] ?? 'CUSTODY_VOID')
    const opened = await openPay(this.#primitives, { sealed, slot, epochKey: wallet.state.stored.current.secrets.key })
    const isVerified = opened.ok && this.#isDeviceSigned(wallet, opened.value)
    const verified = this.#apply(wallet, { kind: 'message-verified', verified: isVerified })
    if (!opened.ok || !isVerified || verified.kind !== 'verify-it') return refusal(codeByWord[verified.kind] ?? 'CUSTODY_REJECTED')
    const attemptId = bytesToHex(opened.value.signable.paymentAttemptId)
    const bound = this.#apply(wallet, { kind: 'message-accepted', ...facts, attemptId })
    if (bound.kind !== 'bound') return refusal('CUSTODY_VOID')
    wallet.slot = undefined
    const { message, signable, session, share: deviceShare } = opened.value
    const { share } = wallet.state.stored.current.secrets
    const signature = cosign(this.#primitives, { share, walletKey: wallet.enrolled.walletKey, slot, deviceShare, message })
    if (signature === undefined) {
      const done = await sealDone(session, { kind: 'wrong', triesLeft: wallet.state.stored.tries })
      this.#apply(wallet, { kind: 'cosignature-invalid', slotId: facts.slotId, done })
      return { kind: 'done', done }
    }
    if (signable.kind === 'bind') wallet.pads.set(attemptId, await deriveRecordPad(session, signature))
    const payload = signable.kind === 'record' ? (wallet.pads.get(attemptId) ?? new Uint8Array()) : new Uint8Array()
    const next = await deriveEpochSecrets(this.#primitives, session, signature)
    const done = await sealDone(session, { kind: 'signed', signature, payload, triesLeft: 5 })
    this.#apply(wallet, {
      kind: 'cosignature-valid',
      slotId: facts.slotId,
      done,
      pending: {
        eid: bytesToHex(next.epochId),
        secrets: { share: advanceVaultShare(this.#primitives, share, next.delta), key: next.key },
      },
      nowMs: this.nowMs,
    })
    return { kind: 'done', done, signed: { signable, message, signature } }
  }

  alarm(walletId: string, message: Uint8Array): boolean {
    const wallet = this.#get(walletId)
    const fields = parseAlarmMessage(message)
    if (!fields.ok) return false
    const found = findVaultEpoch(wallet.state.stored, bytesToHex(fields.value.epochId))
    const macKey = found.match === 'unknown' ? undefined : found.match === 'retired' ? found.macKey : deriveMacKey(found.secrets.key)
    const macVerified = macKey !== undefined && verifyAlarmMessage(message, macKey)
    return this.#apply(wallet, { kind: 'alarm', macVerified, challenge: bytesToHex(fields.value.retired) }).kind === 'frozen'
  }

  /** Row 15: everything in RAM is gone. */
  restart(): void {
    for (const wallet of this.wallets.values()) {
      wallet.slot = undefined
      wallet.state = { ...wallet.state, memory: emptyVaultMemory }
    }
  }

  #isDeviceSigned({ enrolled: { deviceKey } }: Wallet, opened: OpenedPay): boolean {
    const input = encodeDeviceSignatureInput(opened.message)
    return opened.deviceKeyKind === deviceKey.kind && this.verifyDevice(deviceKey, input, opened.deviceSignature)
  }

  #sign = (message: Uint8Array): Uint8Array => new Uint8Array(sign(null, message, this.#key))

  async #giveSlot(wallet: Wallet, { walletId, query }: { readonly walletId: string; readonly query: Uint8Array }): Promise<Uint8Array> {
    const { stored } = wallet.state
    const now = this.#nowSeconds()
    const facts = {
      walletId: hexToBytes(walletId),
      epochId: hexToBytes(stored.current.eid),
      query,
      now,
      expiresAt: now + 120,
      counter: stored.counter,
      lastSlotId: hexToBytes(stored.last.state === 'none' ? noSlotId : stored.last.slotId),
      lastState: lastStateCodes[stored.last.state === 'bound' ? 'void' : stored.last.state],
      triesLeft: stored.tries,
    }
    const { signedSlot, secrets } = await createSlot(this.#primitives, this.#sign, { facts, share: stored.current.secrets.share })
    wallet.slot = secrets
    this.#apply(wallet, { kind: 'slot-created', slotId: bytesToHex(secrets.slotId), expiresAtMs: this.nowMs + 120_000 })
    return signedSlot
  }

  #apply(wallet: Wallet, event: VaultEvent<Secrets>) {
    const step = applyVaultEvent(wallet.state, event)
    wallet.state = step.state
    return step.answer
  }

  #get(walletId: string): Wallet {
    const wallet = this.wallets.get(walletId)
    if (wallet === undefined) throw new Error('no such wallet')
    return wallet
  }

  #nowSeconds(): number {
    return Math.floor(this.nowMs / 1_000)
  }
}

const codeByWord: Readonly<Record<string, ProblemCode>> = {
  unknown: 'CUSTODY_WALLET_UNKNOWN',
  retry: 'CUSTODY_RETRY',
  frozen: 'CUSTODY_FROZEN',
  void: 'CUSTODY_VOID',
  conflict: 'CUSTODY_CONFLICT',
  rejected: 'CUSTODY_REJECTED',
  locked: 'CUSTODY_LOCKED',
}

function refusal(code: ProblemCode): PayAnswer {
  return { kind: 'problem', code }
}
