import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { bytesToHex, utf8ToBytes } from '@symbolon/formats/bytes'
import { encodeMessage, fieldFormats, type IsoDialect, type IsoFields, type IsoMessage } from '@symbolon/formats/iso8583'
import { constantFrom, record, sample, stringMatching, uint8Array, type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageVectors, toMessage, valuesByNumber } from './message-vectors.ts'
import { isPeerReady, jposFolder, prepareJpos } from './peer-tools.ts'

const jpos = prepareJpos()
const dialects = ['ascii', 'bcd'] as const

/** What jPOS says of messages: its own packing of what it unpacked, and the values it saw. */
function askJpos(messages: readonly (readonly [IsoDialect, Uint8Array])[]): readonly string[] {
  const input = messages.map(([dialect, bytes]) => `${dialect} ${bytesToHex(bytes)}\n`).join('')
  const program = join(jposFolder, 'JposCodec.java')
  const { status, stdout } = spawnSync('java', ['-cp', jpos.classPath, program], { input, encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 })
  expect(status).toBe(0)
  return stdout.trimEnd().split('\n')
}

function expected(dialect: IsoDialect, message: IsoMessage): { readonly bytes: Uint8Array; readonly line: string } {
  const encoded = encodeMessage(dialect, message)
  if (!encoded.ok) throw new Error('the message can be written')
  const values = Object.entries(valuesByNumber(message)).map(([number, value]) => ` ${number}=${value.toUpperCase()}`)
  return { bytes: encoded.value, line: `${bytesToHex(encoded.value).toUpperCase()} ${message.messageType}${values.join('')}` }
}

function anyValue(name: keyof typeof fieldFormats, dialect: IsoDialect): Arbitrary<string | Uint8Array> {
  const { content, size, length } = fieldFormats[name]
  const count = size === 'fixed' ? `{${length}}` : `{1,${length}}`
  const bytes = uint8Array({ minLength: size === 'fixed' ? length : 1, maxLength: length })
  const text = (characters: string): Arbitrary<string> => stringMatching(new RegExp(`^${characters}${count}$`, 'u'))
  switch (content) {
    case 'n':
    case 'z':
      return text('[0-9]')
    case 'an':
      return text('[0-9A-Za-z ]')
    case 'ans':
      return text('[ -~]')
    case 'ansb':
      return dialect === 'bcd' ? bytes : text('[ -~]').map(utf8ToBytes)
    case 'b':
      return bytes
  }
}

function anyMessages(dialect: IsoDialect, count: number): readonly IsoMessage[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant table
  const names = Object.keys(fieldFormats) as (keyof typeof fieldFormats)[]
  const fields: Arbitrary<IsoFields> = record(Object.fromEntries(names.map((name) => [name, anyValue(name, dialect)])), {
    requiredKeys: [],
  })
  return sample(record({ messageType: constantFrom('0100', '0200', '0210', '0420', '0421', '0430', '0800', '0810'), fields }), count)
}

describe.skipIf(!isPeerReady('jPOS', jpos.problem))('jPOS reads what we write, and writes it the same', () => {
  it('has every committed vector', () => {
    const answers = askJpos(messageVectors.map(({ dialect, hex }) => [dialect, Buffer.from(hex, 'hex')]))
    expect(answers).toEqual(messageVectors.map((vector) => expected(vector.dialect, toMessage(vector)).line))
  })

  it.each(dialects)('for any message in the %s dialect', (dialect) => {
    const messages = anyMessages(dialect, 300).flatMap((message) => {
      const encoded = encodeMessage(dialect, message)
      return encoded.ok ? [expected(dialect, message)] : []
    })
    expect(messages.length).toBeGreaterThan(250)
    expect(askJpos(messages.map(({ bytes }) => [dialect, bytes]))).toEqual(messages.map(({ line }) => line))
  })
})
