/** Why a custody function says no. None of them tells which secret was wrong. */
export type CustodyProblemCode =
  | 'CUSTODY_FRAME_INVALID'
  | 'CUSTODY_SIGNATURE_INVALID'
  | 'CUSTODY_SEAL_INVALID'
  | 'CUSTODY_MISMATCH'
  | 'CUSTODY_EXPIRED'
  | 'CUSTODY_POINT_INVALID'
  | 'CUSTODY_PROOF_INVALID'
  | 'CUSTODY_RECORD_TOO_LONG'
export type CustodyProblem = { readonly code: CustodyProblemCode }
