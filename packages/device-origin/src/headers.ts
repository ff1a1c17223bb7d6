import type { Directory } from '@symbolon/contracts/directory'
import type { DeviceOriginConfig } from './config.ts'

export type Pinned = Pick<DeviceOriginConfig, 'frameAncestors' | 'merchantOrigins'> & {
  readonly directory: Directory
  /** CSP hashes of the scripts that stand inside the page. */
  readonly inlineScripts: readonly string[]
}

/**
 * Headers of every answer of the device origin: own scripts only, and no connection but to the operator, the issuers and the shops
 * that are pinned, so that a script that got in has nobody to send a card number to.
 */
export function deviceOriginHeaders(pinned: Pinned): Readonly<Record<string, string>> {
  const { directory, merchantOrigins, frameAncestors, inlineScripts } = pinned
  const peers = ["'self'", directory.operator.origin, ...directory.issuers.map((issuer) => issuer.origin), ...merchantOrigins]
  const policy = [
    "default-src 'none'",
    // WebAssembly is needed for argon2id; eval of JavaScript stays forbidden.
    ["script-src 'self' 'wasm-unsafe-eval'", ...inlineScripts].join(' '),
    "worker-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    `connect-src ${[...new Set(peers)].join(' ')}`,
    `frame-ancestors ${frameAncestors.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    // A script runs only when the page, or its import map, names its hash (Integrity Policy; browsers without it ignore the header).
    'integrity-policy': 'blocked-destinations=(script)',
    'permissions-policy':
      'publickey-credentials-create=(self), publickey-credentials-get=(self), camera=(), microphone=(), geolocation=(), usb=(), clipboard-read=()',
    'referrer-policy': 'no-referrer',
    // The wallet's own window must keep the way to the chat page that its frame is in.
    'cross-origin-opener-policy': 'unsafe-none',
    'cross-origin-resource-policy': 'cross-origin',
  }
}

/** Pages that may embed the frame may also read its files, to compare them before they embed it. Nothing in them is secret. */
export function readableBy(origins: readonly string[], origin: string | undefined): Readonly<Record<string, string>> {
  return origin !== undefined && origins.includes(origin) ? { vary: 'origin', 'access-control-allow-origin': origin } : { vary: 'origin' }
}
