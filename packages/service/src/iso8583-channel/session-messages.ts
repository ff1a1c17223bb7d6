import { createAnswer, type IsoMessage } from '@symbolon/formats/iso8583'

/** DE 70 of 0800. */
export const signOn = '001'
export const signOff = '002'
export const echo = '301'

export function networkManagementRequest(code: string, traceNumber: number, now: Date): IsoMessage {
  return {
    messageType: '0800',
    fields: {
      transmissionDateTime: now
        .toISOString()
        .replace(/[^0-9]/gu, '')
        .slice(4, 14),
      systemsTraceAuditNumber: String(traceNumber).padStart(6, '0'),
      networkManagementInformationCode: code,
    },
  }
}

/** Either side answers the other's 0800: known codes with 00, others with 12. Undefined for any other message. */
export function answerNetworkManagement(message: IsoMessage): IsoMessage | undefined {
  if (!message.messageType.startsWith('08')) return undefined
  const isKnown = [signOn, signOff, echo].includes(message.fields.networkManagementInformationCode ?? '')
  return createAnswer(message, { responseCode: isKnown ? '00' : '12' })
}

/** Message class, DE 41, DE 11: an answer has the same as its request (jPOS QMUX default, with the class). */
export function matchingKey(message: IsoMessage): string {
  const { cardAcceptorTerminalId = '', systemsTraceAuditNumber = '' } = message.fields
  return `${message.messageType.charAt(1)}:${cardAcceptorTerminalId}:${systemsTraceAuditNumber}`
}
