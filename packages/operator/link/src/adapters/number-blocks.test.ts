import { describe, expect, it } from 'vitest'
import { createMemoryAuthorizationStore } from './memory-authorization-store.ts'
import { createNumberSource } from './number-blocks.ts'

describe('numbers', () => {
  it('never repeat: at speed, in the same millisecond, by two processes, after a restart and after a restored database', async () => {
    const nowMs = (): number => 1_795_500_000_000
    const store = createMemoryAuthorizationStore()
    const first = createNumberSource(store, nowMs)
    const second = createNumberSource(store, nowMs)
    const asked = Array.from({ length: 10_000 }, (_unused, index) => (index % 2 === 0 ? first : second).nextReference())
    const texts = (await Promise.all(asked)).map((reference) => reference.text)
    const restored = createNumberSource(createMemoryAuthorizationStore(), () => nowMs() + 10_000)
    texts.push((await restored.nextReference()).text)
    expect(new Set(texts).size).toBe(10_001)
    for (const text of texts) expect(text).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/u)
    expect(texts.at(-1)).toBe(texts.toSorted().at(-1))
  })

  it('trace numbers are of the issuer and go on after a restart', async () => {
    const store = createMemoryAuthorizationStore()
    const first = createNumberSource(store, Date.now)
    expect([await first.nextTrace('a'), await first.nextTrace('a'), await first.nextTrace('b')]).toEqual(['000001', '000002', '000001'])
    expect(await createNumberSource(store, Date.now).nextTrace('a')).toBe('000101')
  })

  it('a store that fails once is asked again', async () => {
    const store = createMemoryAuthorizationStore()
    let failures = 1
    const source = createNumberSource(
      { takeNumbers: (...asked) => (failures-- > 0 ? Promise.reject(new Error('away')) : store.takeNumbers(...asked)) },
      Date.now,
    )
    await expect(source.nextTrace('a')).rejects.toThrow('away')
    expect(await source.nextTrace('a')).toBe('000001')
  })
})
