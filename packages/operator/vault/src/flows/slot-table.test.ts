import { describe, expect, it } from 'vitest'
import type { SlotSecrets } from '@symbolon/custody/operator'
import { createSlotTable, type WalletMemory } from './slot-table.ts'

const keyPair: SlotSecrets['sealingKeyPair'] = {
  publicKey: { algorithm: { name: 'X25519' }, type: 'public', extractable: true },
  privateKey: { algorithm: { name: 'X25519' }, type: 'private', extractable: false },
}
const secrets = (byte: number): SlotSecrets => ({
  walletId: new Uint8Array(16),
  epochId: new Uint8Array(16),
  slotId: new Uint8Array(16).fill(byte),
  slotHash: new Uint8Array(32),
  nonces: {
    hiding: new Uint8Array(32).fill(byte),
    binding: new Uint8Array(32).fill(byte),
    hidingCommitment: new Uint8Array(32),
    bindingCommitment: new Uint8Array(32),
  },
  sealingKeyPair: keyPair,
  now: 0,
  expiresAt: 1,
})
const withSlot = (slot: SlotSecrets, expiresAtMs = 1_000): WalletMemory => ({
  memory: { slot: { id: 's', expiresAtMs }, staleChallenge: null },
  slot,
  checked: null,
  opens: { sinceMs: 0, count: 1 },
})
const withoutSlot: WalletMemory = {
  memory: { slot: null, staleChallenge: null },
  slot: null,
  checked: null,
  opens: { sinceMs: 0, count: 1 },
}
const isWiped = (slot: SlotSecrets): boolean => [...slot.nonces.hiding, ...slot.nonces.binding].every((byte) => byte === 0)

describe('slot table', () => {
  it('wipes the nonces of a slot that is replaced or dropped, and counts what lives', () => {
    const table = createSlotTable(10)
    const [first, second] = [secrets(1), secrets(2)]
    table.set('w', withSlot(first))
    table.set('w', withSlot(second))
    expect([isWiped(first), isWiped(second), table.liveSlots]).toEqual([true, false, 1])
    table.set('w', withoutSlot)
    expect([isWiped(second), table.liveSlots]).toEqual([true, 0])
  })
  it('leaves the nonces of a slot that is taken for use', () => {
    const table = createSlotTable(10)
    const slot = secrets(1)
    table.set('w', withSlot(slot))
    table.set('w', withoutSlot, { keepNonces: true })
    expect([isWiped(slot), table.liveSlots]).toEqual([false, 0])
  })
  it('keeps a slot that is carried over', () => {
    const table = createSlotTable(10)
    const slot = secrets(1)
    table.set('w', withSlot(slot))
    table.set('w', { ...withSlot(slot), opens: { sinceMs: 0, count: 2 } })
    expect([isWiped(slot), table.liveSlots]).toEqual([false, 1])
  })
  it('drops the slots that are named, and no others', () => {
    const table = createSlotTable(10)
    const [first, second] = [secrets(1), secrets(2)]
    table.set('w', withSlot(first))
    table.set('v', withSlot(second))
    table.drop((walletId) => walletId === 'w')
    expect([isWiped(first), isWiped(second), table.liveSlots]).toEqual([true, false, 1])
    expect([table.get('w').memory.slot, table.get('v').memory.slot === null]).toEqual([null, false])
  })
  it('sweeps what has expired, forgets the wallet after its minute, and makes room', () => {
    const table = createSlotTable(1)
    const slot = secrets(1)
    table.set('w', withSlot(slot))
    expect([table.hasRoom('w', 0), table.hasRoom('v', 0), table.hasRoom('v', 999)]).toEqual([true, false, false])
    expect(table.hasRoom('v', 1_000)).toBe(true)
    expect([isWiped(slot), table.liveSlots, table.get('w').opens.count]).toEqual([true, 0, 1])
    table.sweep(60_000)
    expect(table.get('w').opens.count).toBe(0)
  })
})
