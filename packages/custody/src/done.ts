import { ok, fail, type Result } from '@symbolon/formats/result'
import { deriveResponseKey } from './exchange.ts'
import { wipe } from './hashes.ts'
import { frames } from './messages.ts'
import type { Primitives } from './primitives.ts'
import type { CustodyProblem } from './problem.ts'
import type { Done, PaySession } from './types.ts'

// The response key is used for one encryption only, so the nonce may be fixed.
const nonce = new Uint8Array(12)
const none = new Uint8Array()

/** Encrypts the outcome under the response key of this call. Call it once per session: key and nonce never repeat with other words. */
export async function sealDone(session: PaySession, done: Done): Promise<Uint8Array> {
  const plaintext = frames.done.encode(
    done.kind === 'signed'
      ? { status: 2, signature: done.signature, payload: done.payload, triesLeft: done.triesLeft }
      : { status: 3, signature: none, payload: none, triesLeft: done.triesLeft },
  )
  const key = await deriveResponseKey(session.context)
  const sealed = await session.aead.Seal(key, nonce, session.slotId, plaintext)
  wipe(key, plaintext)
  return sealed
}

/**
 * Opens the outcome. `signed` means that σ verifies under Y over this session's message: the device writes its next epoch on nothing
 * less (docs/custody.md 7 row 12).
 */
export async function openDone(
  primitives: Primitives,
  session: PaySession,
  input: { readonly sealedDone: Uint8Array; readonly walletKey: Uint8Array },
): Promise<Result<Done, CustodyProblem>> {
  const plaintext = await decrypt(session, input.sealedDone)
  if (!plaintext.ok) return plaintext
  const parsed = frames.done.parse(plaintext.value)
  if (!parsed.ok) return parsed
  const { status, signature, payload, triesLeft } = parsed.value
  if (status === 3) {
    return signature.length === 0 && payload.length === 0 ? ok({ kind: 'wrong', triesLeft }) : fail({ code: 'CUSTODY_FRAME_INVALID' })
  }
  if (!primitives.group.verify(signature, session.message, input.walletKey)) return fail({ code: 'CUSTODY_SIGNATURE_INVALID' })
  return ok({ kind: 'signed', signature, payload, triesLeft })
}

async function decrypt(session: PaySession, sealedDone: Uint8Array): Promise<Result<Uint8Array, CustodyProblem>> {
  const key = await deriveResponseKey(session.context)
  try {
    return ok(await session.aead.Open(key, nonce, session.slotId, sealedDone))
  } catch {
    return fail({ code: 'CUSTODY_SEAL_INVALID' })
  } finally {
    wipe(key)
  }
}
