/** The fields of a frame on the wire (u8 len(tag) ‖ tag ‖ u8 n ‖ (u16 len ‖ bytes)*), as a listener takes it apart. */
export function readFrameFields(frame: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  let offset = 1 + view.getUint8(0)
  const count = view.getUint8(offset)
  offset += 1
  return Array.from({ length: count }, () => {
    const start = offset + 2
    offset = start + view.getUint16(offset)
    return frame.slice(start, offset)
  })
}
