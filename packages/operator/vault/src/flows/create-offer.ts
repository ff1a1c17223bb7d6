import { createOffer } from '@symbolon/custody/operator'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { WalletOffer } from '@symbolon/contracts/wallet-api'
import { bytesToBase64url, bytesToHex } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { VaultDependencies } from '../ports.ts'

/** The vault's first word to a device that wants a wallet. Nothing is stored before the device accepts. */
export async function offerWallet(deps: VaultDependencies): Promise<Result<WalletOffer, Problem>> {
  const walletId = deps.primitives.randomBytes(16)
  const expiresAtMs = deps.clock.nowMs() + deps.limits.offerSeconds * 1_000
  const { signedOffer, pending } = await createOffer(deps.primitives, deps.signAsVault, {
    walletId,
    expiresAt: Math.floor(expiresAtMs / 1_000),
  })
  if (!deps.offers.put(bytesToHex(walletId), pending, expiresAtMs)) return fail(problem('REQUEST_TOO_MANY'))
  return ok({ walletId: bytesToHex(walletId), offer: bytesToBase64url(signedOffer) })
}
