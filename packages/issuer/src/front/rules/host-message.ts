import { encodeOriginalDataElements, type IsoMessage } from '@symbolon/formats/iso8583'
import { passedFields, type PassedFields } from './authorization-request.ts'

/** What a message to the host is made of and what a reversal needs again. No account number: that is opened when a message leaves. */
export type HostFields = {
  readonly processingCode: string
  readonly transactionAmount: string
  readonly transmissionDateTime: string
  readonly systemsTraceAuditNumber: string
  readonly posEntryMode: string
  readonly transactionCurrencyCode: string
  readonly instalmentMonths: number
  readonly passed: PassedFields
}
export type Account = { readonly primaryAccountNumber: string; readonly expiry: string }

/** An ordinary authorization request (ISO 8583:1987, 0200) with the account number and nothing of a wallet. */
export function createHostRequest(host: HostFields, account: Account): IsoMessage {
  return {
    messageType: '0200',
    fields: {
      ...commonFields(host, account),
      expirationDate: account.expiry,
      posEntryMode: host.posEntryMode,
      ...(host.instalmentMonths > 1 ? { extendedPaymentCode: String(host.instalmentMonths).padStart(2, '0') } : {}),
    },
  }
}

/** The reversal of it: 0420, and 0421 for every repeat. */
export function createHostReversal(host: HostFields, account: Account, isRepeat: boolean): IsoMessage {
  return {
    messageType: isRepeat ? '0421' : '0420',
    fields: {
      ...commonFields(host, account),
      originalDataElements: encodeOriginalDataElements({
        messageType: '0200',
        systemsTraceAuditNumber: host.systemsTraceAuditNumber,
        transmissionDateTime: host.transmissionDateTime,
        acquiringInstitutionId: host.passed.acquiringInstitutionId,
      }),
    },
  }
}

function commonFields(host: HostFields, account: Account): IsoMessage['fields'] {
  return {
    primaryAccountNumber: account.primaryAccountNumber,
    processingCode: host.processingCode,
    transactionAmount: host.transactionAmount,
    transmissionDateTime: host.transmissionDateTime,
    systemsTraceAuditNumber: host.systemsTraceAuditNumber,
    ...Object.fromEntries(passedFields.map((name) => [name, host.passed[name]])),
    transactionCurrencyCode: host.transactionCurrencyCode,
  }
}

/** DE 7: MMDDhhmmss in UTC. */
export function transmissionDateTime(now: number): string {
  return new Date(now * 1_000)
    .toISOString()
    .replace(/[^0-9]/gu, '')
    .slice(4, 14)
}
