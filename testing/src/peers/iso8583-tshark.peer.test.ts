import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8ToBytes } from '@symbolon/formats/bytes'
import { encodeMessage, type IsoMessage } from '@symbolon/formats/iso8583'
import { describe, expect, it } from 'vitest'
import { messageVectors, toMessage, valuesByNumber } from './message-vectors.ts'
import { writePcap } from './pcap.ts'
import { findTsharkProblem, isPeerReady } from './peer-tools.ts'

const port = 8421

// DE 55 is left out: tshark takes it for text.
const messages: readonly IsoMessage[] = messageVectors
  .filter(({ dialect, fields }) => dialect === 'ascii' && fields['iccData'] === undefined)
  .map(toMessage)

function frame(message: IsoMessage): Uint8Array {
  const encoded = encodeMessage('ascii', message)
  if (!encoded.ok) throw new Error('the message can be written')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(encoded.value.length)
  return Buffer.concat([length, encoded.value])
}

/** The type and the elements of each message as tshark sees them. */
function dissect(segments: readonly Uint8Array[]): readonly { readonly type: string; readonly values: Readonly<Record<number, string>> }[] {
  const folder = mkdtempSync(join(tmpdir(), 'tshark-'))
  try {
    const file = join(folder, 'messages.pcap')
    writeFileSync(file, writePcap(port, segments))
    const columns = ['iso8583.mti', ...Array.from({ length: 128 }, (_unused, index) => `iso8583.bit${index + 1}`), 'iso8583.MALFORMED']
    const options = [
      '-d',
      `tcp.port==${port},iso8583`,
      '-o',
      'iso8583.len_endian:Big endian',
      '-T',
      'fields',
      '-E',
      'separator=|',
      '-E',
      'quote=n',
    ]
    const { status, stdout } = spawnSync('tshark', ['-r', file, ...options, ...columns.flatMap((column) => ['-e', column])], {
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [type = '', ...values] = line.split('|')
        return { type, values: Object.fromEntries(values.flatMap((value, index) => (value === '' ? [] : [[index + 1, value]]))) }
      })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe.skipIf(!isPeerReady('tshark', findTsharkProblem()))('tshark reads our ASCII dialect', () => {
  it('type by type and element by element', () => {
    const seen = dissect(messages.map(frame))
    expect(seen).toHaveLength(messages.length)
    seen.forEach(({ type, values }, index) => {
      const message = messages[index]
      if (message === undefined) throw new Error('one answer for each message')
      expect(type).toBe(message.messageType)
      const expected = Object.entries(valuesByNumber(message)).map(([number, hex]) => {
        const isBinary = ['52', '64', '128'].includes(number)
        return [number, isBinary ? hex : Buffer.from(hex, 'hex').toString('latin1')]
      })
      expect(values).toEqual(Object.fromEntries(expected))
    })
  })

  it('with the largest DE 48 of a payment', () => {
    const [first] = messages.filter(({ messageType }) => messageType === '0200')
    const message: IsoMessage = { messageType: '0200', fields: { ...first?.fields, additionalData: utf8ToBytes('A'.repeat(908)) } }
    expect(dissect([frame(message)])[0]?.values[48]).toBe('A'.repeat(908))
  })

  it('and calls a damaged message malformed, so that it can fail', () => {
    const [first] = messages
    if (first === undefined) throw new Error('there are messages')
    const damaged = Buffer.from(frame(first))
    damaged.write('FFFF', 6)
    const [seen] = dissect([damaged])
    expect(seen?.values[129] !== undefined || seen?.values[11] !== first.fields.systemsTraceAuditNumber).toBe(true)
  })
})
