import type { HeldStorage } from '@symbolon/device'
import { createBrowserDeviceKey, createOpfsStorage } from '@symbolon/device/browser'
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
  createKey: async (): Promise<number[]> => [...(await createKey())],
  findKey: async (): Promise<number[]> => [...((await createBrowserDeviceKey().find())?.publicKeySpki ?? [])],
  forgetKey: async (): Promise<void> => await createBrowserDeviceKey().forget(),
  sign: async (message: number[]): Promise<number[]> => [...(await signWith(message))],
}

async function createKey(): Promise<Uint8Array> {
  const created = await createBrowserDeviceKey().create({ kind: 0 })
  return created.ok ? created.value.publicKeySpki : new Uint8Array()
}

async function signWith(message: readonly number[]): Promise<Uint8Array> {
  const signed = await createBrowserDeviceKey().sign(Uint8Array.from(message))
  return signed.ok ? signed.value.signature : new Uint8Array()
}

Object.assign(globalThis, { actions })
