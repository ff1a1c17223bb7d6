import { fail, type Result } from '@symbolon/formats/result'
import { asciiWord, bytes, digits, emptyOr, oneOf, unsigned, unsignedBigint, variableBytes } from './fields.ts'
import { defineFrame, type Frame } from './frame.ts'
import type { CustodyProblem } from './problem.ts'

const id = bytes(16)
const hash = bytes(32)
const point = bytes(32)
const seconds = unsigned(8)
const deviceKeyKind = oneOf([0, 1, 2])
const certificate = { subjectId: id, key: bytes(32), from: seconds, to: seconds }
const shortMessage = { walletId: id, slotHash: hash, paymentAttemptId: id, expiresAt: seconds }

/** Every structure of the wire, once (docs/custody.md 2). Values that never travel have their frame where they are used. */
export const frames = {
  open: defineFrame('open', { walletId: id, epochId: id, query: id }),
  slot: defineFrame('slot', {
    walletId: id,
    epochId: id,
    query: id,
    slotId: id,
    hidingCommitment: point,
    bindingCommitment: point,
    sealingKey: point,
    now: seconds,
    expiresAt: seconds,
    counter: unsigned(8),
    lastSlotId: id,
    lastState: oneOf([0, 2, 3, 4]),
    triesLeft: unsigned(1),
  }),
  pay: defineFrame('pay', {
    walletId: id,
    tokenReferenceId: id,
    slotHash: hash,
    paymentAttemptId: id,
    merchantId: id,
    requestHash: hash,
    amountMinorUnits: unsignedBigint(8),
    currencyNumeric: unsigned(2),
    instalmentMonths: unsigned(1),
    expiresAt: seconds,
    channel: unsigned(1),
  }),
  bind: defineFrame('bind', {
    walletId: id,
    slotHash: hash,
    paymentAttemptId: id,
    walletKey: point,
    deviceKey: variableBytes(1, 160),
    operatorId: id,
    issuerNonce: id,
    expiresAt: seconds,
  }),
  record: defineFrame('record', shortMessage),
  pinset: defineFrame('pinset', shortMessage),
  refresh: defineFrame('refresh', shortMessage),
  close: defineFrame('close', shortMessage),
  closed: defineFrame('closed', { walletId: id, epochId: id, now: seconds }),
  payHeader: defineFrame('pay-hdr', { walletId: id, epochId: id, slotId: id }),
  inner: defineFrame('inner', {
    message: variableBytes(1, 1_024),
    hidingCommitment: point,
    bindingCommitment: point,
    signatureShare: bytes(32),
    deviceKeyKind,
    deviceSignature: variableBytes(1, 1_024),
  }),
  done: defineFrame('done', {
    status: oneOf([2, 3]),
    signature: emptyOr(64),
    payload: variableBytes(0, 4_096),
    triesLeft: unsigned(1),
  }),
  alarm: defineFrame('alarm', { walletId: id, epochId: id, query: id, retired: id }),
  offer: defineFrame('offer', {
    walletId: id,
    sessionId: id,
    vaultPoint: point,
    proof: bytes(64),
    sealingKey: point,
    expiresAt: seconds,
  }),
  accept: defineFrame('accept', {
    sessionId: id,
    devicePoint: point,
    proof: bytes(64),
    deviceKeyKind,
    deviceKey: variableBytes(1, 160),
    stopCodeHash: hash,
  }),
  enrol: defineFrame('enrol', { issuerId: id, issuerNonce: id, walletId: id }),
  grant: defineFrame('grant', {
    issuerId: id,
    walletId: id,
    tokenReferenceId: id,
    network: asciiWord(20),
    lastFour: digits(4),
    // Grows with every change of the wallet that a token is bound to: an older grant cannot move the token back.
    grantNumber: unsigned(4),
  }),
  // One layout, three tags: what an issuer says of a key of the operator, of itself, of a merchant (docs/custody.md 10).
  operatorCertificate: defineFrame('opcert', certificate),
  sealingCertificate: defineFrame('skcert', certificate),
  merchantCertificate: defineFrame('mkcert', certificate),
} as const

type ValuesOf<Name extends keyof typeof frames> = (typeof frames)[Name] extends Frame<infer Values> ? Values : never
/** What a device key is: 0 software (WebCrypto P-256), 1 passkey, 2 attested secure element. 0 and 1 are built. */
export type DeviceKeyKind = 0 | 1 | 2
export type OpenFields = ValuesOf<'open'>
export type SlotFields = ValuesOf<'slot'>
export type PayHeader = ValuesOf<'payHeader'>
export type AlarmFields = ValuesOf<'alarm'>
export type OfferFields = ValuesOf<'offer'>
export type EnrolFields = ValuesOf<'enrol'>
export type GrantFields = ValuesOf<'grant'>
export type ClosedFields = ValuesOf<'closed'>
export type InnerFields = ValuesOf<'inner'>

/** What both halves sign together. The kind is the tag, so a message of one kind never verifies as another. */
export type SignableMessage =
  | ({ readonly kind: 'pay' } & ValuesOf<'pay'>)
  | ({ readonly kind: 'bind' } & ValuesOf<'bind'>)
  | ({ readonly kind: 'record' } & ValuesOf<'record'>)
  | ({ readonly kind: 'refresh' } & ValuesOf<'refresh'>)
  | ({ readonly kind: 'pinset' } & ValuesOf<'pinset'>)
  | ({ readonly kind: 'close' } & ValuesOf<'close'>)
export type MessageKind = SignableMessage['kind']

/** The bytes m of a message: what FROST and the device key sign. */
export function encodeSignable(message: SignableMessage): Uint8Array {
  switch (message.kind) {
    case 'pay':
      return frames.pay.encode(message)
    case 'bind':
      return frames.bind.encode(message)
    case 'record':
    case 'refresh':
    case 'pinset':
    case 'close':
      return frames[message.kind].encode(message)
  }
}

/** Reads m strictly: one of the kinds that are built, canonical, nothing else. */
export function parseSignable(message: Uint8Array): Result<SignableMessage, CustodyProblem> {
  const pay = frames.pay.parse(message)
  if (pay.ok) return { ok: true, value: { kind: 'pay', ...pay.value } }
  const bind = frames.bind.parse(message)
  if (bind.ok) return { ok: true, value: { kind: 'bind', ...bind.value } }
  for (const kind of ['record', 'refresh', 'pinset', 'close'] as const) {
    const short = frames[kind].parse(message)
    if (short.ok) return { ok: true, value: { kind, ...short.value } }
  }
  return fail({ code: 'CUSTODY_FRAME_INVALID' })
}
