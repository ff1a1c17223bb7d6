import type { HeldStorage } from '@symbolon/device'
import { createIndexedDbDeviceKey, createOpfsStorage } from '@symbolon/device/browser'
import { checkWalletStorage } from '../storage-contract.ts'

const storage = createOpfsStorage(() => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))
let held: HeldStorage | undefined

/** What the test calls from outside. */
export const actions = {
  check: () => checkWalletStorage(storage),
  acquire: async (): Promise<string> => {
    const acquired = await storage.acquire()
    if (acquired.ok) held = acquired.value
    return acquired.ok ? 'held' : acquired.problem.code
  },
  write: async (byte: number): Promise<void> => await held?.state.write(0, Uint8Array.of(byte)),
  read: async (): Promise<number> => (await held?.state.read(0, 1))?.[0] ?? -1,
  createKey: async (): Promise<number[]> => [...(await createIndexedDbDeviceKey().create()).publicKeySpki],
  findKey: async (): Promise<number[]> => [...((await createIndexedDbDeviceKey().find())?.publicKeySpki ?? [])],
  sign: async (message: number[]): Promise<number[]> => [...(await createIndexedDbDeviceKey().sign(Uint8Array.from(message)))],
}
Object.assign(globalThis, { actions })
