import { assert, fail, ok, type Result } from '../result.ts'
import type { IsoProblem } from './problem.ts'

/** ISO 8583:1987, DE 90: which message a reversal means. */
export type OriginalDataElements = {
  readonly messageType: string
  readonly systemsTraceAuditNumber: string
  readonly transmissionDateTime: string
  readonly acquiringInstitutionId: string
  readonly forwardingInstitutionId: string
}

const form = /^([0-9]{4})([0-9]{6})([0-9]{10})([0-9]{11})([0-9]{11})$/u

/** Writes the 42 digits; institution ids are filled with zeros on the left, an absent one is all zeros. */
export function encodeOriginalDataElements(
  original: Omit<OriginalDataElements, 'forwardingInstitutionId'> & { readonly forwardingInstitutionId?: string },
): string {
  const text = [
    original.messageType,
    original.systemsTraceAuditNumber,
    original.transmissionDateTime,
    original.acquiringInstitutionId.padStart(11, '0'),
    (original.forwardingInstitutionId ?? '').padStart(11, '0'),
  ].join('')
  assert(form.test(text), 'the original data elements are 42 digits')
  return text
}

/** Reads the 42 digits; the institution ids keep their leading zeros. */
export function parseOriginalDataElements(text: string): Result<OriginalDataElements, IsoProblem> {
  const match = form.exec(text)
  if (match === null) return fail({ code: 'ISO8583_MALFORMED', field: 90, reason: 'wrong-length' })
  const [, messageType = '', systemsTraceAuditNumber = '', transmissionDateTime = '', acquiring = '', forwarding = ''] = match
  return ok({
    messageType,
    systemsTraceAuditNumber,
    transmissionDateTime,
    acquiringInstitutionId: acquiring,
    forwardingInstitutionId: forwarding,
  })
}
