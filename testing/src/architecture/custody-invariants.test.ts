import { describe, expect, it } from 'vitest'
import { readRepository } from './repository.ts'

const numbers = Array.from({ length: 17 }, (_, index) => String(index + 1).padStart(2, '0'))
const tests = readRepository(/\/src\/.*\.test\.ts$/u).filter(
  ({ path }) => !path.endsWith('/custody-invariants.test.ts') || path.includes('/vault/'),
)
const document = readRepository(/\/docs\/custody\.md$/u)[0]?.text ?? ''

/** Numbers that the titles of a test file name: `1.13-07`, or "invariants 1, 2 and 6". */
function numbersIn(text: string): ReadonlySet<string> {
  const titles = [...text.matchAll(/\b(?:it|test|describe)(?:\.\w+(?:\([^)]*\))?)?\(\s*(['`])(.*?)\1/gsu)].map(([, , title = '']) => title)
  const short = titles.flatMap((title) => [...title.matchAll(/1\.13-(\d\d)/gu)].map(([, number = '']) => number))
  const lists = titles.flatMap((title) => [...title.matchAll(/invariants? (\d+(?:(?:, | and )\d+)*)/gu)].map(([, list = '']) => list))
  return new Set([...short, ...lists.flatMap((list) => list.split(/, | and /u).map((number) => number.padStart(2, '0')))])
}

const rows = [...document.matchAll(/^\| 1\.13-(\d\d) \| (.*?) \| (.*?) \|$/gmu)].map(([, number = '', , files = '']) => ({
  number,
  files: [...files.matchAll(/`([^`]+\.test\.ts)`/gu)].map(([, file = '']) => file),
}))

describe('the seventeen invariants of custody (1.13)', () => {
  it('each has its row in docs/custody.md', () => expect(rows.map(({ number }) => number)).toEqual(numbers))
  it.each(rows)('1.13-$number is named by a test of each file in its row', ({ number, files }) => {
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      const found = tests.find(({ path }) => path === file)
      expect(found, file).toBeDefined()
      expect(numbersIn(found?.text ?? ''), file).toContain(number)
    }
  })
  it('a title that names no number counts for none', () => {
    expect([...numbersIn("it('1.13-07 pend')\n// 1.13-08\nit.each(list)('invariants 1, 2 and 13: x')\ntest('13')")]).toEqual([
      '07',
      '01',
      '02',
      '13',
    ])
  })
})
