import { describe, expect, it } from 'vitest'
import { createWalletQueue } from './wallet-queue.ts'

describe('wallet queue', () => {
  it('runs the work of one wallet in order, one at a time, also after a failure', async () => {
    const queue = createWalletQueue()
    const order: string[] = []
    const work = (name: string) => async () => {
      order.push(`${name} starts`)
      await Promise.resolve()
      order.push(`${name} ends`)
      if (name === 'b') throw new Error('b failed')
      return name
    }
    const [a, b, c] = await Promise.allSettled([queue('w', work('a')), queue('w', work('b')), queue('w', work('c'))])
    expect(order).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
    expect([a.status, b.status, c.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
  it('lets another wallet pass', async () => {
    const queue = createWalletQueue()
    let release = (): void => undefined
    const blocked = queue('w', () => new Promise<void>((resolve) => (release = resolve)))
    expect(await queue('v', () => Promise.resolve('v'))).toBe('v')
    release()
    await blocked
  })
})
