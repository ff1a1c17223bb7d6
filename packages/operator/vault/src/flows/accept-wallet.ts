import { completeOffer, createVaultState, hashPay, wipe, type EnrolledWallet } from '@symbolon/custody/operator'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { WalletCreated } from '@symbolon/contracts/wallet-api'
import { bytesToHex } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { sealEpoch } from './epoch-secrets.ts'
import type { SealedEpoch, VaultDependencies, Wallet } from '../ports.ts'

/** Makes the wallet out of the device's answer. The same bytes again get the same answer; one offer makes one wallet. */
export function acceptWallet(deps: VaultDependencies, walletId: string, sealed: Uint8Array): Promise<Result<WalletCreated, Problem>> {
  return deps.queue(walletId, async () => {
    const acceptHash = bytesToHex(hashPay(sealed))
    const existing = await deps.store.find(walletId)
    if (existing !== undefined) return existing.acceptHash === acceptHash ? ok({ walletId }) : fail(problem('CUSTODY_CONFLICT'))
    const pending = deps.offers.take(walletId, deps.clock.nowMs())
    if (pending === undefined) return fail(problem('CUSTODY_WALLET_UNKNOWN'))
    const enrolled = await completeOffer(deps.primitives, pending, sealed)
    wipe(pending.share)
    if (!enrolled.ok) return fail(problem('CUSTODY_REJECTED'))
    if (!deps.isDeviceKey(enrolled.value.deviceKey)) return fail(problem('CUSTODY_REJECTED'))
    const wallet = toWallet(deps, { walletId, acceptHash, enrolled: enrolled.value })
    wipe(enrolled.value.share, enrolled.value.key)
    return (await deps.store.create(wallet)) ? ok({ walletId }) : fail(problem('CUSTODY_CONFLICT'))
  })
}

function toWallet(
  { sealer }: VaultDependencies,
  { walletId, acceptHash, enrolled }: { readonly walletId: string; readonly acceptHash: string; readonly enrolled: EnrolledWallet },
): Wallet {
  const epochId = bytesToHex(enrolled.epochId)
  const { stored } = createVaultState<SealedEpoch>({ eid: epochId, secrets: sealEpoch(sealer, { walletId, epochId }, enrolled) })
  const { walletKey, deviceKey } = enrolled
  return { walletId, walletKey, deviceKey, acceptHash, stopCodeHash: bytesToHex(enrolled.stopCodeHash), stored }
}
