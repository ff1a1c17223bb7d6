import { parseSignable } from '@symbolon/custody/issuer'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { Rebind, RebindSubmit } from '@symbolon/contracts/rebind-api'
import { bytesToHex, concatBytes, hexToBytes, isEqualBytes, parseBase64url, utf8ToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { isInRegisteredPage } from '../rules/key-protection.ts'
import { decideRebind, decideRebindTokens, type BoundToken, type DecidedRebind } from '../rules/rebind.ts'
import { submissionsPerEnrolment, type RebindDependencies } from './enrolment-dependencies.ts'
import { describeRegistration, judgeDeviceKey, parseRegistration, type DeviceKeySubmission } from './judge-device-key.ts'
import type { RebindRecord } from './rebind-store.ts'
import { describeRebind, isRebindOver } from './show-rebind.ts'

/**
 * Takes the jointly signed `bind` of the new wallet. The same bytes again get the same answer; whatever signs it, a person still has
 * to approve on the issuer's own page.
 */
export async function submitRebind(deps: RebindDependencies, rebindId: string, request: RebindSubmit): Promise<Result<Rebind, Problem>> {
  const rebind = await deps.rebinds.find(hexToBytes(rebindId))
  if (rebind === undefined) return fail(problem('REQUEST_NOT_FOUND'))
  if (isRebindOver(rebind, deps.now())) return fail(problem('ENROLMENT_EXPIRED'))
  const bytes = parseSubmit(request)
  if (bytes === undefined) return fail(problem('REQUEST_ENCODING_INVALID'))
  const digest = deps.sha256(bytes.whole)
  if (rebind.state !== 'open') return answerRepeat(deps, rebind, digest)
  if ((await deps.rebinds.countSubmission(rebind.rebindId)) > submissionsPerEnrolment) return fail(problem('REQUEST_TOO_MANY'))
  const tokens = decideRebindTokens(rebind, await deps.rebinds.findTokens(rebind.tokenReferenceIds))
  if (!tokens.ok) return fail(problem('ENROLMENT_STATE_CONFLICT'))
  const decided = await verifyRebind(deps, rebind, { bytes, tokens: tokens.value, deviceKeyKind: request.deviceKeyKind })
  if (!decided.ok) return decided
  const submission = { ...decided.value, digest, formToken: bytesToHex(deps.randomBytes(32)) }
  if (await deps.rebinds.submit(rebind.rebindId, submission))
    return ok(describeRebind({ ...rebind, state: 'awaiting_approval', submission }, tokens.value, deps))
  const current = await deps.rebinds.find(rebind.rebindId)
  return current === undefined ? fail(problem('REQUEST_NOT_FOUND')) : answerRepeat(deps, current, digest)
}

type SubmitBytes = {
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly deviceSignature: Uint8Array
  readonly oldDeviceSignature: Uint8Array | undefined
  readonly registration: DeviceKeySubmission['registration']
}

function parseSubmit(request: RebindSubmit): (SubmitBytes & { readonly whole: Uint8Array }) | undefined {
  const message = parseBase64url(request.message)
  const signature = parseBase64url(request.signature)
  const deviceSignature = parseBase64url(request.deviceSignature)
  const old = request.oldDeviceSignature === undefined ? undefined : parseBase64url(request.oldDeviceSignature)
  if (!message.ok || !signature.ok || !deviceSignature.ok || old?.ok === false) return undefined
  const parts = [
    request.message,
    request.signature,
    request.deviceSignature,
    request.oldDeviceSignature ?? '',
    describeRegistration(request.registration),
  ]
  return {
    message: message.value,
    signature: signature.value,
    deviceSignature: deviceSignature.value,
    oldDeviceSignature: old?.value,
    registration: parseRegistration(request.registration),
    // Base64url holds no line feed: the joined text has one reading only.
    whole: concatBytes(utf8ToBytes(parts.join('\n')), Uint8Array.of(request.deviceKeyKind)),
  }
}

async function answerRepeat(deps: RebindDependencies, rebind: RebindRecord, digest: Uint8Array): Promise<Result<Rebind, Problem>> {
  const isSame = rebind.submission !== undefined && isEqualBytes(rebind.submission.digest, digest)
  if (!isSame) return fail(problem('ENROLMENT_STATE_CONFLICT'))
  return ok(describeRebind(rebind, await deps.rebinds.findTokens(rebind.tokenReferenceIds), deps))
}

type Submitted = { readonly bytes: SubmitBytes; readonly tokens: readonly BoundToken[]; readonly deviceKeyKind: number }

async function verifyRebind(deps: RebindDependencies, rebind: RebindRecord, submitted: Submitted): Promise<Result<DecidedRebind, Problem>> {
  const { bytes, tokens, deviceKeyKind } = submitted
  const message = parseSignable(bytes.message)
  if (!message.ok || message.value.kind !== 'bind') return fail(problem('ENROLMENT_BINDING_INVALID'))
  const bind = message.value
  const judged = await judgeDeviceKey(deps, { bind, submission: { ...bytes, deviceKeyKind }, operatorId: rebind.operatorId })
  const isOldDeviceValid = isSignedByOld(deps, submitted, { walletKey: bind.walletKey, chatOrigins: judged.chatOrigins })
  const decided = decideRebind({ binding: { bind, enrolment: rebind, ...judged }, tokens, isOldDeviceValid }, deps.now())
  return decided.ok ? decided : fail(problem('ENROLMENT_BINDING_INVALID'))
}

// The same bytes m as the new wallet signed: the old key vouches for this wallet, this nonce and this operator alone.
function isSignedByOld(
  deps: RebindDependencies,
  { bytes, tokens }: Submitted,
  { walletKey, chatOrigins }: { readonly walletKey: Uint8Array; readonly chatOrigins: readonly string[] },
): boolean | undefined {
  const { oldDeviceSignature } = bytes
  if (oldDeviceSignature === undefined) return undefined
  return tokens.every(({ deviceKey, deviceKeyKind }) => {
    const keys = { jointPublicKey: walletKey, deviceKey, deviceKeyKind }
    const { isDeviceValid, assertion } = deps.signatures.verifyBinding({ ...bytes, deviceSignature: oldDeviceSignature }, keys)
    return isDeviceValid && (assertion === undefined || isInRegisteredPage(assertion, chatOrigins))
  })
}
