import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock, CreateId } from '../flows/ports.ts'

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  // A timer alone keeps no process alive.
  wait: (milliseconds) => delay(milliseconds, undefined, { ref: false }),
}

/** Sixteen random bytes, lower-case hex. */
export const createId: CreateId = () => randomBytes(16).toString('hex')

export function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text, 'utf8').digest()
}
