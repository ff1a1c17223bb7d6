import type { IsoMessage } from '@symbolon/formats/iso8583'
import type { Refusal } from '../rules/authorization.ts'
import type { KeyLimits } from '../rules/key-limits.ts'
import type { ExchangeKey } from '../rules/authorization-request.ts'
import type { AuthorizationStore } from './authorization-store.ts'
import type { AccountVault, SignatureVerifier } from './ports.ts'

/**
 * The way to the authorization host. `unsent`: not one byte left. `unanswered`: it may have arrived. It never rejects for what the
 * host does, and answers in bounded time.
 */
export type HostLink = {
  send(
    message: IsoMessage,
  ): Promise<{ readonly kind: 'answered'; readonly answer: IsoMessage } | { readonly kind: 'unanswered' } | { readonly kind: 'unsent' }>
}

/** What the authorization flows need: store, host, keys, time; `wakeReversals` says that a reversal waits. */
export type AuthorizationDependencies = {
  readonly store: AuthorizationStore
  readonly host: HostLink
  readonly vault: Pick<AccountVault, 'open'>
  readonly signatures: SignatureVerifier
  readonly newBindingLimits: ReadonlyMap<string, bigint>
  readonly keyLimits: KeyLimits
  /** The pages in which an operator shows the device frame; none for a stranger. */
  chatOriginsOf(operatorId: Uint8Array): readonly string[]
  now(): number
  /** Six digits that differ from those of every other request in flight to the host. */
  nextTraceNumber(): string
  deriveExchangeId(key: ExchangeKey): Uint8Array
  wakeReversals(): void
  report(refusal: Refusal): void
}
