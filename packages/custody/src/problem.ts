/** Why a custody function says no. None of them tells which secret was wrong. */
export const custodyProblemCodes = [
  'CUSTODY_FRAME_INVALID',
  'CUSTODY_SIGNATURE_INVALID',
  'CUSTODY_SEAL_INVALID',
  'CUSTODY_MISMATCH',
  'CUSTODY_EXPIRED',
  'CUSTODY_POINT_INVALID',
  'CUSTODY_PROOF_INVALID',
  'CUSTODY_RECORD_TOO_LONG',
] as const
export type CustodyProblemCode = (typeof custodyProblemCodes)[number]
export type CustodyProblem = { readonly code: CustodyProblemCode }
