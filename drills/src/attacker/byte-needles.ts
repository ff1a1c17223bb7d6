import type { Needle } from '../canaries/rules/needles.ts'

/** The ways in which secret bytes may lie in memory, in a file or on a wire: as they are, backwards, in hex, in base64 at three alignments. */
export function createByteNeedles(name: string, value: Uint8Array): readonly Needle[] {
  const bytes = Buffer.from(value)
  const texts = [
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ...[0, 1, 2].flatMap((lead) => {
      const encoded = Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64url')
      // Only the characters that depend on the value alone.
      const core = encoded.slice(lead === 0 ? 0 : lead + 1, Math.floor(((lead + bytes.length) * 8) / 6))
      const plain = core.replaceAll('-', '+').replaceAll('_', '/')
      return [[`base64url+${String(lead)}`, core] as const, ...(plain === core ? [] : [[`base64+${String(lead)}`, plain] as const])]
    }),
  ] as const
  return [
    { name, encoding: 'bytes', bytes: Uint8Array.from(bytes) },
    { name, encoding: 'bytes backwards', bytes: Uint8Array.from(bytes).reverse() },
    ...texts.map(([encoding, text]) => ({ name, encoding, bytes: Uint8Array.from(Buffer.from(text, 'latin1')) })),
  ]
}
