import { suspensionCauseCodes, tokenFile, tokenUpdateTags } from '@symbolon/contracts/issuer-link'
import { bytesToBase64, utf8ToBytes } from '@symbolon/formats/bytes'
import { encodeTlv } from '@symbolon/formats/tlv'
import { describe, expect, it } from 'vitest'
import { decideLimitedUntil, decideRebind, decideRebindTokens, type BoundToken, type RebindFacts } from './rebind.ts'
import { decideSuspension } from './suspension.ts'
import { parseTokenUpdate } from './token-update.ts'

const now = 1_800_000_000
const id = (byte: number): Uint8Array => new Uint8Array(16).fill(byte)
const token: BoundToken = {
  tokenReferenceId: id(1),
  walletId: id(2),
  operatorId: id(3),
  state: 'active',
  suspension: undefined,
  bindingNumber: 4,
  boundAt: now,
  deviceKeyKind: 0,
  deviceKey: new Uint8Array(91),
  network: 'visa',
  lastFour: '1111',
}
const bind = {
  walletId: id(5),
  operatorId: id(3),
  issuerNonce: id(6),
  walletKey: new Uint8Array(32).fill(7),
  deviceKey: new Uint8Array(91).fill(8),
  expiresAt: now + 60,
}
const facts: RebindFacts = {
  binding: {
    bind,
    enrolment: { walletId: id(5), operatorId: id(3), nonce: id(6) },
    deviceKeyKind: 0,
    signatures: { isJointValid: true, isDeviceValid: true },
    attestation: 'none',
    chatOrigins: [],
  },
  tokens: [token],
  isOldDeviceValid: true,
}
const outcome = (change: Partial<RebindFacts>): string => {
  const decision = decideRebind({ ...facts, ...change }, now)
  return decision.ok ? decision.value.proof : decision.problem.kind
}
const frozen = (cause: 'alarm' | 'stop-code' | 'stayed-away', deviceKeyKind = 0): BoundToken => ({
  ...token,
  deviceKeyKind,
  state: 'suspended',
  suspension: { by: 'operator', cause },
})

describe('a rebind', () => {
  it.each<[string, Partial<RebindFacts>]>([
    ['device-key', {}],
    ['identification', { isOldDeviceValid: undefined }],
    ['old-device-signature-wrong', { isOldDeviceValid: false }],
    ['same-wallet', { tokens: [{ ...token, walletId: id(5) }] }],
    ['joint-signature-wrong', { binding: { ...facts.binding, signatures: { isJointValid: false, isDeviceValid: true } } }],
    ['other-nonce', { binding: { ...facts.binding, bind: { ...bind, issuerNonce: id(9) } }, isOldDeviceValid: false }],
    ['device-key', { tokens: [{ ...token, state: 'suspended', suspension: { by: 'customer' } }] }],
    ['device-key', { tokens: [frozen('stayed-away')] }],
    ['identification', { tokens: [frozen('alarm')] }],
    ['identification', { tokens: [frozen('stop-code')] }],
    ['identification', { tokens: [token, frozen('alarm')] }],
    ['device-key', { tokens: [frozen('alarm', 1)] }],
  ])('is or stands on %s', (expected, change) => expect(outcome(change)).toBe(expected))

  it.each<[string, readonly BoundToken[]]>([
    ['accepted', [token]],
    ['accepted', [frozen('alarm')]],
    ['token-unknown', []],
    ['token-unknown', [{ ...token, tokenReferenceId: id(9) }]],
    ['token-unknown', [{ ...token, operatorId: id(9) }]],
    ['token-unknown', [{ ...token, state: 'deleted' }]],
    ['token-withheld', [{ ...token, state: 'suspended', suspension: { by: 'office' } }]],
  ])('may be asked for: %s', (expected, tokens) => {
    const decision = decideRebindTokens({ tokenReferenceIds: [id(1)], operatorId: id(3) }, tokens)
    expect(decision.ok ? 'accepted' : decision.problem.kind).toBe(expected)
  })

  it('has low limits unless the old device key stands behind it', () => {
    const limits = { seconds: 60, perPurchaseByCurrency: new Map() }
    expect(decideLimitedUntil('device-key', limits, now)).toBeUndefined()
    expect(decideLimitedUntil('identification', limits, now)).toBe(now + 60)
  })
})

describe('the word that a wallet froze', () => {
  it.each([
    ['suspend', token, id(2)],
    ['already', frozen('alarm'), id(2)],
    ['foreign', token, id(9)],
    ['unknown', { ...token, state: 'deleted' as const }, id(2)],
    ['unknown', undefined, id(2)],
  ])('means %s', (expected, found, walletId) => expect(decideSuspension(found, walletId)).toBe(expected))

  const data = (objects: readonly (readonly [string, Uint8Array])[]): Uint8Array =>
    encodeTlv(objects.map(([tag, value]) => ({ tag, value })))
  const whole: readonly (readonly [string, Uint8Array])[] = [
    [tokenUpdateTags.tokenReferenceId.tag, id(1)],
    [tokenUpdateTags.walletId.tag, id(2)],
    [tokenUpdateTags.cause.tag, Uint8Array.of(suspensionCauseCodes['stop-code'])],
  ]
  const parse = (additionalData: Uint8Array | undefined, change: object = {}, encoding: 'binary' | 'base64' = 'binary'): unknown => {
    const fields = { fileUpdateCode: tokenFile.updateCode, fileName: tokenFile.name, additionalData, ...change }
    const update = parseTokenUpdate(fields, encoding)
    return update.ok ? update.value : update.problem.responseCode
  }
  it('is read in both encodings', () => {
    const expected = { tokenReferenceId: id(1), walletId: id(2), cause: 'stop-code' }
    expect(parse(data(whole))).toEqual(expected)
    expect(parse(utf8ToBytes(bytesToBase64(data(whole))), {}, 'base64')).toEqual(expected)
  })
  it.each<[string, unknown]>([
    ['another file', parse(data(whole), { fileName: 'CARDS' })],
    ['another update', parse(data(whole), { fileUpdateCode: '1' })],
  ])('is 12 for %s', (_name, answer) => expect(answer).toBe('12'))
  it.each<[string, unknown]>([
    ['no data', parse(undefined)],
    ['noise', parse(Uint8Array.of(255, 255))],
    ['no base64', parse(utf8ToBytes('*'), {}, 'base64')],
    ['an object too few', parse(data(whole.slice(0, 2)))],
    ['another order', parse(data(whole.toReversed()))],
    ['an unknown cause', parse(data([...whole.slice(0, 2), ['C7', Uint8Array.of(9)]]))],
    ['a short reference', parse(data([['C1', id(1).slice(1)], ...whole.slice(1)]))],
  ])('is 30 for %s', (_name, answer) => expect(answer).toBe('30'))
})
