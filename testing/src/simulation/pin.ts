import { createHash } from 'node:crypto'
import type { StretchPin } from '@symbolon/device'

/** SHA-256 in place of argon2id, through the SDK's own port: what is simulated is the protocol, not the price of a guess. */
export const quickStretchPin: StretchPin = async (pin, salt) => new Uint8Array(createHash('sha256').update(pin).update(salt).digest())
