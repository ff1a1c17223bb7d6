import { currencyByNumericCode } from '@symbolon/formats/money'
import type { IsoFieldName, IsoFields } from '@symbolon/formats/iso8583'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { parseAuthorizationData, type AuthorizationData, type AuthorizationDataEncoding } from './authorization-data.ts'

/** One exchange on the link hop: the four elements by which either side finds it again (ISO 8583:1987, DE 7, 11, 32, 37). */
export type ExchangeKey = {
  readonly transmissionDateTime: string
  readonly systemsTraceAuditNumber: string
  readonly acquiringInstitutionId: string
  readonly retrievalReferenceNumber: string
}

/** What goes on to the host as link said it: nothing of it is a card's or a wallet's. */
export const passedFields = [
  'localTransactionTime',
  'localTransactionDate',
  'merchantType',
  'posConditionCode',
  'acquiringInstitutionId',
  'retrievalReferenceNumber',
  'cardAcceptorTerminalId',
  'cardAcceptorId',
  'cardAcceptorNameLocation',
] as const satisfies readonly IsoFieldName[]
export type PassedFields = { readonly [Name in (typeof passedFields)[number]]: string }

/** A 0200 of link, parsed: every element present and of its form. */
export type AuthorizationRequest = {
  readonly key: ExchangeKey
  readonly processingCode: string
  readonly amountMinorUnits: bigint
  readonly currencyNumeric: string
  readonly posEntryMode: string
  readonly cardAcceptorId: string
  readonly instalmentMonths: number | undefined
  readonly passed: PassedFields
  readonly data: AuthorizationData
}
export type RequestProblem = { readonly kind: 'card-data-present' | 'field-missing' | 'field-invalid' | 'authorization-data-invalid' }

/** Card data has no place between operator and issuer: whoever sends it does something that we must not help with. */
export const forbiddenFields = [
  'primaryAccountNumber',
  'expirationDate',
  'track2Data',
  'pinData',
  'iccData',
] as const satisfies readonly IsoFieldName[]

const requiredFields = [
  'processingCode',
  'transactionAmount',
  'transmissionDateTime',
  'systemsTraceAuditNumber',
  'posEntryMode',
  'additionalData',
  'transactionCurrencyCode',
  ...passedFields,
] as const satisfies readonly IsoFieldName[]

/** Parses an authorization request of link. The codec has checked every element's characters and length. */
export function parseAuthorizationRequest(
  fields: IsoFields,
  encoding: AuthorizationDataEncoding,
): Result<AuthorizationRequest, RequestProblem> {
  if (forbiddenFields.some((name) => fields[name] !== undefined)) return fail({ kind: 'card-data-present' })
  if (requiredFields.some((name) => fields[name] === undefined)) return fail({ kind: 'field-missing' })
  const key = parseExchangeKey(fields)
  const money = parseMoney(fields)
  const instalmentMonths = fields.extendedPaymentCode === undefined ? undefined : Number(fields.extendedPaymentCode)
  if (key === undefined || money === undefined) return fail({ kind: 'field-invalid' })
  const data = parseAuthorizationData(fields.additionalData ?? new Uint8Array(), encoding)
  if (data === undefined) return fail({ kind: 'authorization-data-invalid' })
  return ok({
    key,
    ...money,
    processingCode: fields.processingCode ?? '',
    posEntryMode: fields.posEntryMode ?? '',
    cardAcceptorId: fields.cardAcceptorId ?? '',
    instalmentMonths,
    passed: pickPassed(fields),
    data,
  })
}

/** Amount (DE 4, not zero) and currency (DE 49, one that is carried). */
export function parseMoney(fields: IsoFields): { readonly amountMinorUnits: bigint; readonly currencyNumeric: string } | undefined {
  const { transactionAmount, transactionCurrencyCode: currencyNumeric } = fields
  if (transactionAmount === undefined || currencyNumeric === undefined || currencyByNumericCode(currencyNumeric) === undefined)
    return undefined
  const amountMinorUnits = BigInt(transactionAmount)
  return amountMinorUnits > 0n ? { amountMinorUnits, currencyNumeric } : undefined
}

export function parseExchangeKey(fields: IsoFields): ExchangeKey | undefined {
  const { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId, retrievalReferenceNumber } = fields
  if (transmissionDateTime === undefined || systemsTraceAuditNumber === undefined) return undefined
  if (acquiringInstitutionId === undefined || retrievalReferenceNumber === undefined) return undefined
  // DE 90 writes the institution with leading zeros: the same id must be one key in both messages.
  const institution = acquiringInstitutionId.padStart(11, '0')
  return { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId: institution, retrievalReferenceNumber }
}

function pickPassed(fields: IsoFields): PassedFields {
  const { localTransactionTime = '', localTransactionDate = '', merchantType = '', posConditionCode = '' } = fields
  const { acquiringInstitutionId = '', retrievalReferenceNumber = '', cardAcceptorTerminalId = '' } = fields
  const { cardAcceptorId = '', cardAcceptorNameLocation = '' } = fields
  return {
    localTransactionTime,
    localTransactionDate,
    merchantType,
    posConditionCode,
    acquiringInstitutionId,
    retrievalReferenceNumber,
    cardAcceptorTerminalId,
    cardAcceptorId,
    cardAcceptorNameLocation,
  }
}
