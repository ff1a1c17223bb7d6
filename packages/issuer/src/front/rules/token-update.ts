import { suspensionCauseCodes, suspensionCauses, tokenFile, tokenUpdateTags, type SuspensionCause } from '@symbolon/contracts/issuer-link'
import { parseBase64, parseUtf8 } from '@symbolon/formats/bytes'
import type { IsoFields } from '@symbolon/formats/iso8583'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { parseTlv } from '@symbolon/formats/tlv'
import type { AuthorizationDataEncoding } from './authorization-data.ts'

/** A 0300 or 0301 of link, parsed: a wallet froze, so this token of it must not pay. */
export type TokenUpdate = {
  readonly tokenReferenceId: Uint8Array
  readonly walletId: Uint8Array
  readonly cause: SuspensionCause
}
const tags = [tokenUpdateTags.tokenReferenceId, tokenUpdateTags.walletId, tokenUpdateTags.cause] as const

/** Parses strictly: the one file and update that are known, each object once and in order. */
export function parseTokenUpdate(
  fields: IsoFields,
  encoding: AuthorizationDataEncoding,
): Result<TokenUpdate, { readonly responseCode: '12' | '30' }> {
  if (fields.fileUpdateCode !== tokenFile.updateCode || fields.fileName !== tokenFile.name) return fail({ responseCode: '12' })
  const bytes = decode(fields.additionalData ?? new Uint8Array(), encoding)
  const objects = bytes === undefined ? undefined : parseTlv(bytes, { maximumElements: tags.length, refuseDuplicates: true })
  if (objects === undefined || !objects.ok || objects.value.length !== tags.length) return fail({ responseCode: '30' })
  const fits = tags.every(({ tag, bytes: size }, index) => {
    const object = objects.value[index]
    return object?.tag === tag && object.value.length === size
  })
  const [tokenReferenceId, walletId, code] = objects.value.map((object) => object.value)
  const cause = suspensionCauses.find((each) => suspensionCauseCodes[each] === code?.[0])
  if (!fits || tokenReferenceId === undefined || walletId === undefined || cause === undefined) return fail({ responseCode: '30' })
  return ok({ tokenReferenceId, walletId, cause })
}

function decode(element: Uint8Array, encoding: AuthorizationDataEncoding): Uint8Array | undefined {
  if (encoding === 'binary') return element
  const text = parseUtf8(element)
  const bytes = text.ok ? parseBase64(text.value) : undefined
  return bytes?.ok === true ? bytes.value : undefined
}
