import { array, assert, boolean, constantFrom, property, record, stringMatching, uint8Array, type Arbitrary } from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '../bytes.ts'
import { formatsInOrder, type NamedFormat } from './fields.ts'
import {
  createAnswer,
  encodeMessage,
  encodeOriginalDataElements,
  maximumMessageBytes,
  parseMessage,
  parseOriginalDataElements,
  readMessage,
  responseTypeOf,
  type IsoDialect,
  type IsoFields,
  type IsoMessage,
} from './index.ts'

const dialects = ['ascii', 'bcd'] as const
type Vector = { name: string; dialect: IsoDialect; messageType: string; fields: Record<string, string>; hex: string }
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file
const vectors = JSON.parse(readFileSync(new URL('../../../../testing/vectors/iso8583/messages.json', import.meta.url), 'utf8')) as Vector[]
const binary = new Set(formatsInOrder.filter(({ content }) => content === 'b' || content === 'ansb').map(({ name }) => String(name)))

function fieldsOf(written: Record<string, string>): IsoFields {
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, binary.has(name) ? hexToBytes(value) : value]))
}

describe('ISO 8583:1987 vectors', () => {
  it.each(vectors)('$name ($dialect)', ({ dialect, messageType, fields, hex }) => {
    const message: IsoMessage = { messageType, fields: fieldsOf(fields) }
    const encoded = encodeMessage(dialect, message)
    expect(encoded.ok && bytesToHex(encoded.value)).toBe(hex)
    expect(parseMessage(dialect, hexToBytes(hex))).toEqual({ ok: true, value: message })
  })

  it('has the bitmap and the length of the authorization in the design', () => {
    const vector = vectors.find(({ name }) => name === 'authorization request')
    expect(hexToBytes(vector?.hex ?? '')).toHaveLength(236)
    expect(new TextDecoder().decode(hexToBytes(vector?.hex ?? '').subarray(4, 20))).toBe('723C448128E08200')
  })
})

describe('DE 90', () => {
  const text = '010012345609111314110000042393500000000000'
  const original = {
    messageType: '0100',
    systemsTraceAuditNumber: '123456',
    transmissionDateTime: '0911131411',
    acquiringInstitutionId: '00000423935',
    forwardingInstitutionId: '00000000000',
  }
  it('is written and read', () => {
    expect(encodeOriginalDataElements({ ...original, acquiringInstitutionId: '423935' })).toBe(text)
    expect(parseOriginalDataElements(text)).toEqual({ ok: true, value: original })
  })
  it.each(['', text.slice(1), `${text}0`, text.replace('0100', '01x0')])('refuses %j', (wrong) => {
    expect(parseOriginalDataElements(wrong)).toMatchObject({ ok: false, problem: { field: 90 } })
  })
  it('does not write what does not fit', () => {
    expect(() => encodeOriginalDataElements({ ...original, acquiringInstitutionId: '123456789012' })).toThrow('42 digits')
  })
})

const echoed = { messageType: '0800', fields: { systemsTraceAuditNumber: '000001', networkManagementInformationCode: '301' } } as const
const plain: IsoMessage = {
  messageType: '0210',
  fields: { systemsTraceAuditNumber: '000001', acquiringInstitutionId: '123', responseCode: '00' },
}

function written(dialect: IsoDialect, message: IsoMessage): Uint8Array {
  const encoded = encodeMessage(dialect, message)
  if (!encoded.ok) throw new Error('the test message cannot be written')
  return encoded.value
}

function edited(dialect: IsoDialect, message: IsoMessage, offset: number, ...bytes: readonly number[]): Uint8Array {
  const copy = written(dialect, message)
  copy.set(bytes, offset)
  return copy
}

