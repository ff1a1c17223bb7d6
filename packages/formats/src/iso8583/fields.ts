/**
 * What a data element holds. `n` digits · `an` letters, digits and the padding space · `ans` printable ASCII · `z` track 2 digits and
 * separator · `b` bytes · `ansb` printable ASCII in the ASCII dialect, any bytes in the BCD dialect.
 */
export type FieldContent = 'n' | 'an' | 'ans' | 'z' | 'b' | 'ansb'

/** `length` is exact for a fixed element, the maximum for LL and LLL; it counts digits, characters or bytes as the content says. */
export type FieldFormat = {
  readonly number: number
  readonly content: FieldContent
  readonly size: 'fixed' | 'LL' | 'LLL'
  readonly length: number
  /** Digits written as characters in the BCD dialect too, as jPOS ISO87BPackager has it. */
  readonly isCharacters?: true
}

/** ISO 8583:1987, clause 4.3: every data element that is carried, its name and number once. Anything else is refused. */
export const fieldFormats = {
  primaryAccountNumber: { number: 2, content: 'n', size: 'LL', length: 19 },
  processingCode: { number: 3, content: 'n', size: 'fixed', length: 6 },
  transactionAmount: { number: 4, content: 'n', size: 'fixed', length: 12 },
  transmissionDateTime: { number: 7, content: 'n', size: 'fixed', length: 10 },
  systemsTraceAuditNumber: { number: 11, content: 'n', size: 'fixed', length: 6 },
  localTransactionTime: { number: 12, content: 'n', size: 'fixed', length: 6 },
  localTransactionDate: { number: 13, content: 'n', size: 'fixed', length: 4 },
  expirationDate: { number: 14, content: 'n', size: 'fixed', length: 4 },
  merchantType: { number: 18, content: 'n', size: 'fixed', length: 4 },
  posEntryMode: { number: 22, content: 'n', size: 'fixed', length: 3 },
  cardSequenceNumber: { number: 23, content: 'n', size: 'fixed', length: 3 },
  posConditionCode: { number: 25, content: 'n', size: 'fixed', length: 2 },
  acquiringInstitutionId: { number: 32, content: 'n', size: 'LL', length: 11 },
  forwardingInstitutionId: { number: 33, content: 'n', size: 'LL', length: 11 },
  track2Data: { number: 35, content: 'z', size: 'LL', length: 37 },
  retrievalReferenceNumber: { number: 37, content: 'an', size: 'fixed', length: 12 },
  authorizationIdResponse: { number: 38, content: 'an', size: 'fixed', length: 6 },
  responseCode: { number: 39, content: 'an', size: 'fixed', length: 2 },
  cardAcceptorTerminalId: { number: 41, content: 'ans', size: 'fixed', length: 8 },
  cardAcceptorId: { number: 42, content: 'ans', size: 'fixed', length: 15 },
  cardAcceptorNameLocation: { number: 43, content: 'ans', size: 'fixed', length: 40 },
  additionalData: { number: 48, content: 'ansb', size: 'LLL', length: 999 },
  transactionCurrencyCode: { number: 49, content: 'n', size: 'fixed', length: 3, isCharacters: true },
  pinData: { number: 52, content: 'b', size: 'fixed', length: 8 },
  iccData: { number: 55, content: 'b', size: 'LLL', length: 255 },
  reservedIso56: { number: 56, content: 'ans', size: 'LLL', length: 999 },
  reservedPrivate60: { number: 60, content: 'ans', size: 'LLL', length: 999 },
  reservedPrivate61: { number: 61, content: 'ans', size: 'LLL', length: 999 },
  reservedPrivate62: { number: 62, content: 'ans', size: 'LLL', length: 999 },
  reservedPrivate63: { number: 63, content: 'ans', size: 'LLL', length: 999 },
  primaryMessageAuthenticationCode: { number: 64, content: 'b', size: 'fixed', length: 8 },
  extendedPaymentCode: { number: 67, content: 'n', size: 'fixed', length: 2 },
  networkManagementInformationCode: { number: 70, content: 'n', size: 'fixed', length: 3 },
  originalDataElements: { number: 90, content: 'n', size: 'fixed', length: 42 },
  fileUpdateCode: { number: 91, content: 'an', size: 'fixed', length: 1 },
  replacementAmounts: { number: 95, content: 'an', size: 'fixed', length: 42 },
  fileName: { number: 101, content: 'ans', size: 'LL', length: 17 },
  messageAuthenticationCode: { number: 128, content: 'b', size: 'fixed', length: 8 },
} as const satisfies Record<string, FieldFormat>

export type IsoFieldName = keyof typeof fieldFormats
type Value<Name extends IsoFieldName> = (typeof fieldFormats)[Name]['content'] extends 'b' | 'ansb' ? Uint8Array : string

/** Values by name: text for `n`, `an`, `ans`, `z`; bytes for the rest. A fixed element has exactly its length, padding included. */
export type IsoFields = { readonly [Name in IsoFieldName]?: Value<Name> | undefined }

/** `messageType` is the four digits of the MTI: '0200'. */
export type IsoMessage = { readonly messageType: string; readonly fields: IsoFields }

export type NamedFormat = FieldFormat & { readonly name: IsoFieldName }

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant table
const names = Object.keys(fieldFormats) as IsoFieldName[]

/** In the order of the wire. */
export const formatsInOrder: readonly NamedFormat[] = names
  .map((name): NamedFormat => ({ name, ...fieldFormats[name] }))
  .toSorted((left, right) => left.number - right.number)

export const formatByNumber: ReadonlyMap<number, NamedFormat> = new Map(formatsInOrder.map((format) => [format.number, format]))
