import type { CardData, Enrolment, EnrolmentSubmit } from '@symbolon/contracts/issuer-api'
import type { WalletCard } from '@symbolon/contracts/frame-messages'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { prepareRecord, sealToIssuer, splitRecord, verifyGrant, wipe, type PreparedRecord } from '@symbolon/custody/device'
import { base64urlToBytes, bytesToBase64url, bytesToHex, hexToBytes, parseBase64url, utf8ToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { describeRegistration } from '../rules/registration.ts'
import { verifyCardEntry, type CheckedCard } from '../rules/card-entry.ts'
import { chooseSealingKey } from '../rules/trust.ts'
import { maximumCards, type StoredCard } from '../rules/wallet-content.ts'
import type { CardEnrolmentOutcome } from '../wallet-types.ts'
import { changeContent, getContent, type FlowDependencies, type Session } from './session.ts'
import { signJointly, type JointSignature } from './sign-jointly.ts'

const maximumSends = 3

/**
 * Adds a card (docs/custody.md 3): sealed to its issuer and sent there, never to the operator; bound to the joint key by a `bind`
 * message that names the issuer's nonce. The record of the card is split in the same exchange.
 */
export async function startCardEnrolment(
  deps: FlowDependencies,
  session: Session,
  { card, pin }: { readonly card: CardData; readonly pin: string },
): Promise<Result<CardEnrolmentOutcome, Problem>> {
  const checked = verifyCardEntry(deps.directory, card, deps.clock.nowSeconds())
  if (!checked.ok) return checked
  if (getContent(session).cards.filter(isKept).length >= maximumCards) return fail(problem('WALLET_CARD_LIMIT'))
  const { walletId } = getContent(session)
  const { issuer } = checked.value
  if ((await findSealingKey(deps, issuer.issuerId)) === undefined) return fail(problem('WALLET_KEY_UNCERTIFIED'))
  const opened = await deps.issuers.openEnrolment(issuer.origin, { walletId, operatorId: deps.directory.operator.operatorId })
  if (!opened.ok) return opened
  const { enrolmentId, nonce } = opened.value
  const recordId = deps.randomBytes(16)
  const record = prepareCardRecord(deps, session, { card, recordId })
  if (!record.ok) return record
  const bound = await signBinding(deps, session, { pin, nonce, recordId })
  if (!bound.ok) return bound
  if (bound.value.kind !== 'signed') return ok(bound.value)
  const stored = describeCard(checked.value, enrolmentId, bytesToHex(recordId))
  await storeCard(session, { stored, record: record.value, pad: bound.value.joint.recordPad })
  return await submit(deps, session, { checked: checked.value, stored, nonce, joint: bound.value.joint })
}

function prepareCardRecord(
  deps: FlowDependencies,
  session: Session,
  { card, recordId }: { readonly card: CardData; readonly recordId: Uint8Array },
): Result<PreparedRecord, Problem> {
  const { primaryAccountNumber, expiry, holderName, phoneNumber, postalAddress } = card
  const name = { walletId: hexToBytes(getContent(session).walletId), recordId }
  const record = prepareRecord(deps.primitives, name, { primaryAccountNumber, expiry, holderName, phoneNumber, postalAddress })
  return record.ok ? record : fail(problem('WALLET_CARD_INVALID', { param: 'other' }))
}

type Bound =
  | { readonly kind: 'signed'; readonly joint: JointSignature }
  | { readonly kind: 'wrong-pin'; readonly triesLeft: number }
  | { readonly kind: 'locked' }

async function signBinding(
  deps: FlowDependencies,
  session: Session,
  { pin, nonce, recordId }: { readonly pin: string; readonly nonce: string; readonly recordId: Uint8Array },
): Promise<Result<Bound, Problem>> {
  const { walletId, walletKey } = getContent(session)
  const deviceKey = await deps.deviceKey.find()
  if (deviceKey === undefined) return fail(problem('WALLET_STORAGE_DAMAGED'))
  const signed = await signJointly(deps, session, {
    pin,
    intent: { kind: 'bind', paymentAttemptId: bytesToHex(recordId) },
    buildMessage: ({ slotHash }, expiresAt) => ({
      kind: 'bind',
      walletId: hexToBytes(walletId),
      slotHash,
      paymentAttemptId: recordId,
      walletKey,
      deviceKey: deviceKey.publicKeySpki,
      operatorId: hexToBytes(deps.directory.operator.operatorId),
      issuerNonce: hexToBytes(nonce),
      expiresAt,
    }),
  })
  if (!signed.ok) return signed
  // A binding whose signature never came is worthless: nothing was sent to the issuer, so the person starts again.
  return signed.value.kind === 'lost' || signed.value.kind === 'signed-unseen' ? fail(problem('SERVICE_FAULT')) : ok(signed.value)
}

function describeCard({ card, issuer, network }: CheckedCard, enrolmentId: string, recordId: string): StoredCard {
  const shown: WalletCard = {
    enrolmentId,
    issuerName: issuer.name,
    network,
    lastFour: card.primaryAccountNumber.slice(-4),
    state: 'awaiting_approval',
  }
  return { card: shown, issuerId: issuer.issuerId, recordId }
}

async function storeCard(
  session: Session,
  { stored, record, pad }: { readonly stored: StoredCard; readonly record: PreparedRecord; readonly pad: Uint8Array },
): Promise<void> {
  const kept = getContent(session).cards.filter(isKept)
  const { fieldCommitments: byField } = record
  const half = splitRecord(record.padded, pad)
  await session.store.saveRecordHalf(
    {
      recordId: hexToBytes(stored.recordId),
      epochId: hexToBytes(getContent(session).stored.current.eid),
      half,
      commitment: record.commitment,
      fieldCommitments: [byField.primaryAccountNumber, byField.expiry, byField.holderName, byField.phoneNumber, byField.postalAddress],
    },
    kept.map(({ recordId }) => recordId),
  )
  wipe(record.padded, pad)
  await changeContent(session, (content) => ({ ...content, cards: [...kept, stored] }))
}

function isKept({ card }: StoredCard): boolean {
  return card.state !== 'refused'
}

type Submission = { readonly checked: CheckedCard; readonly stored: StoredCard; readonly nonce: string; readonly joint: JointSignature }

async function submit(
  deps: FlowDependencies,
  session: Session,
  { checked, stored, nonce, joint }: Submission,
): Promise<Result<CardEnrolmentOutcome, Problem>> {
  const answered = await sealAndSend(deps, session, { checked, stored, nonce, joint })
  if (!answered.ok) {
    await changeContent(session, (content) => ({ ...content, cards: content.cards.filter(({ recordId }) => recordId !== stored.recordId) }))
    return answered
  }
  const { approvalUrl } = answered.value
  // The person is sent to the issuer's own origin and nowhere else.
  if (approvalUrl === undefined || new URL(approvalUrl).origin !== new URL(checked.issuer.origin).origin) {
    return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  }
  return ok({ kind: 'submitted', enrolment: { card: stored.card, approvalUrl } })
}

/** A key id that the issuer does not hold any more: the directory is loaded again, and the card sealed to its newer key. */
async function sealAndSend(deps: FlowDependencies, session: Session, submission: Submission): Promise<Result<Enrolment, Problem>> {
  const first = await sealCard(deps, session, submission)
  if (!first.ok) return first
  const answered = await sendEnrolment(deps, { ...submission, request: first.value })
  if (answered.ok || answered.problem.code !== 'ISSUER_KEY_UNKNOWN' || !(await deps.trust.reload())) return answered
  const second = await sealCard(deps, session, submission)
  return second.ok ? await sendEnrolment(deps, { ...submission, request: second.value }) : second
}

async function findSealingKey(deps: FlowDependencies, issuerId: string): Promise<ReturnType<typeof chooseSealingKey>> {
  const choose = (): ReturnType<typeof chooseSealingKey> => {
    const issuer = deps.directory.issuers.find((one) => one.issuerId === issuerId)
    return issuer === undefined ? undefined : chooseSealingKey(issuer, deps.clock.nowSeconds())
  }
  return choose() ?? ((await deps.trust.reload()) ? choose() : undefined)
}

async function sealCard(
  deps: FlowDependencies,
  session: Session,
  { checked, nonce, joint }: Pick<Submission, 'checked' | 'nonce' | 'joint'>,
): Promise<Result<EnrolmentSubmit, Problem>> {
  const { card, issuer } = checked
  const sealingKey = await findSealingKey(deps, issuer.issuerId)
  if (sealingKey === undefined) return fail(problem('WALLET_KEY_UNCERTIFIED'))
  const binding = {
    issuerId: hexToBytes(issuer.issuerId),
    issuerNonce: hexToBytes(nonce),
    walletId: hexToBytes(getContent(session).walletId),
  }
  const sealed = await sealToIssuer(sealingKey.publicKey, binding, utf8ToBytes(JSON.stringify(card)))
  if (!sealed.ok) return fail(problem('WALLET_CARD_INVALID', { param: 'other' }))
  return ok({
    keyId: sealingKey.keyId,
    encapsulatedSecret: bytesToBase64url(sealed.value.encapsulatedSecret),
    ciphertext: bytesToBase64url(sealed.value.ciphertext),
    message: bytesToBase64url(joint.message),
    signature: bytesToBase64url(joint.signature),
    deviceKeyKind: joint.deviceKeyKind,
    deviceSignature: bytesToBase64url(joint.deviceSignature),
    ...describeRegistration(await deps.deviceKey.find()),
  })
}

async function sendEnrolment(
  deps: FlowDependencies,
  { checked, stored, request }: Pick<Submission, 'checked' | 'stored'> & { readonly request: EnrolmentSubmit },
): Promise<Result<Enrolment, Problem>> {
  const { origin } = checked.issuer
  const { enrolmentId } = stored.card
  for (let count = 1; ; count += 1) {
    const answered = await deps.issuers.submitEnrolment(origin, enrolmentId, request)
    if (answered.ok || answered.problem.code !== 'SERVICE_FAULT' || count === maximumSends) return answered
    await deps.clock.wait(500)
    // The first sending may have arrived: then the issuer already knows more than `open`.
    const known = await deps.issuers.getEnrolment(origin, enrolmentId)
    if (known.ok && known.value.state !== 'open') return known
  }
}

/** Asks the issuer for the end of an enrolment; an active one is registered at the operator before it is shown as active. */
export async function refreshEnrolment(
  deps: FlowDependencies,
  session: Session,
  enrolmentId: string,
): Promise<Result<WalletCard, Problem>> {
  const stored = getContent(session).cards.find(({ card }) => card.enrolmentId === enrolmentId)
  const issuer = deps.directory.issuers.find(({ issuerId }) => issuerId === stored?.issuerId)
  if (stored === undefined || issuer === undefined) return fail(problem('WALLET_CARD_MISSING'))
  if (stored.card.state !== 'awaiting_approval') return ok(stored.card)
  const enrolment = await deps.issuers.getEnrolment(issuer.origin, enrolmentId)
  if (!enrolment.ok) return enrolment
  switch (enrolment.value.state) {
    case 'open':
    case 'awaiting_approval':
      return ok(stored.card)
    case 'refused':
    case 'expired':
      return ok(await replaceCard(session, { ...stored.card, state: 'refused' }))
    case 'active': {
      const tokenReferenceId = await registerToken(deps, session, {
        stored,
        enrolment: enrolment.value,
        certificateKey: issuer.certificateKey,
      })
      return tokenReferenceId.ok
        ? ok(await replaceCard(session, { ...stored.card, state: 'active', tokenReferenceId: tokenReferenceId.value }))
        : tokenReferenceId
    }
  }
}

async function registerToken(
  deps: FlowDependencies,
  session: Session,
  { stored, enrolment, certificateKey }: { readonly stored: StoredCard; readonly enrolment: Enrolment; readonly certificateKey: string },
): Promise<Result<string, Problem>> {
  const { walletId } = getContent(session)
  const [grant, signature] = [parseBase64url(enrolment.grant ?? ''), parseBase64url(enrolment.signature ?? '')]
  if (!grant.ok || !signature.ok) return fail(problem('TOKEN_GRANT_INVALID'))
  const verified = verifyGrant({ grant: grant.value, signature: signature.value, certificateKey: base64urlToBytes(certificateKey) })
  if (!verified.ok) return fail(problem('TOKEN_GRANT_INVALID'))
  const fields = verified.value
  const isOurs =
    bytesToHex(fields.issuerId) === stored.issuerId &&
    bytesToHex(fields.walletId) === walletId &&
    fields.network === stored.card.network &&
    fields.lastFour === stored.card.lastFour
  if (!isOurs) return fail(problem('TOKEN_GRANT_INVALID'))
  const registered = await deps.operator.registerToken(walletId, {
    issuerId: stored.issuerId,
    grant: bytesToBase64url(grant.value),
    signature: bytesToBase64url(signature.value),
  })
  return registered.ok ? ok(bytesToHex(fields.tokenReferenceId)) : registered
}

async function replaceCard(session: Session, card: WalletCard): Promise<WalletCard> {
  await changeContent(session, (content) => ({
    ...content,
    cards: content.cards
      .filter(({ card: other }) => !isReplacedBy(other, card))
      .map((each) => (each.card.enrolmentId === card.enrolmentId ? { ...each, card } : each)),
  }))
  return card
}

// A card that came without its record and is entered again has a new token at its issuer, which ends the older one.
function isReplacedBy(other: WalletCard, card: WalletCard): boolean {
  const isSame = other.network === card.network && other.lastFour === card.lastFour && other.issuerName.en === card.issuerName.en
  return isSame && card.state === 'active' && other.isRecordMissing === true && other.enrolmentId !== card.enrolmentId
}