describe('malformed messages', () => {
  const ascii = (text: string): Uint8Array => utf8ToBytes(text)
  it.each<[string, IsoDialect, Uint8Array, number | undefined, string]>([
    ['nothing', 'ascii', new Uint8Array(0), 0, 'truncated'],
    ['nothing', 'bcd', new Uint8Array(0), 0, 'truncated'],
    ['half a message type', 'ascii', ascii('02'), 0, 'truncated'],
    ['another version', 'ascii', ascii('1200'), 0, 'message-type'],
    ['letters as message type', 'ascii', ascii('02A0'), 0, 'message-type'],
    ['letters as message type', 'bcd', hexToBytes('02a0'), 0, 'message-type'],
    ['an unknown class', 'bcd', hexToBytes('0900'), 0, 'message-type'],
    ['no bitmap', 'bcd', hexToBytes('0200'), 1, 'truncated'],
    ['lower-case bitmap', 'ascii', ascii('0200a000000000000000'), 1, 'wrong-characters'],
    ['a bitmap that is no hex', 'ascii', ascii('0200G000000000000000'), 1, 'wrong-characters'],
    ['no secondary bitmap', 'ascii', ascii('02008000000000000000'), 1, 'truncated'],
    ['an empty secondary bitmap', 'ascii', ascii(`02008000000000000000${'0'.repeat(16)}`), 1, 'bitmap'],
    ['an empty secondary bitmap', 'bcd', hexToBytes(`02008000000000000000${'0'.repeat(16)}`), 1, 'bitmap'],
    ['a tertiary bitmap', 'bcd', hexToBytes('020080000000000000008000000000000000'), 65, 'unknown-field'],
    ['DE 5', 'ascii', ascii('02000800000000000000000000000001'), 5, 'unknown-field'],
    ['DE 127', 'bcd', hexToBytes('0200800000000000000000000000000000020000'), 127, 'unknown-field'],
    ['letters in DE 11', 'ascii', edited('ascii', plain, 20, 0x41), 11, 'wrong-characters'],
    ['letters in DE 11', 'bcd', edited('bcd', plain, 10, 0xa0), 11, 'wrong-characters'],
    ['a separator in DE 11', 'bcd', edited('bcd', plain, 10, 0xd0), 11, 'wrong-characters'],
    ['DE 32 too long', 'ascii', edited('ascii', plain, 26, 0x31, 0x32), 32, 'wrong-length'],
    ['DE 32 too long', 'bcd', edited('bcd', plain, 13, 0x12), 32, 'wrong-length'],
    ['DE 32 of no length', 'ascii', edited('ascii', plain, 26, 0x30, 0x30), 32, 'wrong-length'],
    ['DE 32 with a length of letters', 'ascii', edited('ascii', plain, 26, 0x30, 0x78), 32, 'wrong-length'],
    ['DE 32 with a length of letters', 'bcd', edited('bcd', plain, 13, 0x0a), 32, 'wrong-length'],
    ['DE 32 padded with F', 'bcd', edited('bcd', plain, 15, 0x3f), 32, 'wrong-characters'],
    ['a control character in DE 39', 'ascii', edited('ascii', plain, 31, 0x00), 39, 'wrong-characters'],
    ['an accent in DE 39', 'bcd', edited('bcd', plain, 16, 0xe9), 39, 'wrong-characters'],
    ['no DE 39', 'ascii', written('ascii', plain).slice(0, -1), 39, 'truncated'],
    ['no DE 39', 'bcd', written('bcd', plain).slice(0, -1), 39, 'truncated'],
    ['one byte behind', 'ascii', concatBytes(written('ascii', plain), Uint8Array.of(0x30)), undefined, 'trailing-bytes'],
    ['one byte behind', 'bcd', concatBytes(written('bcd', plain), Uint8Array.of(0)), undefined, 'trailing-bytes'],
    ['padding of DE 70 not zero', 'bcd', edited('bcd', echoed, written('bcd', echoed).length - 2, 0x13), 70, 'wrong-characters'],
    ['too many bytes', 'ascii', new Uint8Array(maximumMessageBytes + 1), undefined, 'oversized'],
  ])('%s (%s)', (...[, dialect, bytes, field, reason]) => {
    const problem = field === undefined ? { code: 'ISO8583_MALFORMED', reason } : { code: 'ISO8583_MALFORMED', field, reason }
    expect(parseMessage(dialect, bytes)).toEqual({ ok: false, problem })
  })

  it('answers what was read before the problem', () => {
    expect(readMessage('ascii', edited('ascii', plain, 31, 0x00))).toMatchObject({
      messageType: '0210',
      fields: { systemsTraceAuditNumber: '000001', acquiringInstitutionId: '123' },
      problem: { field: 39 },
    })
  })
})

describe('what cannot be written', () => {
  it.each<[string, IsoMessage, object]>([
    ['a message type of another version', { messageType: '1200', fields: {} }, { field: 0, reason: 'message-type' }],
    ['an element too short', { messageType: '0200', fields: { systemsTraceAuditNumber: '1' } }, { field: 11, reason: 'wrong-length' }],
    [
      'an element too long',
      { messageType: '0200', fields: { acquiringInstitutionId: '1'.repeat(12) } },
      { field: 32, reason: 'wrong-length' },
    ],
    ['an empty element', { messageType: '0200', fields: { reservedPrivate60: '' } }, { field: 60, reason: 'wrong-length' }],
    [
      'letters where digits belong',
      { messageType: '0200', fields: { processingCode: '00x000' } },
      { field: 3, reason: 'wrong-characters' },
    ],
    ['Hangul', { messageType: '0200', fields: { cardAcceptorNameLocation: '가'.repeat(40) } }, { field: 43, reason: 'wrong-characters' }],
    ['two separators', { messageType: '0200', fields: { track2Data: '4=1=2' } }, { field: 35, reason: 'wrong-characters' }],
    ['too much', { messageType: '0200', fields: { additionalData: new Uint8Array(1_000) } }, { field: 48, reason: 'wrong-length' }],
  ])('%s', (_name, message, problem) => {
    for (const dialect of dialects) {
      expect(encodeMessage(dialect, message)).toEqual({ ok: false, problem: { code: 'ISO8583_NOT_ENCODABLE', ...problem } })
    }
  })

  it('bytes in DE 48 of the ASCII dialect; the BCD dialect carries them', () => {
    const message: IsoMessage = { messageType: '0200', fields: { additionalData: Uint8Array.of(0xc1, 0x00, 0xff) } }
    expect(encodeMessage('ascii', message)).toMatchObject({ ok: false, problem: { field: 48, reason: 'wrong-characters' } })
    expect(parseMessage('bcd', written('bcd', message))).toEqual({ ok: true, value: message })
  })

  it('an element that is not in the table', () => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a caller without types could pass
    const fields = { pan: '4111111111111111' } as unknown as IsoFields
    expect(encodeMessage('bcd', { messageType: '0200', fields })).toMatchObject({ ok: false, problem: { reason: 'unknown-field' } })
  })
})

