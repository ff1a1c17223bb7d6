import { describe, expect, it } from 'vitest'
import { deviceOriginHeaders, readableBy } from './headers.ts'

const issuer = {
  issuerId: 'aa'.repeat(16),
  name: { ko: '가 카드', en: 'A Card' },
  origin: 'http://localhost:8411',
  accountRanges: [{ low: '40000000', high: '49999999', panLengths: [16], network: 'visa' as const }],
  sealingKeys: [{ keyId: '00'.repeat(8), publicKey: 'A', certificate: 'A', signature: 'A' }],
  certificateKey: 'A'.repeat(43),
}
const config = {
  directory: {
    version: 1 as const,
    operator: {
      operatorId: 'bb'.repeat(16),
      name: { ko: '운영자', en: 'Operator' },
      origin: 'http://127.0.0.1:8400',
      vaultKeyCertificates: [],
    },
    issuers: [issuer],
  },
  inlineScripts: ["'sha256-abc'"],
  frameAncestors: ['http://127.0.0.1:8400'],
  merchantOrigins: ['http://127.0.0.1:8402', 'http://127.0.0.1:8402'],
}

describe('headers of the device origin', () => {
  const policy = new Map(
    (deviceOriginHeaders(config)['content-security-policy'] ?? '')
      .split('; ')
      .map((part) => [part.split(' ')[0], part.split(' ').slice(1)]),
  )

  it('connects to the pinned parties, each once, and to nobody else', () =>
    expect(policy.get('connect-src')).toEqual(["'self'", 'http://127.0.0.1:8400', 'http://localhost:8411', 'http://127.0.0.1:8402']))
  it('is embedded by the listed pages only', () => expect(policy.get('frame-ancestors')).toEqual(['http://127.0.0.1:8400']))
  it('runs own scripts, the import map and WebAssembly, and no eval', () =>
    expect(policy.get('script-src')).toEqual(["'self'", "'wasm-unsafe-eval'", "'sha256-abc'"]))
  it('forbids what is not named', () => expect(policy.get('default-src')).toEqual(["'none'"]))
})

describe('the files of the frame', () => {
  it.each([
    ['a page that may embed it', 'http://127.0.0.1:8400', 'http://127.0.0.1:8400'],
    ['a stranger', 'http://127.0.0.1:9', undefined],
    ['nobody who says where from', undefined, undefined],
  ])('are readable by %s: %s', (_, origin, allowed) =>
    expect(readableBy(config.frameAncestors, origin)['access-control-allow-origin']).toBe(allowed),
  )
})
