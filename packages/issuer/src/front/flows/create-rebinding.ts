import { encodeGrant } from '@symbolon/custody/issuer'
import type { BoundToken } from '../rules/rebind.ts'
import type { EnrolmentDependencies } from './enrolment-dependencies.ts'
import type { Rebinding } from './rebind-store.ts'

/** The grant by which an operator moves a token to its new wallet: its number is higher than that of every grant before. */
export function createRebinding(
  deps: Pick<EnrolmentDependencies, 'issuerId' | 'keys'>,
  token: BoundToken,
  walletId: Uint8Array,
): Rebinding {
  const { tokenReferenceId, network, lastFour, bindingNumber } = token
  const frame = encodeGrant({ issuerId: deps.issuerId, walletId, tokenReferenceId, network, lastFour, grantNumber: bindingNumber + 1 })
  return { bindingNumber: bindingNumber + 1, grant: { tokenReferenceId, frame, signature: deps.keys.certify(frame) } }
}
