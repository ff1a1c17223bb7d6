import type { FieldFormat } from './fields.ts'

/**
 * `ascii`: everything in characters, bitmaps and fixed binary elements as hex (jPOS ISO87APackager). `bcd`: message type, `n` and `z`
 * two digits to the byte, bitmaps and binary raw, length prefixes BCD (jPOS ISO87BPackager).
 */
export type IsoDialect = 'ascii' | 'bcd'

/** How the value of an element lies on the wire. */
export type Layout =
  | 'characters'
  | 'bytes'
  | 'hex'
  /** Odd counts: a zero nibble in front (fixed elements). */
  | 'digits-left-padded'
  /** Odd counts: a zero nibble behind (elements with a length prefix, track 2 among them). */
  | 'digits-right-padded'

/** The one table of differences between the dialects. jPOS pads elements with LL on the right, all of them. */
export function layoutOf(dialect: IsoDialect, format: FieldFormat): Layout {
  if (format.content === 'ansb') return 'bytes'
  // DE 55 is bytes with a length in both dialects; DE 52, 64 and 128 are hex in ASCII.
  if (format.content === 'b') return dialect === 'ascii' && format.size === 'fixed' ? 'hex' : 'bytes'
  if (dialect === 'ascii' || format.isCharacters === true || format.content === 'an' || format.content === 'ans') return 'characters'
  return format.size === 'fixed' ? 'digits-left-padded' : 'digits-right-padded'
}

/** Bytes of a length prefix. */
export function prefixBytes(dialect: IsoDialect, format: FieldFormat): number {
  if (format.size === 'fixed') return 0
  const digits = format.size === 'LL' ? 2 : 3
  return dialect === 'ascii' ? digits : (digits + 1) >> 1
}

/** Bytes of a value that counts `length` digits, characters or bytes. */
export function valueBytes(layout: Layout, length: number): number {
  switch (layout) {
    case 'characters':
    case 'bytes':
      return length
    case 'hex':
      return length * 2
    case 'digits-left-padded':
    case 'digits-right-padded':
      return (length + 1) >> 1
  }
}
