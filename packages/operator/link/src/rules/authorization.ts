import type { AuthorizationAnswer } from '@symbolon/contracts/planes'
import type { Currency, MinorUnits } from '@symbolon/formats/money'

/** By what the issuer knows a message again; a reversal repeats them in DE 37 and DE 90. */
export type Trace = {
  readonly systemsTraceAuditNumber: string
  readonly retrievalReferenceNumber: string
  readonly transmissionDateTime: string
  readonly acquiringInstitutionId: string
  readonly cardAcceptorTerminalId: string
}

export type Approved = { readonly kind: 'approved'; readonly responseCode: string; readonly authorizationIdResponse?: string }
export type Declined = { readonly kind: 'declined'; readonly responseCode: string; readonly reason: string }
/** Not one byte left for the issuer. */
export type Unsent = { readonly kind: 'unsent'; readonly reason: string }
export type Outcome =
  | { readonly kind: 'pending' }
  | Approved
  | Declined
  | Unsent
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'reversed' }

/** What has to outlive the process: enough to reverse, nothing that was signed. */
export type Authorization = {
  readonly paymentId: string
  /** SHA-256 of the whole request, hex: the same payment id with another content is refused. */
  readonly requestHash: string
  readonly issuerId: string
  readonly amount: MinorUnits
  readonly currency: Currency
  readonly cardAcceptorId: string
  readonly posEntryMode: string
  /** Absent when nothing was ever sent. */
  readonly trace?: Trace
  readonly outcome: Outcome
}

/** An authorization whose numbers were drawn, as it is before it leaves. */
export type SentAuthorization = Authorization & { readonly trace: Trace }

/** What edge is told. */
export function toAnswer({ trace, outcome }: Authorization): AuthorizationAnswer {
  return {
    outcome: outcome.kind,
    ...(trace === undefined
      ? {}
      : { systemsTraceAuditNumber: trace.systemsTraceAuditNumber, retrievalReferenceNumber: trace.retrievalReferenceNumber }),
    ...('responseCode' in outcome ? { responseCode: outcome.responseCode } : {}),
    ...('authorizationIdResponse' in outcome ? { authorizationIdResponse: outcome.authorizationIdResponse } : {}),
    ...('reason' in outcome ? { reason: outcome.reason } : {}),
  }
}
