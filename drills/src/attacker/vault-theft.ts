import type { TestVault } from '@symbolon/testing/vault'

/** What a thief of the vault's rows and of their key-encryption key opens for one wallet. */
export type VaultLoot = {
  readonly epochId: string
  readonly share: Uint8Array
  readonly epochKey: Uint8Array
  /** Other secrets of the row: the pending epoch, MAC keys of retired ones, halves of records. */
  readonly others: readonly Uint8Array[]
}

/** Opens a wallet's row as whoever stole the database and the key-encryption keys. */
export function openVaultRow({ memory, deps }: Pick<TestVault, 'memory' | 'deps'>, walletId: string): VaultLoot {
  const wallet = memory.wallets.get(walletId)
  if (wallet === undefined) throw new Error('the vault has no such wallet')
  const { current, pending, retired } = wallet.stored
  const open = (epochId: string, column: 'share' | 'key' | 'rerandomiser' | 'retired', sealed: Uint8Array): Uint8Array =>
    deps.sealer.open({ walletId, epochId, column }, sealed)
  return {
    epochId: current.eid,
    share: open(current.eid, 'share', current.secrets.share),
    epochKey: open(current.eid, 'key', current.secrets.key),
    others: [
      ...(pending === null ? [] : [open(pending.eid, 'share', pending.secrets.share), open(pending.eid, 'key', pending.secrets.key)]),
      ...retired.map(({ eid, macKey }) => open(eid, 'retired', macKey)),
    ],
  }
}
