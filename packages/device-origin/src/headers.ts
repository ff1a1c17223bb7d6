import type { DeviceOriginConfig } from './config.ts'

type Pinned = Pick<DeviceOriginConfig, 'directory' | 'frameAncestors' | 'merchantOrigins'>

/**
 * Headers of every answer of the device origin: own scripts only, and no connection but to the operator, the issuers and the shops
 * that are pinned, so that a script that got in has nobody to send a card number to.
 */
export function deviceOriginHeaders(config: Pinned): Readonly<Record<string, string>> {
  const peers = [config.directory.operator.origin, ...config.directory.issuers.map((issuer) => issuer.origin), ...config.merchantOrigins]
  const policy = [
    "default-src 'none'",
    // WebAssembly is needed for argon2id; eval of JavaScript stays forbidden.
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    `connect-src ${[...new Set(peers)].join(' ')}`,
    `frame-ancestors ${config.frameAncestors.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'permissions-policy':
      'publickey-credentials-create=(self), publickey-credentials-get=(self), camera=(), microphone=(), geolocation=(), usb=(), clipboard-read=()',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'cross-origin',
  }
}

/** A directory as text that may stand inside a script element: no `<` can end it. */
export function directoryMarkup(directory: DeviceOriginConfig['directory']): string {
  return `<script type="application/json" id="issuer-directory">${JSON.stringify(directory).replaceAll('<', '\\u003c')}</script>`
}
