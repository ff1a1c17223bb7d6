import { stretchPin } from '@symbolon/custody/device'
import type { StretchPin } from '../ports.ts'

/** argon2id in the calling thread, at the full cost of docs/custody.md 9: some 0.2 s. */
export function createStretchPin(): StretchPin {
  return (pin, walletSalt) => stretchPin(pin, walletSalt)
}
