import { authorizationDataTags, type AuthorizationDataName } from '@symbolon/contracts/issuer-link'
import { parseBase64, parseUtf8 } from '@symbolon/formats/bytes'
import { parseTlv } from '@symbolon/formats/tlv'

/** What DE 48 carries: the token reference, the message the wallet signed, and both signatures. */
export type AuthorizationData = {
  readonly tokenReferenceId: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly deviceKeyKind: number
  readonly deviceSignature: Uint8Array
}
/** How the TLV bytes stand in DE 48: as they are in the BCD dialect, in base64 in the ASCII dialect. */
export type AuthorizationDataEncoding = 'binary' | 'base64'

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant table
const names = Object.keys(authorizationDataTags) as readonly AuthorizationDataName[]

/** Reads DE 48 strictly: each of the five objects once, in the table's order, in its size, and nothing else. */
export function parseAuthorizationData(element: Uint8Array, encoding: AuthorizationDataEncoding): AuthorizationData | undefined {
  const bytes = encoding === 'binary' ? element : decodeBase64(element)
  const objects = bytes === undefined ? undefined : parseTlv(bytes, { maximumElements: names.length, refuseDuplicates: true })
  if (objects === undefined || !objects.ok || objects.value.length !== names.length) return undefined
  const fits = names.every((name, index) => {
    const { tag, minimumBytes, maximumBytes } = authorizationDataTags[name]
    const object = objects.value[index]
    return object !== undefined && object.tag === tag && object.value.length >= minimumBytes && object.value.length <= maximumBytes
  })
  const [tokenReferenceId, message, signature, deviceKeyKind, deviceSignature] = objects.value.map((object) => object.value)
  if (!fits || !tokenReferenceId || !message || !signature || !deviceKeyKind || !deviceSignature) return undefined
  return { tokenReferenceId, message, signature, deviceKeyKind: deviceKeyKind[0] ?? 0, deviceSignature }
}

function decodeBase64(element: Uint8Array): Uint8Array | undefined {
  const text = parseUtf8(element)
  const bytes = text.ok ? parseBase64(text.value) : undefined
  return bytes?.ok === true ? bytes.value : undefined
}
