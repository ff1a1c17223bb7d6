import { noBounds, type Bounds } from './world.ts'

/** What each exploration is about. Delay, loss, duplication, reordering and forged words are in all of them. */
export const configurations = {
  accidents: 'a killed app, a restarted vault and a crash between TX1 and TX2',
  twoPayments: 'two payments, each with a right or a wrong PIN, in any order',
  rollback: 'the database loses its latest transaction',
  copy: 'a copied device that opens and pays as it likes',
  demand: 'a demanded refresh before, between and after everything else',
} as const
export type ConfigurationName = keyof typeof configurations
export type Size = 'check' | 'full'

/** How far each exploration goes: `check` within seconds, `full` as far as memory reasonably carries. */
export const bounds: Readonly<Record<Size, Readonly<Record<ConfigurationName, Bounds>>>> = {
  check: {
    accidents: { ...noBounds, opens: 3, slots: 3, pays: 1, kills: 1, restarts: 1 },
    twoPayments: { ...noBounds, opens: 3, slots: 4, pays: 2 },
    rollback: { ...noBounds, opens: 3, slots: 4, pays: 1, rollbacks: 1 },
    demand: { ...noBounds, opens: 3, slots: 3, pays: 2, demands: 1 },
    copy: { ...noBounds, opens: 2, slots: 4, pays: 1, copies: 1, copyOpens: 1, copyPays: 1 },
  },
  full: {
    accidents: { ...noBounds, opens: 4, slots: 4, pays: 2, kills: 1, restarts: 1 },
    twoPayments: { ...noBounds, opens: 4, slots: 5, pays: 2 },
    rollback: { ...noBounds, opens: 4, slots: 4, pays: 2, rollbacks: 1 },
    demand: { ...noBounds, opens: 3, slots: 4, pays: 2, restarts: 1, demands: 1 },
    copy: { ...noBounds, opens: 3, slots: 5, pays: 1, copies: 1, copyOpens: 2, copyPays: 1 },
  },
}

/** The bound to which the table that would close the hole was explored. */
export const candidateBounds: Bounds = { ...noBounds, opens: 4, slots: 4, pays: 2, rollbacks: 1, replays: 1 }

/** The known hole (docs/custody.md): after a rollback somebody replays an open from before the promotion that was lost. */
export const holeBounds: Bounds = { ...noBounds, opens: 3, slots: 4, pays: 1, rollbacks: 1, replays: 1 }
