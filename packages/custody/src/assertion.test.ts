import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeAssertion, encodePrfInput, readAssertion, type AssertionFault, type AuthenticatorAnswer } from './assertion.ts'
import { encodeDeviceSignatureInput } from './signing.ts'

const origin = 'https://device.example'
const chat = 'https://chat.example'
const input = encodeDeviceSignatureInput(new Uint8Array(40).fill(7))
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

type Made = {
  readonly host: string
  readonly flags: number
  readonly count: number
  readonly extension: Uint8Array
  readonly members: Record<string, unknown>
  readonly signature: Uint8Array
}
const honest: Made = {
  host: 'device.example',
  flags: 0x05,
  count: 258,
  extension: new Uint8Array(),
  members: { type: 'webauthn.get', challenge: sha256(input).toString('base64url'), origin, crossOrigin: true, topOrigin: chat },
  signature: new Uint8Array(71).fill(3),
}

function answerOf({ host, flags, count, extension, members, signature }: Made): AuthenticatorAnswer {
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(count)
  return {
    authenticatorData: new Uint8Array(Buffer.concat([sha256(host), Buffer.of(flags), counter, extension])),
    clientDataJson: new Uint8Array(Buffer.from(JSON.stringify(members))),
    signature,
  }
}

function encode(change: Partial<Made>): Uint8Array {
  const encoded = encodeAssertion(answerOf({ ...honest, ...change }), input)
  if (!encoded.ok) throw new Error('the assertion was not encoded')
  return encoded.value
}

const read = (bytes: Uint8Array, deviceSignatureInput = input) => readAssertion(bytes, { deviceSignatureInput, origins: [origin] })

describe('an assertion', () => {
  it('is read as the authenticator and the browser meant it', () => {
    const { authenticatorData, clientDataJson } = answerOf(honest)
    expect(read(encode({}))).toEqual({
      ok: true,
      value: {
        signedBytes: new Uint8Array(Buffer.concat([authenticatorData, sha256(clientDataJson)])),
        signature: honest.signature,
        isBackupEligible: false,
        signCount: 258,
        origin,
        isCrossOrigin: true,
        topOrigin: chat,
      },
    })
  })

  it('may say more than is known, and carry extensions', () => {
    const members = { ...honest.members, other_keys_can_be_added_here: 'do not compare clientDataJSON against a template' }
    expect(read(encode({ members, flags: 0x8d, extension: Uint8Array.of(0xa0) }))).toMatchObject({
      ok: true,
      value: { isBackupEligible: true, signCount: 258 },
    })
  })

  it('says that it was made in no frame when it names none', () => {
    const { type, challenge } = honest.members
    expect(read(encode({ members: { type, challenge, origin } }))).toMatchObject({
      ok: true,
      value: { isCrossOrigin: false, topOrigin: undefined },
    })
  })

  it('gives another signed text for another message: an assertion of one payment is none of the next', () => {
    const [own, other] = [read(encode({})), read(encode({}), encodeDeviceSignatureInput(new Uint8Array(40).fill(8)))]
    expect(own.ok && other.ok && own.value.signedBytes).not.toEqual(other.ok && other.value.signedBytes)
  })

  it.each<[string, Partial<Made>, AssertionFault]>([
    ['another page of the browser', { members: { ...honest.members, origin: 'https://evil.example' } }, 'assertion-other-origin'],
    ['the origin with a path', { members: { ...honest.members, origin: `${origin}/` } }, 'assertion-other-origin'],
    ['no origin', { members: { ...honest.members, origin: 5 } }, 'assertion-malformed'],
    ['a credential of another relying party', { host: 'evil.example' }, 'assertion-other-relying-party'],
    ['a credential of the domain above', { host: 'example' }, 'assertion-other-relying-party'],
    ['nobody touched it', { flags: 0x04 }, 'assertion-user-absent'],
    ['nobody was verified', { flags: 0x01 }, 'assertion-user-unverified'],
    ['neither', { flags: 0x00 }, 'assertion-user-absent'],
    ['backed up, but not eligible', { flags: 0x15 }, 'assertion-flags-contradict'],
    ['a credential inside', { flags: 0x45, extension: new Uint8Array(20) }, 'assertion-malformed'],
    ['extensions that are not flagged', { extension: Uint8Array.of(0xa0) }, 'assertion-malformed'],
    ['flagged extensions that are not there', { flags: 0x85 }, 'assertion-malformed'],
    ['crossOrigin as a word', { members: { ...honest.members, crossOrigin: 'true' } }, 'assertion-malformed'],
    ['topOrigin as a list', { members: { ...honest.members, topOrigin: [chat] } }, 'assertion-malformed'],
    ['two faults: the earlier one', { host: 'evil.example', flags: 0x00 }, 'assertion-other-relying-party'],
  ])('is refused: %s', (_, change, kind) => expect(read(encode(change))).toEqual({ ok: false, problem: { kind } }))

  it.each([
    ['type', '"origin":"https://device.example","type":"webauthn.create"}'],
    ['challenge', '"origin":"https://device.example","challenge":"AAAA"}'],
    ['JSON', '"origin":"https://device.example"'],
  ])('is refused: a tail that overrides the head or is no end (%s)', (_, tail) => {
    const { clientDataJson } = answerOf(honest)
    const head = Buffer.from(clientDataJson).indexOf('"origin"')
    const forged = new Uint8Array(Buffer.concat([clientDataJson.subarray(0, head), Buffer.from(tail)]))
    const encoded = encodeAssertion({ ...answerOf(honest), clientDataJson: forged }, input)
    expect(encoded.ok && read(encoded.value)).toEqual({ ok: false, problem: { kind: 'assertion-malformed' } })
  })

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a software signature', new Uint8Array(64)],
    ['a byte behind it', new Uint8Array([...encode({}), 0])],
    ['a byte less', encode({}).slice(0, -1)],
  ])('is refused: %s', (_, bytes) => expect(read(bytes)).toEqual({ ok: false, problem: { kind: 'assertion-malformed' } }))

  it.each<[string, Partial<Made>]>([
    ['another challenge', { members: { ...honest.members, challenge: 'AAAA' } }],
    ['a registration', { members: { ...honest.members, type: 'webauthn.create' } }],
    ['members in another order', { members: { origin, ...honest.members } }],
    ['a signature without end', { signature: new Uint8Array(81) }],
    ['client data without end', { members: { ...honest.members, more: 'x'.repeat(400) } }],
  ])('is not encoded: %s', (_, change) =>
    expect(encodeAssertion(answerOf({ ...honest, ...change }), input)).toEqual({ ok: false, problem: { code: 'CUSTODY_FRAME_INVALID' } }),
  )

  it('asks a PRF about a frame of the salt, so that no other question has the same answer', () => {
    const asked = encodePrfInput(new Uint8Array(32).fill(9))
    expect(Buffer.from(asked).toString('latin1')).toBe(`\x0fsymbolon/v1/prf\x01\x00\x20${'\x09'.repeat(32)}`)
  })
})
