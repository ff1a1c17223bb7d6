import { describe, expect, test } from 'vitest'
import { csvLimits, parseCsv } from './csv.ts'

describe('lines of a list', () => {
  test('are numbered as an editor shows them, past header, comments and empty lines', () => {
    expect(parseCsv('\uFEFFpan,expiry\r\n\r\n# mine\r\n1, 2 ,3\r\n', 'pan')).toEqual({
      lines: [{ number: 4, fields: ['1', '2', '3'] }],
      bad: [],
    })
  })
  test.each([
    ['a,b', ['a', 'b']],
    ['"a, b",c', ['a, b', 'c']],
    ['"say ""yes""", c', ['say "yes"', 'c']],
    ['a,', ['a', '']],
    [',', ['', '']],
    ['서울, 중구', ['서울', '중구']],
  ])('%s', (line, fields) => expect(parseCsv(line, 'pan').lines).toEqual([{ number: 1, fields }]))
  test.each(['"a', 'a"b,c', '"a"b,c'])('%s is bad and does not stop the next', (line) => {
    expect(parseCsv(`${line}\nx`, 'pan')).toEqual({
      lines: [{ number: 2, fields: ['x'] }],
      bad: [{ line: 1, reason: 'a quotation mark is out of place' }],
    })
  })
  test('have limits', () => {
    const long = parseCsv(`${'x'.repeat(csvLimits.lineCharacters + 1)}\ny`, 'pan')
    expect([long.bad[0]?.line, long.lines.length]).toEqual([1, 1])
    const many = parseCsv('x\n'.repeat(csvLimits.lines + 50), 'pan')
    expect([many.lines.length, many.bad.length, many.bad[0]?.line]).toEqual([csvLimits.lines, 1, csvLimits.lines + 1])
    expect(many.bad[0]?.reason).toContain('left out')
  })
})
