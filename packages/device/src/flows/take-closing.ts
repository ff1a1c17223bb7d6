import { verifyClosingStatement } from '@symbolon/custody/device'
import { hexToBytes, parseBase64url } from '@symbolon/formats/bytes'
import { getContent, keepClosing, type FlowDependencies, type Session } from './session.ts'
import { verifyByVaultKey } from './trust.ts'

/** Believes a closing statement that a key of the vault signed for this wallet, and gives up the wallet for it. */
export async function takeClosing(deps: FlowDependencies, session: Session, statement: string | undefined): Promise<boolean> {
  const bytes = parseBase64url(statement ?? '')
  if (statement === undefined || !bytes.ok) return false
  const { walletId } = getContent(session)
  const fields = await verifyByVaultKey(deps.trust, (vaultPublicKey) =>
    verifyClosingStatement(bytes.value, { vaultPublicKey, walletId: hexToBytes(walletId) }),
  )
  if (fields === undefined) return false
  await keepClosing(session, { walletId, closedAt: fields.now, statement })
  return true
}
