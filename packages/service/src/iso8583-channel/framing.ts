import { maximumMessageBytes } from '@symbolon/formats/iso8583'

/** Two bytes, big-endian, that count the message and not themselves (jPOS NACChannel without header). */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(2 + message.length)
  framed.writeUInt16BE(message.length, 0)
  framed.set(message, 2)
  return framed
}

/** What a segment completes. `broken`: a length of zero or above the limit; the stream cannot be read any further. */
export type Frames = { readonly messages: readonly Uint8Array[]; readonly broken: boolean }

/** Cuts a stream into messages, however TCP splits or joins them. Holds one message at most. */
export function createFrameReader(): (segment: Buffer) => Frames {
  let rest: Buffer = Buffer.alloc(0)
  return (segment) => {
    const bytes = rest.length === 0 ? segment : Buffer.concat([rest, segment])
    const messages: Uint8Array[] = []
    let offset = 0
    while (bytes.length - offset >= 2) {
      const length = bytes.readUInt16BE(offset)
      if (length === 0 || length > maximumMessageBytes) return { messages, broken: true }
      if (bytes.length - offset - 2 < length) break
      messages.push(bytes.subarray(offset + 2, offset + 2 + length))
      offset += 2 + length
    }
    // A copy: the rest must not keep a whole segment alive, nor change with it.
    rest = Buffer.from(bytes.subarray(offset))
    return { messages, broken: false }
  }
}
