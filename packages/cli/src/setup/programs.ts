import { join } from 'node:path'
import type { IssuerLetter } from '../sandbox/ports.ts'

export type ProcessName = 'vault' | 'link' | 'edge' | `front-${IssuerLetter}` | `host-${IssuerLetter}` | 'mall' | 'device-origin'
export type PartyName = 'operator' | `issuer-${IssuerLetter}` | 'merchant' | 'device'

/** The built programs of every party, below the checkout. The command line starts them; it imports none of them. */
export const programs = {
  schema: 'packages/operator/schema/dist/main.js',
  vault: 'packages/operator/vault/dist/main.js',
  vaultKeys: 'packages/operator/vault/dist/keygen.js',
  link: 'packages/operator/link/dist/main.js',
  edge: 'packages/operator/edge/dist/main.js',
  front: 'packages/issuer/dist/front/main.js',
  frontKeys: 'packages/issuer/dist/front/keygen.js',
  frontCertify: 'packages/issuer/dist/front/certify.js',
  host: 'packages/issuer/dist/host/main.js',
  mall: 'packages/merchant/dist/mall/main.js',
  mallKeys: 'packages/merchant/dist/mall/keygen.js',
  deviceOrigin: 'packages/device-origin/dist/main.js',
  demo: 'packages/demo/dist/main.js',
  canaries: 'drills/dist/canaries/main.js',
  drills: 'drills/dist/main.js',
} as const

export const pages = { chat: 'web/chat/dist', deviceFrame: 'web/device-frame/dist' } as const

export function locate(checkout: string, path: string): string {
  return join(checkout, path)
}
