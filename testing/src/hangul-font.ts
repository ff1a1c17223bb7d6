import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { inflateSync } from 'node:zlib'

const files = [
  'nanum-gothic-korean-400-normal',
  'nanum-gothic-korean-700-normal',
  'nanum-gothic-latin-400-normal',
  'nanum-gothic-latin-700-normal',
]

/** A folder with Nanum Gothic as TrueType, so that pages without a web font show Hangul in a browser on a machine without fonts. */
export function hangulFontFolder(cache: string): string {
  const folder = join(cache, 'nanum-gothic')
  mkdirSync(folder, { recursive: true })
  const source = join(dirname(createRequire(import.meta.url).resolve('@fontsource/nanum-gothic/package.json')), 'files')
  for (const name of files) {
    const target = join(folder, `${name}.ttf`)
    if (existsSync(target)) continue
    const written = `${target}.${process.pid}`
    writeFileSync(written, woffToSfnt(readFileSync(join(source, `${name}.woff`))))
    renameSync(written, target)
  }
  return folder
}

type Table = { readonly tag: Buffer; readonly checksum: number; readonly bytes: Buffer }

/** WOFF 1.0 (W3C, 2012) is an sfnt whose tables are deflated one by one; this puts them back. */
function woffToSfnt(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('the font is not WOFF 1.0')
  const count = woff.readUInt16BE(12)
  const tables = Array.from({ length: count }, (_, index) => readTable(woff, 44 + index * 20))
  const header = Buffer.alloc(12 + count * 16)
  const power = 2 ** Math.floor(Math.log2(count))
  header.writeUInt32BE(woff.readUInt32BE(4), 0)
  header.writeUInt16BE(count, 4)
  header.writeUInt16BE(power * 16, 6)
  header.writeUInt16BE(Math.log2(power), 8)
  header.writeUInt16BE(count * 16 - power * 16, 10)
  let offset = header.length
  const bodies: Buffer[] = []
  for (const [index, { tag, checksum, bytes }] of tables.entries()) {
    const place = 12 + index * 16
    tag.copy(header, place)
    header.writeUInt32BE(checksum, place + 4)
    header.writeUInt32BE(offset, place + 8)
    header.writeUInt32BE(bytes.length, place + 12)
    const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
    bodies.push(padded)
    offset += padded.length
  }
  return Buffer.concat([header, ...bodies])
}

function readTable(woff: Buffer, entry: number): Table {
  const offset = woff.readUInt32BE(entry + 4)
  const compressedLength = woff.readUInt32BE(entry + 8)
  const length = woff.readUInt32BE(entry + 12)
  const stored = woff.subarray(offset, offset + compressedLength)
  return {
    tag: woff.subarray(entry, entry + 4),
    checksum: woff.readUInt32BE(entry + 16),
    bytes: compressedLength === length ? stored : inflateSync(stored),
  }
}
