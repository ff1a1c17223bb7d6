import { describe, expect, it } from 'vitest'
import { findPinWeakness } from './weak-pin.ts'

describe('weak PINs', () => {
  it.each([
    ['111111', 'same-digit'],
    ['123456', 'run'],
    ['987654', 'run'],
    ['890123', 'run'],
    ['121212', 'repeated'],
    ['147147', 'repeated'],
    ['12341234', 'repeated'],
    ['900229', 'date'],
    ['19991231', 'date'],
    ['740926', 'date'],
    ['741926', undefined],
    ['740932', undefined],
    ['847261', undefined],
    ['30991231', undefined],
    ['8472610593', undefined],
  ])('%s is %s', (pin, expected) => expect(findPinWeakness(pin)).toBe(expected))
})
