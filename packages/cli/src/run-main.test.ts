import { expect, test } from 'vitest'
import { findUnknownOption, suggest } from './run-main.ts'

const args = {
  json: { type: 'boolean', alias: 'j' },
  cards: { type: 'string' },
  name: { type: 'positional' },
} as const

test.each([
  [[], undefined],
  [['--json', '--cards', 'a.csv', 'canaries'], undefined],
  [['-j', '--no-json', '--cards=a.csv'], undefined],
  [['--jsn'], '--jsn'],
  [['--name', 'x'], '--name'],
  [['--json', '--', '--anything'], undefined],
])('%j', (rest, expected) => {
  expect(findUnknownOption(rest, args)).toBe(expected)
})

test('a misspelt command is told the near ones, another all of them', () => {
  expect(suggest('statsu')).toContain('`status`')
  expect(suggest('xyz')).toContain('demo')
})
