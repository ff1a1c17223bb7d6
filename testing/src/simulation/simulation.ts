import type { Clock } from '@symbolon/device'
import type { VaultDependencies } from '@symbolon/operator-vault/flows'
import type { TestVault } from '../vault/test-vault.ts'
import type { World } from '../wallet/world.ts'
import type { Edge } from './edge.ts'
import type { Faults } from './faults.ts'
import type { Issuer } from './issuer.ts'
import type { Line } from './line.ts'
import type { Page, WriteRule } from './medium.ts'
import type { Chance } from './random.ts'
import type { Ledger, SaveRule } from './vault.ts'

/** Everything of one run. */
export type Simulation = {
  readonly world: World
  readonly vault: () => TestVault
  readonly issuer: Issuer
  readonly edge: Edge
  readonly line: Line
  readonly faults: Faults
  readonly chance: Chance
  readonly ledger: Ledger
  readonly writeRule: WriteRule
  readonly clock: (page: Page) => Clock
  /** Starts the vault again if it was killed. */
  recover(): void
  restart(): void
  /** The database comes back without its latest transaction, and the vault with it. */
  rollBack(): boolean
}

/** Rules of the real code that a mutant replaces; the real ones when absent. */
export type Rules = {
  readonly save?: SaveRule
  readonly write?: WriteRule
  readonly slots?: (slots: VaultDependencies['slots']) => VaultDependencies['slots']
}
