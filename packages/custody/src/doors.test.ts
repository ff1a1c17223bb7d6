import { ed25519 } from '@noble/curves/ed25519.js'
import { Bug } from '@symbolon/formats/result'
import { describe, expect, it } from 'vitest'
import * as device from './device/index.ts'
import { fill, seededBytes } from './fixtures/wallet.ts'
import { loadLibsodiumGroup } from './group/libsodium.ts'
import { nobleGroup } from './group/noble.ts'
import * as issuer from './issuer/index.ts'
import * as operator from './operator/index.ts'

describe('three doors, three parties', () => {
  const doors = { device, operator, issuer }
  const namesOf = (door: object): readonly string[] => Object.keys(door)
  /** What two parties may both compute: public formats, what both derive from their own session, and checks of signatures. */
  const shared = new Set([
    'encodeSignable',
    'parseSignable',
    'encodeDeviceSignatureInput',
    'verifyJointSignature',
    'readAssertion',
    'deriveRegistrationChallenge',
    'verifyGrant',
    'verifyCertificate',
    'decideCertificate',
    'hashSealingKey',
    'deriveSealingKeyId',
    'deriveEpochSecrets',
    'deriveRecordPad',
    'movesRecords',
    'rerandomiseHalf',
    'hashStopCode',
    'wipe',
    'lastStateCodes',
    'noSlotId',
  ])
  it('no secret operation goes through two of them', () => {
    const counts = new Map<string, number>()
    for (const door of Object.values(doors)) for (const name of namesOf(door)) counts.set(name, (counts.get(name) ?? 0) + 1)
    expect([...counts].filter(([name, count]) => count > 1 && !shared.has(name))).toEqual([])
  })
  const forbidden: Readonly<Record<keyof typeof doors, readonly string[]>> = {
    device: [
      'cosign',
      'createSlot',
      'openPay',
      'sealDone',
      'createOffer',
      'completeOffer',
      'advanceVaultShare',
      'createClosingStatement',
      'openCard',
      'encodeGrant',
      'importSealingKey',
    ],
    operator: [
      'stretchPin',
      'maskShare',
      'unmaskShare',
      'signShare',
      'sealPay',
      'openDone',
      'acceptOffer',
      'advanceDeviceShare',
      'prepareRecord',
      'joinRecord',
      'createStopCode',
      'openCard',
      'encodeGrant',
      'sealToIssuer',
    ],
    issuer: [
      'cosign',
      'signShare',
      'maskShare',
      'unmaskShare',
      'openPay',
      'sealPay',
      'deriveEpochSecrets',
      'deriveRecordPad',
      'createSlot',
      'sealToIssuer',
    ],
  }
  it.each(Object.entries(forbidden))("%s cannot do what is another party's", (door, names) => {
    const exported = Object.entries(doors).find(([name]) => name === door)?.[1] ?? {}
    for (const name of names) expect(namesOf(exported)).not.toContain(name)
    const everywhere = Object.values(doors).flatMap(namesOf)
    for (const name of names) expect(everywhere).toContain(name)
  })
})

describe('the vault says what it computes with', () => {
  const randomBytes = seededBytes('backend')
  const unavailable = () => Promise.reject(new Error('no add-on'))
  const cheating = async () => ({ ...(await loadLibsodiumGroup()), verify: () => true })
  const choose = async (change: Readonly<Partial<Record<operator.GroupName, operator.GroupLoader['load']>>>) => {
    const loaders = operator.groupLoaders.map(({ group, load }) => ({ group, load: change[group] ?? load }))
    return operator.createOperatorPrimitives(randomBytes, { loaders })
  }
  it('sodium-native', async () => {
    const { backend, group } = await operator.createOperatorPrimitives(randomBytes)
    expect(backend).toEqual({ group: 'sodium-native', skipped: [], sealing: 'webcrypto' })
    expect(group.name).toBe('sodium-native')
  })
  it('libsodium in WebAssembly, because the add-on did not load', async () => {
    const { backend, group } = await choose({ 'sodium-native': unavailable })
    expect(backend).toMatchObject({ group: 'libsodium-wasm', skipped: [{ group: 'sodium-native', reason: 'not-loaded' }] })
    expect(group.name).toBe('libsodium-wasm')
  })
  it('noble, because one did not load and the other fails the vector', async () => {
    const { backend, group } = await choose({ 'sodium-native': unavailable, 'libsodium-wasm': cheating })
    const skipped = [
      { group: 'sodium-native', reason: 'not-loaded' },
      { group: 'libsodium-wasm', reason: 'fails-rfc-9591' },
    ]
    expect(backend).toMatchObject({ group: 'noble', skipped })
    expect(group).toBe(nobleGroup)
  })
  it('nothing, because no back end agrees with RFC 9591', async () => {
    await expect(choose({ 'sodium-native': unavailable, 'libsodium-wasm': cheating, noble: cheating })).rejects.toThrow(Bug)
  })
})

describe('grants', () => {
  const secretKey = fill(6, 32)
  const certificateKey = ed25519.getPublicKey(secretKey)
  const fields = {
    issuerId: fill(1),
    walletId: fill(2),
    tokenReferenceId: fill(3),
    network: 'mastercard',
    lastFour: '4444',
    grantNumber: 1,
  }
  const grant = issuer.encodeGrant(fields)
  it('are read when the issuer signed them', () => {
    expect(device.verifyGrant({ grant, signature: ed25519.sign(grant, secretKey), certificateKey })).toEqual({ ok: true, value: fields })
  })
  it('are refused from another key, changed, or signed without being a grant', () => {
    const invalid = { ok: false, problem: { code: 'CUSTODY_SIGNATURE_INVALID' } }
    const signature = ed25519.sign(grant, secretKey)
    expect(device.verifyGrant({ grant, signature, certificateKey: fill(1, 32) })).toEqual(invalid)
    expect(device.verifyGrant({ grant: grant.map((byte, index) => (index === 30 ? byte ^ 1 : byte)), signature, certificateKey })).toEqual(
      invalid,
    )
    const noise = fill(1, 20)
    expect(device.verifyGrant({ grant: noise, signature: ed25519.sign(noise, secretKey), certificateKey })).toEqual({
      ok: false,
      problem: { code: 'CUSTODY_FRAME_INVALID' },
    })
  })
})
