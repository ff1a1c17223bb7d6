import type { IsoFields, IsoMessage } from './fields.ts'

const messageType = /^0[1-8][0-4][0-5]$/u
const request = /^0[1-8][02][0-5]$/u

/** ISO 8583:1987: version 0, class, function, origin. */
export function isMessageType(text: string): boolean {
  return messageType.test(text)
}

/** 0200 → 0210, 0421 → 0430; undefined for what is not a request or an advice. */
export function responseTypeOf(type: string): string | undefined {
  return request.test(type) ? `${type.slice(0, 2)}${Number(type.charAt(2)) + 1}0` : undefined
}

/** The answer to a request: the elements by which the other side finds it again, and those given. Undefined for what is no request. */
export function createAnswer(message: IsoMessage, fields: IsoFields): IsoMessage | undefined {
  const type = responseTypeOf(message.messageType)
  if (type === undefined) return undefined
  const { fields: asked } = message
  return {
    messageType: type,
    fields: {
      processingCode: asked.processingCode,
      transactionAmount: asked.transactionAmount,
      transmissionDateTime: asked.transmissionDateTime,
      systemsTraceAuditNumber: asked.systemsTraceAuditNumber,
      localTransactionTime: asked.localTransactionTime,
      localTransactionDate: asked.localTransactionDate,
      acquiringInstitutionId: asked.acquiringInstitutionId,
      retrievalReferenceNumber: asked.retrievalReferenceNumber,
      cardAcceptorTerminalId: asked.cardAcceptorTerminalId,
      cardAcceptorId: asked.cardAcceptorId,
      transactionCurrencyCode: asked.transactionCurrencyCode,
      networkManagementInformationCode: asked.networkManagementInformationCode,
      ...fields,
    },
  }
}
