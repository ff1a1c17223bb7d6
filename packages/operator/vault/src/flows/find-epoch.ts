import { findVaultEpoch, wipe, type EpochMatch } from '@symbolon/custody/operator'
import { openMacKey } from './epoch-secrets.ts'
import type { SealedEpoch, Sealer, Wallet } from '../ports.ts'

/** Which epoch of the wallet authenticates a message that names it: `unknown` also when the MAC is wrong, so that nobody learns more. */
export async function authenticateEpoch(
  sealer: Sealer,
  wallet: Wallet,
  { epochId, verify }: { readonly epochId: string; readonly verify: (macKey: Uint8Array) => boolean },
): Promise<EpochMatch<SealedEpoch>['match']> {
  if (wallet.stored.closed !== null) return 'unknown'
  const found = findVaultEpoch(wallet.stored, epochId)
  const place = { walletId: wallet.walletId, epochId }
  switch (found.match) {
    case 'unknown':
      return 'unknown'
    case 'retired':
      return verifyAndWipe(verify, sealer.open({ ...place, column: 'retired' }, found.macKey)) ? 'retired' : 'unknown'
    case 'current':
    case 'pending':
      return verifyAndWipe(verify, await openMacKey(sealer, place, found.secrets)) ? found.match : 'unknown'
  }
}

function verifyAndWipe(verify: (macKey: Uint8Array) => boolean, macKey: Uint8Array): boolean {
  const verified = verify(macKey)
  wipe(macKey)
  return verified
}
