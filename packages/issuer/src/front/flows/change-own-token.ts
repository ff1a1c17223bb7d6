import { hexToBytes, bytesToHex, isEqualBytes } from '@symbolon/formats/bytes'
import type { BoundToken } from '../rules/rebind.ts'
import type { AccountVault } from './ports.ts'
import type { Account, BindingStore } from './rebind-store.ts'

export type AccountDependencies = {
  readonly bindings: BindingStore
  readonly vault: Pick<AccountVault, 'authenticate'>
  now(): number
}
export type AccountPress = { readonly tokenReferenceId: string; readonly to: 'suspended' | 'active'; readonly formToken: string }

/** The account that a capability opens: the id of an enrolment or rebind that its owner has approved. */
export async function showAccount(deps: AccountDependencies, capability: string): Promise<Account | undefined> {
  return deps.bindings.findAccount(hexToBytes(capability), deps.now())
}

/** Names the token and the state in which it was shown: a press that comes twice, or late, changes nothing. */
export function accountFormToken(deps: Pick<AccountDependencies, 'vault'>, capability: string, token: BoundToken): string {
  const { tokenReferenceId, state, bindingNumber, suspension } = token
  return deps.vault.authenticate(
    ['account', capability, bytesToHex(tokenReferenceId), state, bindingNumber, suspension?.by ?? ''].join(' '),
  )
}

/** A customer suspends a wallet on the issuer's own page, or lets it pay again. What the staff has suspended stays so. */
export async function changeOwnToken(
  deps: AccountDependencies,
  capability: string,
  press: AccountPress,
): Promise<'changed' | 'stale' | 'gone'> {
  const account = await showAccount(deps, capability)
  if (account === undefined) return 'gone'
  const token = account.tokens.find(({ tokenReferenceId }) => isEqualBytes(tokenReferenceId, hexToBytes(press.tokenReferenceId)))
  if (token === undefined || accountFormToken(deps, capability, token) !== press.formToken) return 'stale'
  return (await deps.bindings.changeByCustomer(token, press.to, deps.now())) ? 'changed' : 'stale'
}
