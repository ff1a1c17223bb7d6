import { parseOriginalDataElements, type IsoFields } from '@symbolon/formats/iso8583'
import { currencyByNumericCode, type Currency } from '@symbolon/formats/money'

/** By which a host knows a message again (ISO 8583:1987, DE 7, 11, 32, 37). */
export type HostKey = {
  readonly transmissionDateTime: string
  readonly systemsTraceAuditNumber: string
  readonly acquiringInstitutionId: string
  readonly retrievalReferenceNumber: string
}
export type HostMoney = { readonly amountMinorUnits: bigint; readonly currency: Currency }
export type HostRequest = HostMoney & {
  readonly key: HostKey
  readonly pan: string
  readonly expiry: string
  readonly processingCode: string
}
export type HostReversal = HostMoney & { readonly original: HostKey }

/** Parses an ordinary authorization request; undefined when an element is missing or cannot be. */
export function parseHostRequest(fields: IsoFields): HostRequest | undefined {
  const { primaryAccountNumber: pan, expirationDate: expiry, processingCode } = fields
  const { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId = '', retrievalReferenceNumber } = fields
  const money = parseHostMoney(fields)
  if (pan === undefined || expiry === undefined || processingCode === undefined || money === undefined) return undefined
  if (transmissionDateTime === undefined || systemsTraceAuditNumber === undefined || retrievalReferenceNumber === undefined)
    return undefined
  if (!/^[0-9]{2}(0[1-9]|1[0-2])$/u.test(expiry)) return undefined
  const institution = acquiringInstitutionId.padStart(11, '0')
  const key = { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId: institution, retrievalReferenceNumber }
  return { ...money, key, pan, expiry, processingCode }
}

/** Parses a reversal: the original by DE 90 and DE 37. */
export function parseHostReversal(fields: IsoFields): HostReversal | undefined {
  const money = parseHostMoney(fields)
  const { originalDataElements, retrievalReferenceNumber } = fields
  if (money === undefined || originalDataElements === undefined || retrievalReferenceNumber === undefined) return undefined
  const original = parseOriginalDataElements(originalDataElements)
  if (!original.ok) return undefined
  const { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId } = original.value
  return { ...money, original: { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId, retrievalReferenceNumber } }
}

function parseHostMoney({ transactionAmount, transactionCurrencyCode }: IsoFields): HostMoney | undefined {
  const currency = transactionCurrencyCode === undefined ? undefined : currencyByNumericCode(transactionCurrencyCode)
  if (transactionAmount === undefined || currency === undefined || BigInt(transactionAmount) === 0n) return undefined
  return { amountMinorUnits: BigInt(transactionAmount), currency }
}
