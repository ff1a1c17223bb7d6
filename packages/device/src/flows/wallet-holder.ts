import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, type Result } from '@symbolon/formats/result'
import { createWalletStore } from '../adapters/wallet-store.ts'
import type { HeldStorage, WalletStorage } from '../ports.ts'
import { startSession, type Session } from './session.ts'

export type SessionWork<Value> = (session: Session) => Promise<Result<Value, Problem>>

/** Runs work on the wallet one piece after another, and holds the storage against other tabs from the first piece until `close`. */
export type WalletHolder = {
  run<Value>(work: SessionWork<Value>): Promise<Result<Value, Problem>>
  /** Like `run`, for a wallet that exists and is not frozen. */
  runWithWallet<Value>(work: SessionWork<Value>): Promise<Result<Value, Problem>>
  close(): Promise<void>
}

export function createWalletHolder(storage: WalletStorage): WalletHolder {
  let queue: Promise<unknown> = Promise.resolve()
  let held: { readonly storage: HeldStorage; readonly session: Session } | undefined
  // What the vault said of a wallet without a signature, for as long as this page lives: the storage itself must not keep it.
  let heard: { readonly walletId: string; readonly frozen: Session['heardFrozen'] } | undefined

  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = queue.then(work)
    // A piece that threw was answered to its own caller; the next one starts all the same.
    queue = turn.catch(() => undefined)
    return turn
  }
  const hold = async (): Promise<Result<Session, Problem>> => {
    if (held !== undefined) return { ok: true, value: held.session }
    const acquired = await storage.acquire()
    if (!acquired.ok) return fail(problem(acquired.problem.code))
    const session = await startSession(createWalletStore(acquired.value))
    if (!session.ok) {
      await acquired.value.release()
      return fail(problem(session.problem.code))
    }
    if (session.value.content?.walletId === heard?.walletId) session.value.heardFrozen = heard?.frozen
    held = { storage: acquired.value, session: session.value }
    return session
  }
  const run = <Value>(work: SessionWork<Value>): Promise<Result<Value, Problem>> =>
    inTurn(async () => {
      const session = await hold()
      return session.ok ? await work(session.value) : session
    })
  return {
    run,
    runWithWallet: (work) =>
      run(async (session) => {
        if (session.content === undefined) return fail(problem('WALLET_MISSING'))
        return session.content.isFrozen ? fail(problem('CUSTODY_FROZEN')) : await work(session)
      }),
    close: () =>
      inTurn(async () => {
        const walletId = held?.session.content?.walletId
        if (walletId !== undefined) heard = { walletId, frozen: held?.session.heardFrozen }
        await held?.storage.release()
        held = undefined
      }),
  }
}
