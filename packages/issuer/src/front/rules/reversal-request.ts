import { parseOriginalDataElements, type IsoFields } from '@symbolon/formats/iso8583'
import { parseMoney, type ExchangeKey } from './authorization-request.ts'

/** A 0420 or 0421 of link: which exchange it means, and the money it says, for the journal. */
export type ReversalRequest = { readonly original: ExchangeKey; readonly amountMinorUnits: bigint; readonly currencyNumeric: string }

/** Parses a reversal: the original by DE 90 and DE 37. Undefined when it cannot mean any exchange. */
export function parseReversalRequest(fields: IsoFields): ReversalRequest | undefined {
  const money = parseMoney(fields)
  const { originalDataElements, retrievalReferenceNumber } = fields
  if (money === undefined || originalDataElements === undefined || retrievalReferenceNumber === undefined) return undefined
  const original = parseOriginalDataElements(originalDataElements)
  if (!original.ok || original.value.messageType !== '0200') return undefined
  const { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId } = original.value
  return { original: { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId, retrievalReferenceNumber }, ...money }
}
