import type { IsoDialect } from '@symbolon/formats/iso8583'
import type { IsoClient } from '@symbolon/service/iso8583-channel'
import type { Log } from '@symbolon/service/log'
import type { IssuerTimers } from '../config.ts'
import type { AuthorizationStore } from './authorization-store.ts'
import type { SuspensionStore } from './suspension-store.ts'

/** An issuer's front as this process talks to it. */
export type Issuer = {
  readonly issuerId: string
  readonly dialect: IsoDialect
  readonly acquiringInstitutionId: string
  readonly terminalId: string
  readonly merchantType: string
  readonly timers: IssuerTimers
  readonly session: Pick<IsoClient, 'state' | 'send'>
  /** Rings when something was queued or the session came up: the reversal loop looks again. */
  readonly bell: Bell
  /** The same for the loop of suspensions. */
  readonly suspensionBell: Bell
}

/** `wait` ends when somebody rings, at the latest after the time given; a ring while nobody waits is remembered. */
export type Bell = { ring(): void; wait(timeoutMs: number): Promise<void> }

/** Numbers that no message of ours had before. */
export type NumberSource = {
  nextTrace(issuerId: string): Promise<string>
  nextReference(): Promise<{ readonly number: bigint; readonly text: string }>
}

export type LinkDependencies = {
  readonly store: AuthorizationStore
  readonly suspensions: SuspensionStore
  readonly numbers: NumberSource
  readonly issuersById: ReadonlyMap<string, Issuer>
  readonly clock: { nowMs(): number; sleep(ms: number): Promise<void> }
  readonly log: Log
  /** True once the process is asked to stop: loops end, nothing new is sent. */
  readonly isStopping: () => boolean
}
