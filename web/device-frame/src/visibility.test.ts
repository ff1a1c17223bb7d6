import { expect, test } from 'vitest'
import { joinSights, type Sight } from './visibility.ts'

test.each<[readonly Sight[], Sight]>([
  [['clear', 'clear'], 'clear'],
  [['clear', 'covered'], 'covered'],
  [['unknown', 'covered'], 'covered'],
  [['clear', 'unknown'], 'unknown'],
  [['untold', 'untold'], 'untold'],
  [[], 'unknown'],
])('%j together are %s', (sights, expected) => expect(joinSights(sights)).toBe(expected))
