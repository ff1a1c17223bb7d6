import { fail, type Result } from '@symbolon/formats/result'
import { nobleGroup } from './group/noble.ts'
import { frames, type GrantFields } from './messages.ts'
import type { CustodyProblem } from './problem.ts'

/** The bytes of a grant: what the issuer signs with its certificate key (Ed25519). */
export function encodeGrant(grant: GrantFields): Uint8Array {
  return frames.grant.encode(grant)
}

/** Reads a grant that this issuer's certificate key signed. Whether issuer and wallet are the expected ones is the caller's check. */
export function verifyGrant(input: {
  readonly grant: Uint8Array
  readonly signature: Uint8Array
  readonly certificateKey: Uint8Array
}): Result<GrantFields, CustodyProblem> {
  if (!nobleGroup.verify(input.signature, input.grant, input.certificateKey)) return fail({ code: 'CUSTODY_SIGNATURE_INVALID' })
  return frames.grant.parse(input.grant)
}
