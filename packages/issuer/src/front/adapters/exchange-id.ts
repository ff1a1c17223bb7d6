import { createHash } from 'node:crypto'
import type { ExchangeKey } from '../rules/authorization-request.ts'

/** SHA-256 of the four elements. Their lengths are fixed (10, 6, 11, 12 characters), so the joined text has one reading. */
export function deriveExchangeId(key: ExchangeKey): Uint8Array {
  const { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId, retrievalReferenceNumber } = key
  const text = transmissionDateTime + systemsTraceAuditNumber + acquiringInstitutionId + retrievalReferenceNumber
  return new Uint8Array(createHash('sha256').update(text).digest())
}
