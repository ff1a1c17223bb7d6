import type { PasskeyRegistration } from '@symbolon/contracts/issuer-api'
import { parseBase64url } from '@symbolon/formats/bytes'
import type { BindFields, BindingFacts } from '../rules/binding.ts'
import type { EnrolmentDependencies } from './enrolment-dependencies.ts'
import type { SignedBytes, SubmittedRegistration } from './ports.ts'

export type DeviceKeySubmission = SignedBytes & {
  readonly deviceKeyKind: number
  readonly registration?: Pick<SubmittedRegistration, 'attestationObject' | 'clientDataJson'> | undefined
}
type Judged = Pick<BindingFacts, 'deviceKeyKind' | 'signatures' | 'attestation' | 'chatOrigins'>

/** What a front finds out of the keys that a `bind` message brings, for the rule that decides on the binding. */
export async function judgeDeviceKey(
  deps: Pick<EnrolmentDependencies, 'signatures' | 'judgeRegistration' | 'chatOriginsOf'>,
  {
    bind,
    submission,
    operatorId,
  }: { readonly bind: BindFields; readonly submission: DeviceKeySubmission; readonly operatorId: Uint8Array },
): Promise<Judged> {
  const { deviceKeyKind, registration } = submission
  const { walletId, walletKey: jointPublicKey, deviceKey } = bind
  const signatures = deps.signatures.verifyBinding(submission, { jointPublicKey, deviceKey, deviceKeyKind })
  const isJudged = registration !== undefined && signatures.assertion !== undefined
  const attestation = isJudged ? await deps.judgeRegistration({ ...registration, walletId, deviceKey }) : 'none'
  return { deviceKeyKind, signatures, attestation, chatOrigins: deps.chatOriginsOf(operatorId) }
}

/** What cannot be decoded proves nothing; a binding does not fail for it. */
export function parseRegistration(registration: PasskeyRegistration | undefined): DeviceKeySubmission['registration'] {
  if (registration === undefined) return undefined
  const [attestationObject, clientDataJson] = [parseBase64url(registration.attestationObject), parseBase64url(registration.clientDataJson)]
  if (!attestationObject.ok || !clientDataJson.ok) return undefined
  return { attestationObject: attestationObject.value, clientDataJson: clientDataJson.value }
}

/** The text of a registration in the digest by which a repetition is known: base64url holds no line feed. */
export function describeRegistration(registration: PasskeyRegistration | undefined): string {
  return registration === undefined ? '\n' : `${registration.attestationObject}\n${registration.clientDataJson}`
}
