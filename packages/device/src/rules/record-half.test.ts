import { expect, test } from 'vitest'
import { encodeRecordHalf, parseRecordHalf, recordCopySize } from './record-half.ts'

const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill)
const half = {
  recordId: bytes(16, 1),
  epochId: bytes(16, 9),
  half: bytes(1_056, 2),
  commitment: bytes(32, 3),
  fieldCommitments: [4, 5, 6, 7, 8].map((fill) => bytes(32, fill)),
}

test('a record half comes back whole', () => {
  expect(encodeRecordHalf(half)).toHaveLength(recordCopySize)
  expect(parseRecordHalf(encodeRecordHalf(half))).toEqual(half)
})

test('what is empty, torn or changed is no half', () => {
  const encoded = encodeRecordHalf(half)
  expect(parseRecordHalf(bytes(recordCopySize, 0))).toBeUndefined()
  expect(parseRecordHalf(encoded.subarray(1))).toBeUndefined()
  for (const at of [0, 15, 16, 31, 32, 1_087, 1_088, 1_279, 1_280, 1_311]) {
    expect(parseRecordHalf(encoded.with(at, (encoded[at] ?? 0) ^ 1)), `byte ${at}`).toBeUndefined()
  }
})

test('a half of another size is a bug', () => expect(() => encodeRecordHalf({ ...half, half: bytes(1_055, 2) })).toThrow())
