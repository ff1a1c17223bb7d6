import { Worker } from 'node:worker_threads'
import type { StretchPin } from '@symbolon/device'
import type { StretchAnswer, StretchRequest } from './stretch-pin-worker.ts'

export type StretchPinThreads = { readonly stretchPin: StretchPin; close(): Promise<void> }

/** argon2id for a whole crowd: every wallet pays the full price of its PIN, on as many threads as the machine has cores. */
export function createStretchPinThreads(count: number): StretchPinThreads {
  const waiting = new Map<number, { readonly resolve: (stretched: Uint8Array) => void; readonly reject: (error: Error) => void }>()
  const threads = Array.from({ length: count }, () => {
    const thread = new Worker(new URL('./stretch-pin-worker.js', import.meta.url))
    thread.on('message', ({ number, stretched }: StretchAnswer) => {
      waiting.get(number)?.resolve(stretched)
      waiting.delete(number)
    })
    thread.on('error', (error) => {
      for (const { reject } of waiting.values()) reject(error)
    })
    return thread
  })
  let number = 0
  return {
    stretchPin: (pin, walletSalt) =>
      new Promise((resolve, reject) => {
        number += 1
        waiting.set(number, { resolve, reject })
        const request: StretchRequest = { number, pin, walletSalt }
        threads[number % threads.length]?.postMessage(request)
      }),
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()))
    },
  }
}
