import { isEqualBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import type { CustodyProblem } from './problem.ts'

/** How one field of a frame is written and read. `parse` answers undefined for bytes that no encoder produces. */
export interface Field<Value> {
  encode(value: Value): Uint8Array
  parse(bytes: Uint8Array): Value | undefined
}

type Fields = Readonly<Record<string, Field<unknown>>>
export type FieldsOf<Layout> = {
  readonly [Name in keyof Layout]: Layout[Name] extends { parse(bytes: Uint8Array): (infer Value) | undefined } ? Value : never
}

/** One structure of the protocol: a tag and its fields in fixed order. Encoding is injective and decoding is strict. */
export interface Frame<Values> {
  readonly tag: string
  encode(values: Values): Uint8Array
  parse(bytes: Uint8Array): Result<Values, CustodyProblem>
}

const protocol = 'symbolon/v1/'

/** The full ASCII tag of a short name. */
export const tagOf = (name: string): string => `${protocol}${name}`

/** frame(tag; f1..fn) = u8 len(tag) ‖ tag ‖ u8 n ‖ (u16 len ‖ bytes)*. Everything that is signed, MACed or hashed is one of these. */
export function encodeFrame(name: string, fields: readonly Uint8Array[]): Uint8Array {
  const tag = tagBytesOf(name)
  let size = tag.length + 2
  for (const field of fields) {
    if (field.length > 0xffff) throw new RangeError('A frame field is longer than 65535 bytes')
    size += field.length + 2
  }
  const frame = new Uint8Array(size)
  frame[0] = tag.length
  frame.set(tag, 1)
  frame[tag.length + 1] = fields.length
  let offset = tag.length + 2
  for (const field of fields) {
    frame[offset] = field.length >> 8
    frame[offset + 1] = field.length & 0xff
    frame.set(field, offset + 2)
    offset += field.length + 2
  }
  return frame
}

// Names are constants of this package, so there are as many entries as frames.
const tagBytes = new Map<string, Uint8Array>()

function tagBytesOf(name: string): Uint8Array {
  const known = tagBytes.get(name)
  if (known !== undefined) return known
  const made = utf8ToBytes(tagOf(name))
  tagBytes.set(name, made)
  return made
}

/** Reads the fields of a frame with exactly this tag and field count and nothing behind the last field. */
export function parseFrame(name: string, fieldCount: number, bytes: Uint8Array): Result<readonly Uint8Array[], CustodyProblem> {
  const tag = tagBytesOf(name)
  const start = tag.length + 2
  if (bytes[0] !== tag.length || !isEqualBytes(bytes.subarray(1, tag.length + 1), tag) || bytes[start - 1] !== fieldCount)
    return invalidFrame
  const fields: Uint8Array[] = []
  let offset = start
  for (let index = 0; index < fieldCount; index += 1) {
    const [high, low] = bytes.subarray(offset, offset + 2)
    if (high === undefined || low === undefined) return invalidFrame
    const end = offset + 2 + high * 256 + low
    if (end > bytes.length) return invalidFrame
    fields.push(bytes.slice(offset + 2, end))
    offset = end
  }
  return offset === bytes.length ? ok(fields) : invalidFrame
}

/** Binds a tag to its layout. The order of the layout's keys is the order on the wire. */
export function defineFrame<const Layout extends Fields>(name: string, layout: Layout): Frame<FieldsOf<Layout>> {
  // The one cast of names to fields: Object.entries keeps the order of string keys but forgets their types.
  const entries = Object.entries(layout) as readonly (readonly [string, Field<unknown>])[]
  const encode = (values: FieldsOf<Layout>): Uint8Array => {
    const byName = values as Readonly<Record<string, unknown>>
    return encodeFrame(
      name,
      entries.map(([fieldName, field]) => field.encode(byName[fieldName])),
    )
  }
  const parse = (frame: Uint8Array): Result<FieldsOf<Layout>, CustodyProblem> => {
    const fields = parseFrame(name, entries.length, frame)
    if (!fields.ok) return fields
    const values: Record<string, unknown> = {}
    for (const [index, [fieldName, field]] of entries.entries()) {
      const bytes = fields.value[index]
      assert(bytes !== undefined, 'a frame has as many fields as its layout')
      const value = field.parse(bytes)
      if (value === undefined) return invalidFrame
      values[fieldName] = value
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser: every field of the layout was read above
    const parsed = values as FieldsOf<Layout>
    const again = encode(parsed)
    const isCanonical = isEqualBytes(again, frame)
    // A frame may hold a secret, and this copy of it would outlive the parsed one.
    again.fill(0)
    return isCanonical ? ok(parsed) : invalidFrame
  }
  return { tag: tagOf(name), encode, parse }
}

const invalidFrame = fail({ code: 'CUSTODY_FRAME_INVALID' } satisfies CustodyProblem)
