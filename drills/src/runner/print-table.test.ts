import { expect, test } from 'vitest'
import { printTable, wrap } from './print-table.ts'

test('long texts are wrapped in their columns, and long words are cut', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k'])
  expect(wrap('', 4)).toEqual([''])
})

test('what is not shown is loud', () => {
  const base = { name: 'db-theft', attackerHolds: 'the database', obtained: 'nothing', seconds: 2.5 }
  expect(printTable([{ ...base, result: 'withstood', control: 'broken' }], 120)).toContain('withstood: 1 of 1 drills')
  const text = printTable([{ ...base, result: 'broken', control: 'held', failure: 'control.patch no longer applies' }], 120)
  for (const part of ['BROKEN', 'HELD', 'FAILED db-theft: control.patch no longer applies', 'NOT SHOWN: 0 of 1'])
    expect(text).toContain(part)
})
