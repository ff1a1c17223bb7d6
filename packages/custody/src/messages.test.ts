import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { describe, expect, it } from 'vitest'
import { messageVectors, vectorValue } from './fixtures/vectors.ts'
import { encodeSignable, frames, parseSignable, type SignableMessage } from './messages.ts'

const frameByTag = new Map(Object.values(frames).map((frame) => [frame.tag, frame]))

describe('message vectors', () => {
  it('there is a vector for every tag and no other', () => {
    expect([...new Set(messageVectors.map(({ tag }) => tag))].toSorted()).toEqual([...frameByTag.keys()].toSorted())
  })
  for (const { tag, fields, frame } of messageVectors) {
    it(tag, () => {
      const values = Object.fromEntries(fields.map((field) => [field.name, vectorValue(field)]))
      const known = frameByTag.get(tag)
      expect(known?.parse(hexToBytes(frame))).toEqual({ ok: true, value: values })
      // @ts-expect-error the values of a vector have no static type; the line above proved that they are the frame's
      expect(bytesToHex(known?.encode(values) ?? new Uint8Array())).toBe(frame)
    })
  }
})

describe('what both halves sign', () => {
  const short = { walletId: new Uint8Array(16), slotHash: new Uint8Array(32), paymentAttemptId: new Uint8Array(16), expiresAt: 9 }
  const pay = {
    tokenReferenceId: new Uint8Array(16),
    merchantId: new Uint8Array(16),
    requestHash: new Uint8Array(32),
    amountMinorUnits: 1n,
    currencyNumeric: 840,
    instalmentMonths: 0,
    channel: 1,
  }
  const bind = {
    walletKey: new Uint8Array(32),
    deviceKey: new Uint8Array(91),
    operatorId: new Uint8Array(16),
    issuerNonce: new Uint8Array(16),
  }
  const messages: readonly SignableMessage[] = [
    { kind: 'pay', ...short, ...pay },
    { kind: 'bind', ...short, ...bind },
    { kind: 'record', ...short },
    { kind: 'refresh', ...short },
    { kind: 'pinset', ...short },
    { kind: 'close', ...short },
  ]
  for (const message of messages) {
    it(`${message.kind} comes back as itself`, () => {
      expect(parseSignable(encodeSignable(message))).toEqual({ ok: true, value: message })
    })
  }
  it('what is not built, or not a message to sign, is refused', () => {
    for (const other of [frames.closed.encode(closed), frames.open.encode({ ...open }), new Uint8Array()]) {
      expect(parseSignable(other)).toEqual({ ok: false, problem: { code: 'CUSTODY_FRAME_INVALID' } })
    }
  })
})
const closed = { walletId: new Uint8Array(16), epochId: new Uint8Array(16), now: 9 }
const open = { walletId: new Uint8Array(16), epochId: new Uint8Array(16), query: new Uint8Array(16) }
