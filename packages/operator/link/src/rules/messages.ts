import { purchaseProcessingCode } from '@symbolon/contracts/issuer-link'
import { encodeOriginalDataElements, type IsoFields, type IsoMessage } from '@symbolon/formats/iso8583'
import { currencies } from '@symbolon/formats/money'
import type { SentAuthorization } from './authorization.ts'

// DE 25: electronic commerce; the card is not present.
const posConditionCode = '59'
// DE 12 and 13 are the acceptor's own time: the acquirer stands in Korea, which has no summer time.
const localOffsetMs = 9 * 3_600_000

/** A reversal that is owed; `systemsTraceAuditNumber` is its own. */
export type Reversal = {
  readonly original: SentAuthorization
  readonly systemsTraceAuditNumber: string
  readonly transmissionDateTime: string
}

/** DE 7: MMDDhhmmss in UTC. */
export function formatTransmissionDateTime(nowMs: number): string {
  return new Date(nowMs)
    .toISOString()
    .replace(/[^0-9]/gu, '')
    .slice(4, 14)
}

/** 0200 to a front: no DE 2, 14 or 35, because the operator has no card; DE 48 names the token and carries what was signed. */
export function buildAuthorizationMessage(
  authorization: SentAuthorization,
  details: { readonly merchantType: string; readonly merchantName: string; readonly authorizationData: Uint8Array; readonly nowMs: number },
): IsoMessage {
  const local = new Date(details.nowMs + localOffsetMs).toISOString().replace(/[^0-9]/gu, '')
  return {
    messageType: '0200',
    fields: {
      ...commonFields(authorization),
      transmissionDateTime: authorization.trace.transmissionDateTime,
      systemsTraceAuditNumber: authorization.trace.systemsTraceAuditNumber,
      localTransactionTime: local.slice(8, 14),
      localTransactionDate: local.slice(4, 8),
      merchantType: details.merchantType,
      cardAcceptorNameLocation: details.merchantName,
      additionalData: details.authorizationData,
    },
  }
}

/** 0420, and 0421 for every further attempt: the same message but for its type. */
export function buildReversalMessage(reversal: Reversal, isRepeat: boolean): IsoMessage {
  const { original } = reversal
  return {
    messageType: isRepeat ? '0421' : '0420',
    fields: {
      ...commonFields(original),
      transmissionDateTime: reversal.transmissionDateTime,
      systemsTraceAuditNumber: reversal.systemsTraceAuditNumber,
      originalDataElements: encodeOriginalDataElements({
        messageType: '0200',
        systemsTraceAuditNumber: original.trace.systemsTraceAuditNumber,
        transmissionDateTime: original.trace.transmissionDateTime,
        acquiringInstitutionId: original.trace.acquiringInstitutionId,
      }),
    },
  }
}

function commonFields({ amount, currency, posEntryMode, cardAcceptorId, trace }: SentAuthorization): IsoFields {
  return {
    processingCode: purchaseProcessingCode,
    transactionAmount: amount.toString().padStart(12, '0'),
    posEntryMode,
    posConditionCode,
    acquiringInstitutionId: trace.acquiringInstitutionId,
    retrievalReferenceNumber: trace.retrievalReferenceNumber,
    cardAcceptorTerminalId: trace.cardAcceptorTerminalId,
    cardAcceptorId,
    transactionCurrencyCode: currencies[currency].numeric,
  }
}
