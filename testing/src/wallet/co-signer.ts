import type { ProblemCode } from '@symbolon/contracts/problems'
import { parseSignable, type SignableMessage, type VaultStored } from '@symbolon/custody/operator'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import type { Result } from '@symbolon/formats/result'
import type { Problem } from '@symbolon/contracts/problems'
import { startTestVault, type TestVault, type TestVaultOptions } from '../vault/test-vault.ts'

export type SignedHere = { readonly signable: SignableMessage; readonly message: Uint8Array; readonly signature: Uint8Array }
export type PayAnswer =
  | { readonly kind: 'done'; readonly done: Uint8Array; readonly signed?: SignedHere }
  | { readonly kind: 'problem'; readonly code: ProblemCode; readonly problem: Problem }

type Wallet = { readonly enrolled: { readonly walletKey: Uint8Array }; readonly state: { readonly stored: VaultStored<unknown> } }

/** The real vault, its flows over wallets in memory, as a wallet meets it through an edge that compares nothing. */
export class CoSigner {
  readonly vaultPublicKey: Uint8Array
  /** What the test may look at or change behind the door: the store, the clock, the demands. */
  vault: TestVault

  private constructor(vault: TestVault) {
    this.vault = vault
    this.vaultPublicKey = vault.vaultPublicKey
  }

  static async create(options: TestVaultOptions = {}): Promise<CoSigner> {
    return new CoSigner(await startTestVault(options))
  }

  get nowMs(): number {
    return this.vault.time.nowMs
  }

  set nowMs(nowMs: number) {
    this.vault.time.nowMs = nowMs
  }

  get wallets(): ReadonlyMap<string, Wallet> {
    return new Map(
      [...this.vault.memory.wallets].map(([walletId, { walletKey, stored }]) => [walletId, { enrolled: { walletKey }, state: { stored } }]),
    )
  }

  async offer(): Promise<{ readonly walletId: string; readonly offer: Uint8Array }> {
    const offered = await this.vault.port.offer()
    if (!offered.ok) throw new Error('the vault offers nothing')
    return offered.value
  }

  async accept(walletId: string, sealed: Uint8Array): Promise<boolean> {
    return (await this.vault.port.accept(walletId, sealed)).ok
  }

  async open(walletId: string, message: Uint8Array): Promise<PayAnswer> {
    return toPayAnswer(await this.vault.port.open(walletId, message))
  }

  async pay(walletId: string, sealed: Uint8Array): Promise<PayAnswer> {
    const checked = await this.vault.port.check(walletId, sealed)
    if (!checked.ok) return toPayAnswer(checked)
    if (checked.value.outcome === 'repeated') return { kind: 'done', done: base64urlToBytes(checked.value.done) }
    const answered = await this.vault.port.sign(walletId, checked.value.handle)
    if (!answered.ok) return toPayAnswer(answered)
    const done = base64urlToBytes(answered.value.done)
    if (answered.value.outcome === 'wrong') return { kind: 'done', done }
    const [message, signature] = [base64urlToBytes(answered.value.signed.message), base64urlToBytes(answered.value.signed.signature)]
    const signable = parseSignable(message)
    if (!signable.ok) throw new Error('the vault signed what it cannot read')
    return { kind: 'done', done, signed: { signable: signable.value, message, signature } }
  }

  async alarm(walletId: string, message: Uint8Array): Promise<boolean> {
    return (await this.vault.port.alarm(walletId, message)).ok
  }

  /** Row 15: everything in RAM is gone. */
  restart(): void {
    this.vault = this.vault.restart()
  }
}

function toPayAnswer(result: Result<Uint8Array, Problem> | { readonly ok: false; readonly problem: Problem }): PayAnswer {
  return result.ok ? { kind: 'done', done: result.value } : { kind: 'problem', code: result.problem.code, problem: result.problem }
}
