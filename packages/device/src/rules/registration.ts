import type { EnrolmentSubmit } from '@symbolon/contracts/issuer-api'
import { bytesToBase64url } from '@symbolon/formats/bytes'
import type { DeviceKeyFacts } from '../ports.ts'

/** What an issuer may judge a passkey by, as it is submitted. */
export function describeRegistration(deviceKey: DeviceKeyFacts | undefined): Pick<EnrolmentSubmit, 'registration'> {
  if (deviceKey?.registration === undefined) return {}
  const { attestationObject, clientDataJson } = deviceKey.registration
  return { registration: { attestationObject: bytesToBase64url(attestationObject), clientDataJson: bytesToBase64url(clientDataJson) } }
}
