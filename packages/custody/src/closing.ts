import { concatBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { nobleGroup } from './group/noble.ts'
import { frames, type ClosedFields } from './messages.ts'
import type { CustodyProblem } from './problem.ts'
import type { SignAsVault } from './slot.ts'

const signatureSize = 64

/** frame(closed) ‖ Ed25519 of vk_V: the vault says that it has destroyed its half of the key and every record half of this wallet. */
export function createClosingStatement(signAsVault: SignAsVault, fields: ClosedFields): Uint8Array {
  const frame = frames.closed.encode(fields)
  return concatBytes(frame, signAsVault(frame))
}

/** Believes a closing statement only if the vault signed it for this wallet. It never expires: a wallet that is closed stays closed. */
export function verifyClosingStatement(
  statement: Uint8Array,
  expected: { readonly vaultPublicKey: Uint8Array; readonly walletId: Uint8Array },
): Result<ClosedFields, CustodyProblem> {
  const frame = statement.slice(0, Math.max(statement.length - signatureSize, 0))
  if (!nobleGroup.verify(statement.subarray(frame.length), frame, expected.vaultPublicKey)) {
    return fail({ code: 'CUSTODY_SIGNATURE_INVALID' })
  }
  const fields = frames.closed.parse(frame)
  if (!fields.ok) return fields
  return isEqualBytes(fields.value.walletId, expected.walletId) ? ok(fields.value) : fail({ code: 'CUSTODY_MISMATCH' })
}
