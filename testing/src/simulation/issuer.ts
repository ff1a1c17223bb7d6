import type { SignedMessage } from '@symbolon/contracts/planes'
import { parseSignable, verifyJointSignature } from '@symbolon/custody/issuer'
import { base64urlToBytes, bytesToHex } from '@symbolon/formats/bytes'

/** The issuer as far as payments go: σ under the wallet's key, and both UNIQUE rules. A message that comes again gets its first answer. */
export type Issuer = {
  readonly walletKeys: Map<string, Uint8Array>
  /** Payments approved, by attempt. */
  readonly approved: ReadonlyMap<string, string>
  authorize(signed: SignedMessage): boolean
}

export function createIssuer(broken: string[]): Issuer {
  const walletKeys = new Map<string, Uint8Array>()
  const approved = new Map<string, string>()
  const requests = new Map<string, string>()
  return {
    walletKeys,
    approved,
    authorize({ message, signature }) {
      const bytes = base64urlToBytes(message)
      const parsed = parseSignable(bytes)
      const walletKey = parsed.ok ? walletKeys.get(bytesToHex(parsed.value.walletId)) : undefined
      if (!parsed.ok || parsed.value.kind !== 'pay' || walletKey === undefined) return false
      if (!verifyJointSignature({ walletKey, message: bytes, signature: base64urlToBytes(signature) })) {
        broken.push('a signature that left the vault does not verify')
        return false
      }
      const attempt = bytesToHex(parsed.value.paymentAttemptId)
      const request = `${bytesToHex(parsed.value.merchantId)}/${bytesToHex(parsed.value.requestHash)}`
      if (approved.has(attempt)) return true
      const owner = requests.get(request)
      if (owner !== undefined && owner !== attempt) return false
      requests.set(request, attempt)
      approved.set(attempt, request)
      return true
    },
  }
}
