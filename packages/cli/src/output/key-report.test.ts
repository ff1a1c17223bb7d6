import { expect, it } from 'vitest'
import { describeKeys, describeVerified, rotationBar } from './key-report.ts'

const rotation = { state: 'resealing', to: 2, done: 50, total: 100, seconds: 3.2, destroyed: [] } as const

it('tells where each generation is and what cannot be read', () => {
  const lines = describeKeys({
    newest: 2,
    signingKeyProtection: 'file',
    stores: [
      { protection: 'pkcs11', generations: [2], isReadable: true },
      { protection: 'file', generations: [], isReadable: false },
    ],
    values: [{ generation: 2, count: 9 }],
    destroyed: [1],
    rotation: { ...rotation, destroyed: [] },
    restore: { name: 'monday', walletsAhead: 3 },
  })
  expect(lines).toContain('Key store 1 (pkcs11): generations 2')
  expect(lines).toContain('Key store 2 (file): CANNOT BE READ')
  expect(lines.join(' ')).toMatch(/Destroyed: 1 .*50 of 100.*monday: 3 wallets/u)
})

it('does not call verified what is not', () => {
  const answer = { isVerified: false, values: 9, generationsMissing: [1], destroyedButPresent: [], oldRow: 'opens' } as const
  expect(describeVerified({ ...answer, generationsMissing: [1], destroyedButPresent: [] })[0]).toBe('✗ NOT VERIFIED')
  expect(describeVerified({ ...answer, generationsMissing: [1], destroyedButPresent: [] }).join(' ')).toContain('STILL OPENS')
})

it.each([
  [80, 0, 100],
  [80, 100, 100],
  [80, 0, 0],
  [20, 50, 100],
])('draws a bar of at most %i columns for %i of %i', (columns, done, total) => {
  const bar = rotationBar({ ...rotation, destroyed: [], done, total }, columns)
  expect(bar.length).toBeLessThanOrEqual(columns)
  if (columns === 80 && done === total) expect(bar).not.toContain('░')
})
