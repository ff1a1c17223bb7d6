import { Fault } from '@symbolon/formats/result'
import { describe, expect, it } from 'vitest'
import { createGroupCommit } from './group-commit.ts'

type Change = { readonly walletId: string; readonly value: number }
const change = (walletId: string, value = 0): Change => ({ walletId, value })

/** A database whose commits the test lets through one by one. */
function createDisk() {
  const written: (readonly Change[])[] = []
  const gates: (() => void)[] = []
  const write = (changes: readonly Change[]): Promise<ReadonlySet<string>> => {
    written.push(changes)
    return new Promise((resolve) => gates.push(() => resolve(new Set(changes.map(({ walletId }) => walletId)))))
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const commit = async () => {
    gates.shift()?.()
    await turn()
  }
  return { written, write, turn, commit }
}

describe('group commit', () => {
  it('writes together what is asked for together, and resolves nothing before its commit', async () => {
    const { written, write, turn, commit } = createDisk()
    const save = createGroupCommit(write)
    const done: string[] = []
    for (const name of ['a', 'b']) void save(change(name)).then(() => done.push(name))
    await turn()
    await turn()
    expect(written).toEqual([[change('a'), change('b')]])
    void save(change('c')).then(() => done.push('c'))
    void save(change('d')).then(() => done.push('d'))
    await turn()
    expect(done).toEqual([])
    await commit()
    expect(done).toEqual(['a', 'b'])
    expect(written[1]).toEqual([change('c'), change('d')])
    await commit()
    expect(done).toEqual(['a', 'b', 'c', 'd'])
  })
  it('a second change of a wallet waits for the next transaction, in the order of asking', async () => {
    const { written, write, turn, commit } = createDisk()
    const save = createGroupCommit(write)
    const all = Promise.all([save(change('a', 1)), save(change('a', 2)), save(change('b')), save(change('a', 3))])
    for (let round = 0; round < 3; round += 1) {
      await turn()
      await commit()
    }
    await all
    expect(written).toEqual([[change('a', 1), change('b')], [change('a', 2)], [change('a', 3)]])
  })
  it('fails for the wallet alone that stood otherwise', async () => {
    const save = createGroupCommit<Change>(async () => new Set(['a']))
    const results = await Promise.allSettled([save(change('a')), save(change('b'))])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(results[1]).toMatchObject({ reason: { code: 'VAULT_WALLET_CHANGED' } })
  })
  it('writes one by one what the database refuses together', async () => {
    const written: number[] = []
    const save = createGroupCommit<Change>(async (changes) => {
      written.push(changes.length)
      if (changes.some(({ value }) => value === 9)) throw new RangeError('refused')
      return new Set(changes.map(({ walletId }) => walletId))
    })
    const results = await Promise.allSettled([save(change('a')), save(change('b', 9)), save(change('c'))])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(written).toEqual([3, 1, 1, 1])
  })
  it('fails for all when the database does not answer, and writes again afterwards', async () => {
    let isGone = true
    const save = createGroupCommit<Change>(async (changes) => {
      if (isGone) throw new Fault('SERVICE_FAULT', { retry: 'later' })
      return new Set(changes.map(({ walletId }) => walletId))
    })
    const results = await Promise.allSettled([save(change('a')), save(change('b'))])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    isGone = false
    await save(change('a'))
  })
  it('puts at most 64 into one transaction', async () => {
    const sizes: number[] = []
    const save = createGroupCommit<Change>(async (changes) => {
      sizes.push(changes.length)
      return new Set(changes.map(({ walletId }) => walletId))
    })
    await Promise.all(Array.from({ length: 150 }, (_, index) => save(change(String(index)))))
    expect(sizes).toEqual([64, 64, 22])
  })
})
