import { isEqualBytes } from '@symbolon/formats/bytes'

/** A value that is looked for, and whose it is. */
export type Wanted<Owner> = { readonly owner: Owner; readonly value: Uint8Array }
/** A place of bytes that somebody stole, also as what its text says in hexadecimal or base64. */
export type Readings = readonly Uint8Array[]

const keySize = 6
const minimumText = 40

/** All readings of some bytes: raw, without the zeros of two-byte text, and every run of hexadecimal or base64 decoded at each offset. */
export function readingsOf(bytes: Uint8Array): Readings {
  const narrow = bytes.filter((byte) => byte !== 0)
  const texts = [bytes, narrow].map((each) => Buffer.from(each).toString('latin1'))
  return [bytes, narrow, ...texts.flatMap(decodeRuns)]
}

function decodeRuns(text: string): readonly Uint8Array[] {
  const runs = (pattern: string): readonly string[] =>
    [...text.matchAll(new RegExp(`${pattern}{${minimumText},}`, 'gu'))].map(([run]) => run)
  const hex = runs('[0-9a-fA-F]').flatMap((run) => [0, 1].map((skip) => Buffer.from(run.slice(skip), 'hex')))
  const base64 = runs('[A-Za-z0-9_+/-]').flatMap((run) => [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64')))
  return [...hex, ...base64].map((decoded) => new Uint8Array(decoded))
}

/** Whose values lie in the readings, found by their first bytes and then compared whole. */
export function scanFor<Owner>(readings: Readings, wanted: readonly Wanted<Owner>[]): ReadonlySet<Owner> {
  const filter = new Uint8Array(1 << 24)
  const places = new Map<number, number>()
  for (const [place, { value }] of wanted.entries()) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
    filter[bytes.readUIntLE(0, 3)] = 1
    places.set(bytes.readUIntLE(0, keySize), place)
  }
  const found = new Set<Owner>()
  for (const reading of readings) {
    const bytes = Buffer.from(reading.buffer, reading.byteOffset, reading.length)
    for (let offset = 0; offset + keySize <= bytes.length; offset += 1) {
      if (filter[bytes.readUIntLE(offset, 3)] === 0) continue
      const one = wanted[places.get(bytes.readUIntLE(offset, keySize)) ?? -1]
      if (one !== undefined && isEqualBytes(reading.subarray(offset, offset + one.value.length), one.value)) found.add(one.owner)
    }
  }
  return found
}
