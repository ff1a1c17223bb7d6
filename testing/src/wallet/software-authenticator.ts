import { createHash, createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import type { DeviceKey } from '@symbolon/device'

/** What a dishonest or broken authenticator or browser would say instead. */
export type Deviation = {
  readonly host?: string
  readonly flags?: number
  readonly challenge?: string
  readonly members?: Readonly<Record<string, unknown>>
  readonly signer?: KeyObject
  readonly counter?: number
}
export type SoftwareAuthenticator = DeviceKey & {
  deviate(deviation: Deviation): void
  /** The person says no, or the authenticator is gone; `signing`: its key is gone, but a new one can be made. */
  refuse(what: 'everything' | 'signing' | 'nothing'): void
  readonly gestures: number
}
type Options = { readonly algorithm?: 'es256' | 'eddsa'; readonly flags?: number; readonly host?: string; readonly topOrigin?: string }

const present = 0x01
const verified = 0x04

/**
 * A passkey in software: WebAuthn Level 3 and the frames of docs/custody.md 2 written once more from the text, without the code of the
 * wallet. Its PRF is an HMAC under a secret of its own, as CTAP 2.1 does it.
 */
export function createSoftwareAuthenticator(origin: string, options: Options = {}): SoftwareAuthenticator {
  const { algorithm = 'es256', host = new URL(origin).hostname, topOrigin = 'http://127.0.0.1:1' } = options
  const secret = randomBytes(32)
  let deviation: Deviation = {}
  let refused: 'everything' | 'signing' | 'nothing' = 'nothing'
  let pair: ReturnType<typeof createPair> | undefined
  let counter = 0
  let gestures = 0
  const unanswered = { ok: false, problem: { code: 'WALLET_PASSKEY_UNANSWERED' } } as const
  const prf = (salt: Uint8Array): Uint8Array =>
    new Uint8Array(
      createHmac('sha256', secret)
        .update(frame('prf', [salt]))
        .digest(),
    )
  const facts = (key: KeyObject) => ({ kind: 1, publicKeySpki: new Uint8Array(key.export({ format: 'der', type: 'spki' })) }) as const
  return {
    deviate: (next) => (deviation = next),
    refuse: (what) => (refused = what),
    get gestures() {
      return gestures
    },
    isPasskeyAvailable: async () => true,
    create: async (request) => {
      if (refused === 'everything' || request.kind !== 1) return unanswered
      refused = 'nothing'
      pair = createPair(algorithm)
      return { ok: true, value: { ...facts(pair.publicKey), prf: prf(request.salt) } }
    },
    find: async () => (pair === undefined ? undefined : facts(pair.publicKey)),
    forget: async () => void (pair = undefined),
    sign: async (input, salts) => {
      if (refused !== 'nothing' || pair === undefined) return unanswered
      gestures += 1
      counter += 1
      const head = `{"type":"webauthn.get","challenge":"${deviation.challenge ?? hash(input).toString('base64url')}",`
      const tail = JSON.stringify({ origin, crossOrigin: true, topOrigin, ...deviation.members }).slice(1)
      const data = authenticatorData(
        deviation.host ?? host,
        deviation.flags ?? options.flags ?? present | verified,
        deviation.counter ?? counter,
      )
      const signed = Buffer.concat([data, hash(head + tail)])
      const signature = sign(algorithm === 'es256' ? 'sha256' : null, signed, deviation.signer ?? pair.privateKey)
      return {
        ok: true,
        value: {
          kind: 1,
          signature: frame('assertion', [data, Buffer.from(tail), signature]),
          ...(salts === undefined ? {} : { prf: { current: prf(salts.current), next: prf(salts.next) } }),
        },
      }
    },
  }
}

function createPair(algorithm: 'es256' | 'eddsa'): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return algorithm === 'es256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
}

function authenticatorData(host: string, flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Buffer.concat([hash(host), Buffer.of(flags), count])
}

function hash(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function frame(name: string, fields: readonly Uint8Array[]): Uint8Array {
  const tag = Buffer.from(`symbolon/v1/${name}`)
  const parts = fields.flatMap((field) => [Buffer.of(field.length >> 8, field.length & 255), field])
  return new Uint8Array(Buffer.concat([Buffer.of(tag.length), tag, Buffer.of(fields.length), ...parts]))
}
