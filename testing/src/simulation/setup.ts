import { createCachedWalletStore, type WalletChange, type WalletStore } from '@symbolon/operator-vault/flows'
import { CoSigner } from '../wallet/co-signer.ts'
import { World } from '../wallet/world.ts'
import { createEdge } from './edge.ts'
import { createFaults } from './faults.ts'
import { createIssuer } from './issuer.ts'
import { createLine } from './line.ts'
import { assertAlive, writeThrough } from './medium.ts'
import { createChance } from './random.ts'
import type { Rules, Simulation } from './simulation.ts'
import { createFaultyStore, createLedger, type FaultyStore, type Ledger } from './vault.ts'

const rememberedWallets = 2

type SetupOptions = { readonly seed: number; readonly rules?: Rules; readonly store?: WalletStore }

/** Wires one run: the real vault flows, the real device SDK, and between them a line, a medium and a database that fail. */
export async function createSimulation({ seed, rules = {}, store }: SetupOptions): Promise<Simulation> {
  const chance = createChance(seed)
  const faults = createFaults(chance)
  const ledger = createLedger()
  let latest: (() => void) | undefined
  let faulty: FaultyStore | undefined
  const coSigner: CoSigner = await CoSigner.create({
    limits: { opensPerMinute: 100_000 },
    wrapSlots: rules.slots ?? ((slots) => slots),
    wrapStore: (inner) => {
      faulty = createFaultyStore(store ?? inner, {
        faults,
        ledger,
        rule: rules.save ?? ((change) => change),
        before: (change) => {
          if (store === undefined) latest = prepareUndo(coSigner.vault.memory, ledger, change)
        },
      })
      // The vault's own memory of rows stands above the faults, and is too small for everybody.
      return createCachedWalletStore(faulty.store, rememberedWallets)
    },
  })
  const world = await World.create([], coSigner)
  const issuer = createIssuer(ledger.broken)
  const vault = (): CoSigner['vault'] => coSigner.vault
  const edge = createEdge({ world, vault, issuer, faults })
  world.intercept = (request, forward) => (/\/v1\/wallets/u.test(request.url) ? edge.answer(request) : forward())
  const line = createLine({ answer: world.transport, faults, chance })
  const recover = (force: boolean): void => {
    if (!force && faulty?.isDown !== true) return
    line.cut()
    coSigner.restart()
  }
  return {
    world,
    vault,
    issuer,
    edge,
    line,
    faults,
    chance,
    ledger,
    writeRule: rules.write ?? writeThrough,
    clock: (page) => ({
      nowSeconds: () => vault().nowSeconds(),
      monotonicMs: () => vault().time.nowMs,
      wait: async (milliseconds) => {
        assertAlive(page)
        vault().time.nowMs += milliseconds
        recover(false)
      },
    }),
    recover: () => recover(false),
    restart: () => recover(true),
    rollBack: () => {
      if (latest === undefined) return false
      latest()
      latest = undefined
      recover(true)
      return true
    },
  }
}

/** What puts the database back to before a change, as a rollback by this one transaction does. */
function prepareUndo({ wallets, signed, records }: CoSigner['vault']['memory'], ledger: Ledger, change: WalletChange): () => void {
  const { walletId, record } = change
  const recordKey = `${walletId}/${record?.recordId}`
  const [wallet, rows, half] = [wallets.get(walletId), signed.get(walletId), records.get(recordKey)]
  return () => {
    if (wallet !== undefined) wallets.set(walletId, wallet)
    signed.set(walletId, rows ?? [])
    if (record !== undefined && half === undefined) records.delete(recordKey)
    if (change.before.demand === null && change.after.demand !== null) ledger.suspects.delete(walletId)
    if (change.signed !== undefined) ledger.lostAttempts.add(change.signed.attemptId)
  }
}
