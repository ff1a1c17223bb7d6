import { authorizationDataTags, type AuthorizationDataName } from '@symbolon/contracts/issuer-link'
import type { AuthorizationRequest } from '@symbolon/contracts/planes'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { bytesToBase64, hexToBytes, parseBase64url, utf8ToBytes } from '@symbolon/formats/bytes'
import type { IsoDialect } from '@symbolon/formats/iso8583'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { encodeTlv, type TlvElement } from '@symbolon/formats/tlv'

const maximumBytes = 999

type Part = { readonly name: AuthorizationDataName; readonly bytes: Result<Uint8Array, unknown>; readonly param: string }

/**
 * DE 48 of the 0200: token reference, signed message and both signatures, in the order of their tags; docs/issuer-link.md has the
 * sizes. Raw in the BCD dialect, base64 of the same bytes in the ASCII dialect. A part of the wrong size is refused by name.
 */
export function encodeAuthorizationData(dialect: IsoDialect, request: AuthorizationRequest): Result<Uint8Array, Problem> {
  const elements: TlvElement[] = []
  for (const { name, bytes, param } of partsOf(request)) {
    const { tag, minimumBytes, maximumBytes: most } = authorizationDataTags[name]
    if (!bytes.ok || bytes.value.length < minimumBytes || bytes.value.length > most) return fail(problem('REQUEST_INVALID', { param }))
    elements.push({ tag, value: bytes.value })
  }
  const raw = encodeTlv(elements)
  const data = dialect === 'bcd' ? raw : utf8ToBytes(bytesToBase64(raw))
  return data.length <= maximumBytes ? ok(data) : fail(problem('REQUEST_INVALID', { param: '/signed' }))
}

function partsOf({ tokenReferenceId, signed }: AuthorizationRequest): readonly Part[] {
  return [
    { name: 'tokenReferenceId', bytes: ok(hexToBytes(tokenReferenceId)), param: '/tokenReferenceId' },
    { name: 'signedMessage', bytes: parseBase64url(signed.message), param: '/signed/message' },
    { name: 'jointSignature', bytes: parseBase64url(signed.signature), param: '/signed/signature' },
    { name: 'deviceKeyKind', bytes: ok(Uint8Array.of(signed.deviceKeyKind)), param: '/signed/deviceKeyKind' },
    { name: 'deviceSignature', bytes: parseBase64url(signed.deviceSignature), param: '/signed/deviceSignature' },
  ]
}
