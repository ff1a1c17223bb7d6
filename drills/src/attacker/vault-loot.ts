import type { SlotSecrets } from '@symbolon/custody/operator'
import { bytesToHex } from '@symbolon/formats/bytes'
import type { TestVault } from '@symbolon/testing/vault'
import type { OpenedAttempt, VaultEpoch } from './pin-search.ts'

/** The live secrets of a wallet in the vault, read from its rows with its key-encryption keys. */
export function readVaultEpochs({ deps, memory }: TestVault, walletId: string): readonly VaultEpoch[] {
  const stored = memory.wallets.get(walletId)?.stored
  if (stored === undefined) throw new Error('the vault knows the wallet')
  const { current, pending } = stored
  return [current, ...(pending === null ? [] : [pending])].map(({ eid, secrets }) => {
    const place = { walletId, epochId: eid }
    return {
      eid,
      share: deps.sealer.open({ ...place, column: 'share' }, secrets.share),
      key: deps.sealer.open({ ...place, column: 'key' }, secrets.key),
    }
  })
}

/** Makes the vault write down every message that it opens, as a hostile operator would. */
export function recordAttempts({ deps }: TestVault): readonly OpenedAttempt[] {
  const attempts: OpenedAttempt[] = []
  const { slots } = deps
  const recording: typeof slots = {
    ...slots,
    get liveSlots() {
      return slots.liveSlots
    },
    set: (walletId, next, options) => {
      if (next.checked !== null && next.slot !== null) attempts.push(copyAttempt(next.slot, next.checked.opened))
      slots.set(walletId, next, options)
    },
  }
  Object.assign(deps, { slots: recording })
  return attempts
}

type Opened = { readonly message: Uint8Array; readonly share: OpenedAttempt['device'] }

// Copied at once: the vault wipes what it has used.
function copyAttempt({ epochId, nonces }: SlotSecrets, { message, share }: Opened): OpenedAttempt {
  return {
    eid: bytesToHex(epochId),
    message: message.slice(),
    vault: { hidingCommitment: nonces.hidingCommitment.slice(), bindingCommitment: nonces.bindingCommitment.slice() },
    device: {
      hidingCommitment: share.hidingCommitment.slice(),
      bindingCommitment: share.bindingCommitment.slice(),
      signatureShare: share.signatureShare.slice(),
    },
  }
}
