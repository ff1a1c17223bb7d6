/** One direction of a TCP connection that carries `segments`, as a capture file (libpcap, raw IPv4) that any network tool opens. */
export function writePcap(port: number, segments: readonly Uint8Array[]): Uint8Array {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(65_535, 16)
  header.writeUInt32LE(101, 20) // LINKTYPE_RAW: packets begin with their IP header.
  let sequence = 1
  const records = segments.map((payload, index) => {
    const packet = writePacket(port, sequence, payload)
    sequence += payload.length
    const record = Buffer.alloc(16)
    record.writeUInt32LE(1_795_500_000 + index, 0)
    record.writeUInt32LE(packet.length, 8)
    record.writeUInt32LE(packet.length, 12)
    return Buffer.concat([record, packet])
  })
  return Buffer.concat([header, ...records])
}

function writePacket(port: number, sequence: number, payload: Uint8Array): Buffer {
  const ip = Buffer.alloc(20)
  ip[0] = 0x45
  ip.writeUInt16BE(40 + payload.length, 2)
  ip[8] = 64
  ip[9] = 6
  ip.set([127, 0, 0, 1, 127, 0, 0, 1], 12)
  ip.writeUInt16BE(checksum(ip), 10)
  const tcp = Buffer.alloc(20)
  tcp.writeUInt16BE(40_000, 0)
  tcp.writeUInt16BE(port, 2)
  tcp.writeUInt32BE(sequence, 4)
  tcp[12] = 0x50
  tcp[13] = 0x18
  tcp.writeUInt16BE(65_535, 14)
  return Buffer.concat([ip, tcp, payload])
}

function checksum(bytes: Buffer): number {
  let sum = 0
  for (let offset = 0; offset < bytes.length; offset += 2) sum += bytes.readUInt16BE(offset)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  return ~sum & 0xffff
}
