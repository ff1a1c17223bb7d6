import { verifyClosingStatement } from '@symbolon/custody/device'
import { hexToBytes, parseBase64url } from '@symbolon/formats/bytes'
import { changeContent, getContent, keepClosing, type FlowDependencies, type Session } from './session.ts'
import { verifyByVaultKey } from './trust.ts'

/**
 * Believes a closing statement that a key of the vault signed for this wallet. Where this device asked for it the wallet is given up for
 * the statement; where it did not, only a copy can have: the wallet is frozen, and its cards can still move to a new one.
 */
export async function takeClosing(deps: FlowDependencies, session: Session, statement: string | undefined): Promise<boolean> {
  const bytes = parseBase64url(statement ?? '')
  if (statement === undefined || !bytes.ok) return false
  const { walletId, stored } = getContent(session)
  const fields = await verifyByVaultKey(deps.trust, (vaultPublicKey) =>
    verifyClosingStatement(bytes.value, { vaultPublicKey, walletId: hexToBytes(walletId) }),
  )
  if (fields === undefined) return false
  if (stored.attempt?.intent.kind !== 'close') {
    await changeContent(session, (content) => ({ ...content, isFrozen: true }))
    return true
  }
  // The key first: killed after it, the next open tells of the end again.
  await deps.deviceKey.forget()
  await keepClosing(session, { walletId, closedAt: fields.now, statement })
  return true
}
