import { describe, expect, it } from 'vitest'
import { decideDemand } from './refresh.ts'

const walletId = 'ab'.repeat(16)
const wish = { all: false, days: '30' }

describe('which wallets are to refresh', () => {
  it.each([
    [{ ...wish, wallet: walletId }, { kind: 'wallet', walletId }, 2_592_000],
    [{ ...wish, group: '0', days: '1' }, { kind: 'group', group: 0 }, 86_400],
    [{ ...wish, group: '255', days: '366' }, { kind: 'group', group: 255 }, 31_622_400],
    [{ all: true, days: '0.5' }, { kind: 'all' }, 43_200],
  ])('%j', (given, scope, deadlineSeconds) => expect(decideDemand(given)).toEqual({ scope, deadlineSeconds }))
  it.each([
    [wish],
    [{ ...wish, all: true, group: '1' }],
    [{ ...wish, wallet: 'ab' }],
    [{ ...wish, group: '256' }],
    [{ ...wish, group: 'x' }],
    [{ all: true, days: '0' }],
    [{ all: true, days: '367' }],
    [{ all: true, days: 'soon' }],
  ])('none for %j', (given) => expect(decideDemand(given)).toBeUndefined())
})