function anyValue(format: NamedFormat): Arbitrary<string | Uint8Array> {
  const size = format.size === 'fixed' ? `{${format.length}}` : `{1,${format.length}}`
  const characters = { n: '[0-9]', an: '[0-9A-Za-z ]', ans: '[ -~]', z: '[0-9]', b: '[0]', ansb: '[ -~]' }[format.content]
  const text = stringMatching(new RegExp(`^${characters}${size}$`, 'u'))
  if (format.content === 'ansb') return text.map(utf8ToBytes)
  return format.content === 'b' ? uint8Array({ minLength: format.size === 'fixed' ? format.length : 1, maxLength: format.length }) : text
}

const anyFields: Arbitrary<IsoFields> = record(
  Object.fromEntries<Arbitrary<string | Uint8Array>>(formatsInOrder.map((format) => [format.name, anyValue(format)])),
  { requiredKeys: [] },
)
const anyMessage = record({ messageType: constantFrom('0100', '0200', '0210', '0421', '0430', '0800', '0810'), fields: anyFields })

describe('properties', () => {
  it.each(dialects)('reads back what it writes (%s)', (dialect) => {
    assert(
      property(anyMessage, (message) => {
        const encoded = encodeMessage(dialect, message)
        if (!encoded.ok) expect(encoded.problem.reason).toBe('oversized')
        else expect(parseMessage(dialect, encoded.value)).toEqual({ ok: true, value: message })
      }),
    )
  })

  it.each(dialects)('answers any bytes, and what it accepts has that one encoding (%s)', (dialect) => {
    const start = dialect === 'ascii' ? utf8ToBytes('0200') : hexToBytes('0200')
    const bitmap = array(boolean(), { minLength: 64, maxLength: 64 }).map((bits) =>
      Uint8Array.from({ length: 8 }, (_unused, byte) => bits.slice(byte * 8, byte * 8 + 8).reduce((sum, bit) => sum * 2 + Number(bit), 0)),
    )
    const bytes = record({ bitmap, tail: uint8Array({ maxLength: 200 }), hasStart: boolean() }).map(({ bitmap: bits, tail, hasStart }) =>
      hasStart ? concatBytes(start, dialect === 'ascii' ? utf8ToBytes(bytesToHex(bits).toUpperCase()) : bits, tail) : tail,
    )
    assert(
      property(bytes, (input) => {
        const parsed = parseMessage(dialect, input)
        if (parsed.ok) expect(written(dialect, parsed.value)).toEqual(input)
        else expect(parsed.problem.code).toBe('ISO8583_MALFORMED')
      }),
      { numRuns: 3_000 },
    )
  })

  it.each(dialects)('refuses every message that is cut short (%s)', (dialect) => {
    const vector = vectors.find((each) => each.dialect === dialect && each.name === 'authorization request')
    const bytes = hexToBytes(vector?.hex ?? '')
    for (let size = 0; size < bytes.length; size += 1) expect(parseMessage(dialect, bytes.subarray(0, size)).ok).toBe(false)
  })

  it.each(dialects)('accepts another byte only as another message (%s)', (dialect) => {
    const vector = vectors.find((each) => each.dialect === dialect && each.name === 'authorization request')
    const original = hexToBytes(vector?.hex ?? '')
    for (let index = 0; index < original.length; index += 1) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const bytes = original.slice()
        bytes[index] = (bytes[index] ?? 0) ^ flip
        const parsed = parseMessage(dialect, bytes)
        if (parsed.ok) expect(written(dialect, parsed.value)).toEqual(bytes)
      }
    }
  })
})

describe('message types', () => {
  it.each([
    ['0100', '0110'],
    ['0200', '0210'],
    ['0420', '0430'],
    ['0421', '0430'],
    ['0800', '0810'],
    ['0210', undefined],
    ['0430', undefined],
  ])('%s is answered by %s', (request, response) => expect(responseTypeOf(request)).toBe(response))

  it('answers with what the other side matches on', () => {
    const asked: IsoMessage = {
      messageType: '0200',
      fields: { systemsTraceAuditNumber: '000007', cardAcceptorTerminalId: 'TERM0001', additionalData: Uint8Array.of(65) },
    }
    expect(createAnswer(asked, { responseCode: '00' })).toEqual({
      messageType: '0210',
      fields: { systemsTraceAuditNumber: '000007', cardAcceptorTerminalId: 'TERM0001', responseCode: '00' },
    })
    expect(createAnswer({ messageType: '0210', fields: {} }, {})).toBeUndefined()
  })
})
