import { parentPort } from 'node:worker_threads'
import { createStretchPin } from '@symbolon/device/memory'

const stretchPin = createStretchPin()

export type StretchRequest = { readonly number: number; readonly pin: string; readonly walletSalt: Uint8Array }
export type StretchAnswer = { readonly number: number; readonly stretched: Uint8Array }

/** One thread that does nothing but argon2id at full cost. */
parentPort?.on('message', ({ number, pin, walletSalt }: StretchRequest) => {
  void stretchPin(pin, walletSalt).then((stretched) => {
    const answer: StretchAnswer = { number, stretched }
    parentPort?.postMessage(answer)
  })
})
