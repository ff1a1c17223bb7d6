import { problem, type Problem } from '@symbolon/contracts/problems'
import type { Rebind, RebindOpened, RebindSubmit } from '@symbolon/contracts/rebind-api'
import { emptyDeviceMemory } from '@symbolon/custody/device'
import { bytesToBase64url, bytesToHex, hexToBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import type { PendingRebind, WalletContent } from '../rules/wallet-content.ts'
import { groupByIssuer, type IssuerCards } from '../rules/successor.ts'
import { describeRegistration } from '../rules/registration.ts'
import type { DeviceKeyFacts } from '../ports.ts'
import { createWallet, type WalletSecrets } from './create-wallet.ts'
import { openSlot } from './open-slot.ts'
import { refreshRebinds, succeed } from './refresh-rebinds.ts'
import { changeContent, getContent, type FlowDependencies, type Session } from './session.ts'
import { signJointly, type JointSignature } from './sign-jointly.ts'

const maximumSends = 3

/**
 * Replaces a wallet that cannot pay any more (docs/custody.md 14): a new one is made beside it, and every issuer is asked to move its cards
 * there. The old wallet stays in storage, whole, until an issuer has moved a card; each step is one durable write.
 */
export async function startRebind(
  deps: FlowDependencies,
  session: Session,
  secrets: WalletSecrets,
): Promise<Result<StartedRebind, Problem>> {
  // What an issuer has granted to an earlier successor must not be thrown away with it.
  if (getContent(session).successor !== undefined) {
    const earlier = await refreshRebinds(deps, session)
    if (!earlier.ok) return earlier
    if (earlier.value === 'rebound') return ok({ kind: 'rebound' })
  }
  const isSameKind = (secrets.protection === 'pin') === (getContent(session).protection === 'pin')
  const before = isSameKind && (await isDeviceKeyOurs(deps, session)) ? await deps.deviceKey.find() : undefined
  const old = getContent(session)
  await changeContent(session, withoutSuccessor)
  const successor = openSuccessor(session)
  const created = await createWallet(deps, successor, { ...secrets, keepsDeviceKey: before !== undefined })
  if (!created.ok) return created
  const keepsDeviceKey = isSameKey(before, await deps.deviceKey.find())
  const asked = await askIssuers(deps, successor, { cards: groupByIssuer(old.cards), secrets, keepsDeviceKey })
  if (!asked.ok) {
    await changeContent(session, withoutSuccessor)
    return asked
  }
  const young = successor.content
  assert(young !== undefined, 'the new wallet was made above')
  await changeContent(session, (content) => ({ ...content, successor: { wallet: young, rebinds: asked.value } }))
  // A wallet without cards has nobody to ask: the new one takes its place at once.
  if (asked.value.length === 0) await succeed(session)
  return ok({ kind: 'asked', stopCode: created.value })
}

/** `asked`: the new wallet's stop code, shown once. `rebound`: an earlier request was approved meanwhile, so nothing new was made. */
export type StartedRebind = { readonly kind: 'asked'; readonly stopCode: string } | { readonly kind: 'rebound' }

function isSameKey(before: DeviceKeyFacts | undefined, after: DeviceKeyFacts | undefined): boolean {
  return before !== undefined && after !== undefined && isEqualBytes(before.publicKeySpki, after.publicKeySpki)
}

// A passkey lies in no file. A frozen wallet's software key may lie in a copy of it: then the new wallet gets a new one. Otherwise the old key can vouch for it.
async function isDeviceKeyOurs(deps: FlowDependencies, session: Session): Promise<boolean> {
  const deviceKey = await deps.deviceKey.find()
  if (deviceKey === undefined || deviceKey.kind === 1) return deviceKey !== undefined
  if (getContent(session).isFrozen) return false
  const opened = await openSlot(deps, session)
  return opened.ok || opened.problem.code !== 'CUSTODY_FROZEN'
}

/** The new wallet as a session of its own. What it stores is written into the old one's record, beside the old one. */
function openSuccessor(session: Session): Session {
  const save = (wallet: WalletContent): Promise<void> =>
    changeContent(session, (content) => ({ ...content, successor: { wallet, rebinds: content.successor?.rebinds ?? [] } }))
  // A young wallet has no record halves: those in the file are the old one's.
  const moveRecordHalves = (): Promise<void> => Promise.resolve()
  const store = { ...session.store, save, moveRecordHalves }
  return { store, content: undefined, closing: undefined, memory: emptyDeviceMemory, heardFrozen: undefined, slot: undefined }
}

function withoutSuccessor({ successor: _given, ...content }: WalletContent): WalletContent {
  return content
}

type Asking = { readonly cards: readonly IssuerCards[]; readonly secrets: WalletSecrets; readonly keepsDeviceKey: boolean }

async function askIssuers(
  deps: FlowDependencies,
  successor: Session,
  { cards, ...asking }: Asking,
): Promise<Result<readonly PendingRebind[], Problem>> {
  const rebinds: PendingRebind[] = []
  for (const group of cards) {
    const asked = await askIssuer(deps, successor, { group, ...asking })
    if (!asked.ok) return asked
    if (asked.value !== undefined) rebinds.push(asked.value)
  }
  // Every issuer says no: then the old wallet is not given up.
  return cards.length > 0 && rebinds.length === 0 ? fail(problem('TOKEN_NOT_ACTIVE')) : ok(rebinds)
}

async function askIssuer(
  deps: FlowDependencies,
  successor: Session,
  { group, secrets, keepsDeviceKey }: Omit<Asking, 'cards'> & { readonly group: IssuerCards },
): Promise<Result<PendingRebind | undefined, Problem>> {
  const issuer = deps.directory.issuers.find(({ issuerId }) => issuerId === group.issuerId)
  if (issuer === undefined) return ok(undefined)
  const { walletId } = getContent(successor)
  const { tokenReferenceIds } = group
  const opened = await deps.issuers.openRebind(issuer.origin, {
    walletId,
    tokenReferenceIds: [...tokenReferenceIds],
    operatorId: deps.directory.operator.operatorId,
  })
  if (!opened.ok) return isFinalRefusal(opened.problem) ? ok(undefined) : opened
  const joint = await signBinding(deps, successor, { secrets, opened: opened.value })
  if (!joint.ok) return joint
  const request = createSubmit(joint.value, await deps.deviceKey.find(), keepsDeviceKey)
  const submitted = await sendRebind(deps, issuer.origin, { rebindId: opened.value.rebindId, request })
  if (!submitted.ok) return submitted
  const { approvalUrl } = submitted.value
  // The person is sent to the issuer's own origin and nowhere else.
  if (approvalUrl === undefined || new URL(approvalUrl).origin !== new URL(issuer.origin).origin)
    return fail(problem('WALLET_ANSWER_UNVERIFIED'))
  const { rebindId } = opened.value
  return ok({ rebindId, issuerId: issuer.issuerId, approvalUrl, tokenReferenceIds: [...tokenReferenceIds], state: 'awaiting_approval' })
}

// The token is gone or withheld there: that is this card's end and not the others'.
function isFinalRefusal({ code }: Problem): boolean {
  return code === 'REQUEST_NOT_FOUND' || code === 'TOKEN_NOT_ACTIVE'
}

async function signBinding(
  deps: FlowDependencies,
  successor: Session,
  { secrets, opened }: { readonly secrets: WalletSecrets; readonly opened: RebindOpened },
): Promise<Result<JointSignature, Problem>> {
  const { walletId, walletKey } = getContent(successor)
  const deviceKey = await deps.deviceKey.find()
  if (deviceKey === undefined) return fail(problem('WALLET_STORAGE_DAMAGED'))
  const attemptId = deps.randomBytes(16)
  const signed = await signJointly(deps, successor, {
    pin: secrets.pin,
    intent: { kind: 'bind', paymentAttemptId: bytesToHex(attemptId) },
    buildMessage: ({ slotHash }, expiresAt) => ({
      kind: 'bind',
      walletId: hexToBytes(walletId),
      slotHash,
      paymentAttemptId: attemptId,
      walletKey,
      deviceKey: deviceKey.publicKeySpki,
      operatorId: hexToBytes(deps.directory.operator.operatorId),
      issuerNonce: hexToBytes(opened.nonce),
      expiresAt,
    }),
  })
  if (!signed.ok) return signed
  // The PIN was chosen a moment ago: anything but a signature is a failure on the way, and the person starts again.
  return signed.value.kind === 'signed' ? ok(signed.value.joint) : fail(problem('SERVICE_FAULT'))
}

function createSubmit(joint: JointSignature, deviceKey: DeviceKeyFacts | undefined, keepsDeviceKey: boolean): RebindSubmit {
  const deviceSignature = bytesToBase64url(joint.deviceSignature)
  return {
    message: bytesToBase64url(joint.message),
    signature: bytesToBase64url(joint.signature),
    deviceKeyKind: joint.deviceKeyKind,
    deviceSignature,
    ...describeRegistration(deviceKey),
    // The old key and the new one are one key, so that its one signature over m vouches for the new wallet.
    ...(keepsDeviceKey ? { oldDeviceSignature: deviceSignature } : {}),
  }
}

async function sendRebind(
  deps: FlowDependencies,
  origin: string,
  { rebindId, request }: { readonly rebindId: string; readonly request: RebindSubmit },
): Promise<Result<Rebind, Problem>> {
  for (let count = 1; ; count += 1) {
    const answered = await deps.issuers.submitRebind(origin, rebindId, request)
    if (answered.ok || answered.problem.code !== 'SERVICE_FAULT' || count === maximumSends) return answered
    await deps.clock.wait(500)
    // The first sending may have arrived: the same bytes get the same answer.
  }
}
