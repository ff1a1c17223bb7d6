import { parseSignable } from '@symbolon/custody/issuer'
import { CardData, type Enrolment, type EnrolmentSubmit } from '@symbolon/contracts/issuer-api'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { bytesToHex, concatBytes, hexToBytes, isEqualBytes, parseBase64url, parseUtf8, utf8ToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { Value } from 'typebox/value'
import { decideAccount } from '../rules/account.ts'
import { decideBinding, type Binding } from '../rules/binding.ts'
import { submissionsPerEnrolment, type EnrolmentDependencies } from './enrolment-dependencies.ts'
import type { EnrolmentRecord, Submission } from './enrolment-store.ts'
import { describeRegistration, judgeDeviceKey, parseRegistration, type DeviceKeySubmission } from './judge-device-key.ts'
import { describeEnrolment, isOver } from './show-enrolment.ts'

/**
 * Takes the sealed card and the jointly signed binding of an open enrolment. The same bytes again get the same answer; a person
 * still has to approve on the issuer's own page.
 */
export async function submitEnrolment(
  deps: EnrolmentDependencies,
  enrolmentId: string,
  request: EnrolmentSubmit,
): Promise<Result<Enrolment, Problem>> {
  const enrolment = await deps.store.find(hexToBytes(enrolmentId))
  if (enrolment === undefined) return fail(problem('REQUEST_NOT_FOUND'))
  if (isOver(enrolment, deps.now())) return fail(problem('ENROLMENT_EXPIRED'))
  const bytes = parseSubmit(request)
  if (bytes === undefined) return fail(problem('REQUEST_ENCODING_INVALID'))
  const digest = deps.sha256(bytes.whole)
  if (enrolment.state !== 'open') return answerRepeat(deps, enrolment, digest)
  if ((await deps.store.countSubmission(enrolment.enrolmentId)) > submissionsPerEnrolment) return fail(problem('REQUEST_TOO_MANY'))
  if (!(await deps.keys.holdsSealingKey(request.keyId))) return fail(problem('ISSUER_KEY_UNKNOWN'))
  const binding = await verifyBinding(deps, enrolment, { ...bytes, deviceKeyKind: request.deviceKeyKind })
  if (!binding.ok) return binding
  const submission = await openCard(deps, enrolment, { ...bytes, keyId: request.keyId, digest, binding: binding.value })
  if (!submission.ok) return submission
  if (await deps.store.submit(enrolment.enrolmentId, submission.value))
    return ok(describeEnrolment({ ...enrolment, state: 'awaiting_approval', submission: submission.value }, deps.origin, deps.now()))
  const current = await deps.store.find(enrolment.enrolmentId)
  return current === undefined ? fail(problem('REQUEST_NOT_FOUND')) : answerRepeat(deps, current, digest)
}

type SubmitBytes = {
  readonly encapsulatedSecret: Uint8Array
  readonly ciphertext: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly deviceSignature: Uint8Array
  readonly registration: DeviceKeySubmission['registration']
}

function parseSubmit(request: EnrolmentSubmit): (SubmitBytes & { readonly whole: Uint8Array }) | undefined {
  const encapsulatedSecret = parseBase64url(request.encapsulatedSecret)
  const ciphertext = parseBase64url(request.ciphertext)
  const message = parseBase64url(request.message)
  const signature = parseBase64url(request.signature)
  const deviceSignature = parseBase64url(request.deviceSignature)
  if (!encapsulatedSecret.ok || !ciphertext.ok || !message.ok || !signature.ok || !deviceSignature.ok) return undefined
  const { keyId } = request
  const parts = [keyId, request.encapsulatedSecret, request.ciphertext, request.message, request.signature, request.deviceSignature]
  return {
    encapsulatedSecret: encapsulatedSecret.value,
    ciphertext: ciphertext.value,
    message: message.value,
    signature: signature.value,
    deviceSignature: deviceSignature.value,
    // Base64url and hex hold no line feed: the joined text has one reading only.
    registration: parseRegistration(request.registration),
    whole: concatBytes(
      utf8ToBytes([...parts, describeRegistration(request.registration)].join('\n')),
      Uint8Array.of(request.deviceKeyKind),
    ),
  }
}

function answerRepeat(deps: EnrolmentDependencies, enrolment: EnrolmentRecord, digest: Uint8Array): Result<Enrolment, Problem> {
  const isSame = enrolment.submission !== undefined && isEqualBytes(enrolment.submission.digest, digest)
  return isSame ? ok(describeEnrolment(enrolment, deps.origin, deps.now())) : fail(problem('ENROLMENT_STATE_CONFLICT'))
}

async function verifyBinding(
  deps: EnrolmentDependencies,
  enrolment: EnrolmentRecord,
  submitted: SubmitBytes & { readonly deviceKeyKind: number },
): Promise<Result<Binding, Problem>> {
  const message = parseSignable(submitted.message)
  if (!message.ok || message.value.kind !== 'bind') return fail(problem('ENROLMENT_BINDING_INVALID'))
  const bind = message.value
  const judged = await judgeDeviceKey(deps, { bind, submission: submitted, operatorId: enrolment.operatorId })
  const binding = decideBinding({ bind, enrolment, ...judged }, deps.now())
  return binding.ok ? binding : fail(problem('ENROLMENT_BINDING_INVALID'))
}

async function openCard(
  deps: EnrolmentDependencies,
  enrolment: EnrolmentRecord,
  submitted: SubmitBytes & { readonly keyId: string; readonly digest: Uint8Array; readonly binding: Binding },
): Promise<Result<Submission, Problem>> {
  const binding = { issuerId: deps.issuerId, issuerNonce: enrolment.nonce, walletId: enrolment.walletId }
  const opened = await deps.keys.openSealed(submitted.keyId, binding, submitted)
  const card = opened === undefined ? undefined : parseCardData(opened)
  if (card === undefined) return fail(problem('REQUEST_INVALID', { param: '/ciphertext' }))
  const account = decideAccount(card, deps.accountPolicy, deps.now())
  if (!account.ok) return fail(problem('ENROLMENT_CARD_REFUSED'))
  const pan = card.primaryAccountNumber
  return ok({
    ...account.value,
    ...submitted.binding,
    digest: submitted.digest,
    accountKey: deps.vault.deriveAccountKey(pan),
    sealedAccount: deps.vault.seal(pan),
    expiry: card.expiry,
    formToken: bytesToHex(deps.randomBytes(32)),
  })
}

function parseCardData(plaintext: Uint8Array): CardData | undefined {
  const text = parseUtf8(plaintext)
  if (!text.ok) return undefined
  try {
    const parsed: unknown = JSON.parse(text.value)
    return Value.Check(CardData, parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
