import { suspensionCauseCodes, tokenFile, tokenUpdateCodes, tokenUpdateTags } from '@symbolon/contracts/issuer-link'
import { bytesToBase64, hexToBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import type { IsoDialect, IsoMessage } from '@symbolon/formats/iso8583'
import { encodeTlv } from '@symbolon/formats/tlv'
import type { OwedSuspension } from '../flows/suspension-store.ts'

type Sender = { readonly dialect: IsoDialect; readonly acquiringInstitutionId: string; readonly terminalId: string }

/** 0300, and 0301 for every further attempt: the same message but for its type. */
export function buildTokenUpdate(suspension: OwedSuspension, { dialect, acquiringInstitutionId, terminalId }: Sender): IsoMessage {
  const data = encodeTlv([
    { tag: tokenUpdateTags.tokenReferenceId.tag, value: hexToBytes(suspension.tokenReferenceId) },
    { tag: tokenUpdateTags.walletId.tag, value: hexToBytes(suspension.walletId) },
    { tag: tokenUpdateTags.cause.tag, value: Uint8Array.of(suspensionCauseCodes[suspension.cause]) },
  ])
  return {
    messageType: suspension.attempts > 0 ? '0301' : '0300',
    fields: {
      transmissionDateTime: suspension.transmissionDateTime,
      systemsTraceAuditNumber: suspension.systemsTraceAuditNumber,
      acquiringInstitutionId,
      cardAcceptorTerminalId: terminalId,
      additionalData: dialect === 'bcd' ? data : utf8ToBytes(bytesToBase64(data)),
      fileUpdateCode: tokenFile.updateCode,
      fileName: tokenFile.name,
    },
  }
}

/** Whether an answer ends the asking. A code that is in no table is asked again: the issuer may not have heard. */
export function isFinalTokenAnswer(responseCode: string): boolean {
  return isKnown(responseCode) && tokenUpdateCodes[responseCode].ends
}

function isKnown(code: string): code is keyof typeof tokenUpdateCodes {
  return Object.hasOwn(tokenUpdateCodes, code)
}
