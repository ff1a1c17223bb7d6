import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { tagOf } from './frame.ts'
import { hashFrame } from './hashes.ts'
import type { Ed25519Group } from './group/port.ts'
import type { EpochSecrets, ExportContext, PaySession } from './types.ts'

export const recordPadSize = 1_056

/** th of a call: what was signed and the signature (docs/custody.md 2). */
export function hashTranscript(first: Uint8Array, second: Uint8Array): Uint8Array {
  return hashFrame('th', [first, second])
}

/**
 * δ, K', eid' and rec' from separate labels of an exporter secret that is erased afterwards. None is derived from another: a K' = KDF(δ)
 * or a stored H(δ) tests PINs as soon as two epochs are on disk.
 */
export async function exportEpochSecrets(group: Ed25519Group, context: ExportContext, transcript: Uint8Array): Promise<EpochSecrets> {
  const [wide, key, epochId, recordKey] = await Promise.all([
    exportLabel(context, 'delta', 64, transcript),
    exportLabel(context, 'K', 32, transcript),
    exportLabel(context, 'eid', 16, transcript),
    exportLabel(context, 'rec', 32, transcript),
  ])
  const delta = group.reduceScalar(wide)
  wide.fill(0)
  return { delta, key, epochId, recordKey }
}

/** The secrets of the epoch that follows a signature. Only after σ is known; both sides get the same. */
export function deriveEpochSecrets(
  primitives: { readonly group: Ed25519Group },
  session: PaySession,
  signature: Uint8Array,
): Promise<EpochSecrets> {
  return exportEpochSecrets(primitives.group, session.context, hashTranscript(session.message, signature))
}

/** R, the vault's half of a card record, uniform: from the call that signed the `bind` whose pay_id is the record's id. */
export function deriveRecordPad(session: PaySession, signature: Uint8Array): Promise<Uint8Array> {
  return exportLabel(session.context, 'record', recordPadSize, hashTranscript(session.message, signature))
}

/** The key under which `done` travels, used once. */
export function deriveResponseKey(context: ExportContext): Promise<Uint8Array> {
  return exportLabel(context, 'resp', 32, new Uint8Array())
}

/** H(pay): SHA-256 of the whole sealed message, for the vault's rule "same slot, same bytes". */
export function hashPay(sealed: Uint8Array): Uint8Array {
  return sha256(sealed)
}

function exportLabel(context: ExportContext, label: string, size: number, transcript: Uint8Array): Promise<Uint8Array> {
  return context.Export(concatBytes(utf8ToBytes(tagOf(label)), transcript), size)
}
