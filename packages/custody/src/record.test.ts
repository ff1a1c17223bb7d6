import { Bug } from '@symbolon/formats/result'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex } from '@symbolon/formats/bytes'
import { sha256 } from '@noble/hashes/sha2.js'
import { fill, seededBytes, value } from './fixtures/wallet.ts'
import { joinRecord, openField, prepareRecord, rerandomiseHalf, splitRecord, verifyField, type CardRecordFields } from './record.ts'

const randomBytes = seededBytes('record')
const name = { walletId: fill(1), recordId: fill(2) }
const record: CardRecordFields = {
  primaryAccountNumber: '9409120000000000',
  expiry: '3012',
  holderName: '홍길동',
  phoneNumber: '010-0000-0000',
  postalAddress: '서울특별시 중구 세종대로 110',
}
const refused = (code: string) => ({ ok: false, problem: { code } })

describe('the split record', () => {
  it('is one size, and both halves give it back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 30 }),
        fc.string({ unit: 'grapheme', maxLength: 50 }),
        (holderName, postalAddress) => {
          const written = { ...record, holderName, postalAddress }
          const { padded, commitment } = value(prepareRecord({ randomBytes }, name, written))
          const vaultHalf = randomBytes(1_056)
          expect(padded).toHaveLength(1_056)
          expect(joinRecord(name, { deviceHalf: splitRecord(padded, vaultHalf), vaultHalf, commitment })).toEqual({
            ok: true,
            value: written,
          })
        },
      ),
    )
  })
  it('another half, name or commitment does not join', () => {
    const { padded, commitment } = value(prepareRecord({ randomBytes }, name, record))
    const vaultHalf = randomBytes(1_056)
    const halves = { deviceHalf: splitRecord(padded, vaultHalf), vaultHalf, commitment }
    const mismatch = refused('CUSTODY_MISMATCH')
    expect(joinRecord(name, { ...halves, vaultHalf: randomBytes(1_056) })).toEqual(mismatch)
    expect(joinRecord({ ...name, walletId: fill(9) }, halves)).toEqual(mismatch)
    expect(joinRecord(name, { ...halves, commitment: fill(0, 32) })).toEqual(mismatch)
    expect(joinRecord(name, { ...halves, deviceHalf: new Uint8Array() })).toEqual(mismatch)
    expect(joinRecord(name, { ...halves, vaultHalf: halves.vaultHalf.subarray(1) })).toEqual(mismatch)
  })
  it('both halves move together: they join again, and neither fits the other of before', () => {
    const { padded, commitment } = value(prepareRecord({ randomBytes }, name, record))
    const vaultHalf = randomBytes(1_056)
    const deviceHalf = splitRecord(padded, vaultHalf)
    const recordKey = randomBytes(32)
    const moved = {
      deviceHalf: rerandomiseHalf(recordKey, name.recordId, deviceHalf),
      vaultHalf: rerandomiseHalf(recordKey, name.recordId, vaultHalf),
    }
    expect(joinRecord(name, { ...moved, commitment })).toEqual({ ok: true, value: record })
    expect(joinRecord(name, { ...moved, deviceHalf, commitment })).toEqual(refused('CUSTODY_MISMATCH'))
    expect(joinRecord(name, { ...moved, vaultHalf, commitment })).toEqual(refused('CUSTODY_MISMATCH'))
    const other = rerandomiseHalf(recordKey, fill(3), vaultHalf)
    expect(joinRecord(name, { ...moved, vaultHalf: other, commitment })).toEqual(refused('CUSTODY_MISMATCH'))
  })
  it("is moved by AES-256-CTR(HMAC-SHA256(rec', id), 0), as OpenSSL computes it", () => {
    const stream = rerandomiseHalf(fill(0x0b, 32), fill(2), new Uint8Array(1_056))
    expect(bytesToHex(stream.subarray(0, 8))).toBe('71d116f20671f189')
    expect(bytesToHex(sha256(stream))).toBe('11b0b9f7fa379797867c3457b86bcb99185b73b50f71026f9bc86cd7f37d583a')
    expect(() => rerandomiseHalf(fill(0x0b, 32), fill(2), new Uint8Array(1_055))).toThrow()
  })
  it('two records of the same card share nothing', () => {
    const [first, second] = [1, 2].map(() => value(prepareRecord({ randomBytes }, name, record)))
    expect(first?.commitment).not.toEqual(second?.commitment)
    expect(first?.fieldCommitments.primaryAccountNumber).not.toEqual(second?.fieldCommitments.primaryAccountNumber)
  })
  it('a record that does not fit is a problem, however long; a full one fits', () => {
    const length = (size: number) => prepareRecord({ randomBytes }, name, { ...record, postalAddress: 'x'.repeat(size) })
    const longest = Array.from({ length: 1_024 }, (_, size) => size).findLast((size) => length(size).ok)
    expect(longest).toBeGreaterThan(800)
    for (const size of [(longest ?? 0) + 1, 1_023, 1_024, 70_000]) expect(length(size)).toEqual(refused('CUSTODY_RECORD_TOO_LONG'))
    const { padded, commitment } = value(length(longest ?? 0))
    const vaultHalf = randomBytes(1_056)
    expect(joinRecord(name, { deviceHalf: splitRecord(padded, vaultHalf), vaultHalf, commitment }).ok).toBe(true)
  })
  it('what was committed but is no record is refused', async () => {
    const { hashFrame } = await import('./hashes.ts')
    for (const padded of [fill(0, 1_056), fill(1, 1_056), fill(0x80, 1_056)]) {
      const commitment = hashFrame('rec-com', [name.walletId, padded])
      const halves = { deviceHalf: splitRecord(padded, fill(0, 1_056)), vaultHalf: fill(0, 1_056), commitment }
      expect(joinRecord(name, halves)).toEqual(refused('CUSTODY_FRAME_INVALID'))
    }
  })
  it('halves of another size are a bug of the caller', () => {
    expect(() => splitRecord(fill(0, 10), fill(0, 10))).toThrow(Bug)
    expect(() => splitRecord(fill(0, 1_056), fill(0, 10))).toThrow(Bug)
  })
})

describe('the commitments of its fields', () => {
  it('each field opens alone and only as itself', () => {
    const { padded, fieldCommitments } = value(prepareRecord({ randomBytes }, name, record))
    const fields = ['primaryAccountNumber', 'expiry', 'holderName', 'phoneNumber', 'postalAddress'] as const
    for (const field of fields) {
      const opening = openField(record, padded, field)
      for (const other of fields) expect(verifyField(name, opening, fieldCommitments[other])).toBe(other === field)
      expect(verifyField(name, { ...opening, value: `${opening.value}0` }, fieldCommitments[field])).toBe(false)
      expect(verifyField(name, { ...opening, salt: fill(0, 32) }, fieldCommitments[field])).toBe(false)
      expect(verifyField({ ...name, recordId: fill(9) }, opening, fieldCommitments[field])).toBe(false)
      expect(verifyField({ ...name, walletId: fill(9) }, opening, fieldCommitments[field])).toBe(false)
    }
    expect(new Set(fields.map((field) => openField(record, padded, field).salt.join())).size).toBe(5)
  })
  it('there is no field for the security code', () => {
    // @ts-expect-error a record with a security code does not compile
    const withCode: CardRecordFields = { ...record, securityCode: '123' }
    const { padded } = value(prepareRecord({ randomBytes }, name, withCode))
    expect(Buffer.from(padded).includes('\u0003123')).toBe(false)
    expect(Buffer.from(padded).includes('securityCode')).toBe(false)
  })
})
