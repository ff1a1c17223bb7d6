import type { WalletStorage } from '@symbolon/device'

/** What every wallet storage promises, as a list of what it does not keep. Runs in Node and in a page alike. */
export async function checkWalletStorage(storage: WalletStorage): Promise<readonly string[]> {
  const broken: string[] = []
  const expect = (isKept: boolean, promise: string): void => void (isKept || broken.push(promise))
  const first = await storage.acquire()
  if (!first.ok) return ['a storage that nobody holds is given']
  const { state, records } = first.value
  expect(typeof (await first.value.isPersistent()) === 'boolean', 'it says whether the browser keeps it')
  expect(isEqual(await state.read(0, 32), new Uint8Array(32)), 'what was never written is zeros')
  await state.write(16, Uint8Array.of(1, 2, 3))
  expect(isEqual(await state.read(15, 5), Uint8Array.of(0, 1, 2, 3, 0)), 'bytes are where they were written')
  await state.write(17, Uint8Array.of(9))
  expect(isEqual(await state.read(15, 5), Uint8Array.of(0, 1, 9, 3, 0)), 'a write changes only its own bytes')
  expect(isEqual(await records.read(0, 32), new Uint8Array(32)), 'the two files are apart')
  const last = Uint8Array.of(7)
  await state.write(2 * 16_384 - 1, last)
  await records.write(8 * 4_096 - 1, last)
  expect(
    isEqual(await state.read(2 * 16_384 - 1, 1), last) && isEqual(await records.read(8 * 4_096 - 1, 1), last),
    'both files have their whole size',
  )
  const second = await storage.acquire()
  expect(!second.ok && second.problem.code === 'WALLET_IN_USE', 'a held storage is not given a second time')
  await first.value.release()
  const third = await storage.acquire()
  if (!third.ok) return [...broken, 'a released storage is given again']
  expect(isEqual(await third.value.state.read(15, 5), Uint8Array.of(0, 1, 9, 3, 0)), 'what was written is there for the next holder')
  await third.value.release()
  return broken
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}
