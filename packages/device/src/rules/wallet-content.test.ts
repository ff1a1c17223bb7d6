import { expect, test } from 'vitest'
import { maximumBodySize } from './record-pair.ts'
import {
  encodeClosing,
  encodeWalletContent,
  maximumCards,
  maximumIntents,
  parseStoredWallet,
  parseWalletContent,
  type WalletContent,
} from './wallet-content.ts'

const id = (byte: number): string => byte.toString(16).padStart(2, '0').repeat(16)
const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill)
const epoch = (byte: number) => ({
  eid: id(byte),
  secrets: { key: bytes(32, byte), maskedShare: bytes(32, byte + 1), salt: bytes(32, byte + 2) },
})
const longText = '가'.repeat(80)

const largest: WalletContent = {
  walletId: id(1),
  walletKey: bytes(32, 2),
  pinSalt: bytes(16, 3),
  stored: {
    current: epoch(4),
    pending: { ...epoch(8), secrets: { ...epoch(8).secrets, recordKey: bytes(32, 12) } },
    counter: Number.MAX_SAFE_INTEGER,
    last: { slotId: id(9), state: 4 },
    attempt: {
      slotId: id(10),
      intent: { kind: 'pay', paymentAttemptId: id(11), paymentId: id(12), requestHash: id(13) + id(14), amountMinorUnits: '999999999999' },
    },
  },
  triesLeft: 5,
  pinChange: 'unconfirmed',
  isFrozen: false,
  protection: 'pin',
  purchases: Array.from({ length: maximumIntents }, (_, index) => ({
    paymentId: id(20 + index),
    paymentAttemptId: id(40 + index),
    isOpen: true,
  })),
  cards: Array.from({ length: maximumCards }, (_, index) => ({
    card: {
      enrolmentId: id(60 + index),
      tokenReferenceId: id(80 + index),
      issuerName: { ko: longText, en: longText },
      network: 'korean-domestic',
      lastFour: '0008',
      state: 'awaiting_approval',
    },
    issuerId: id(100 + index),
    recordId: id(120 + index),
  })),
}

const besideItsSuccessor: WalletContent = {
  ...largest,
  successor: {
    wallet: { ...largest, walletId: id(200), cards: [] },
    rebinds: Array.from({ length: maximumCards }, (_, index) => ({
      rebindId: id(140 + index),
      issuerId: id(100 + index),
      approvalUrl: `https://${'a'.repeat(292)}`,
      tokenReferenceIds: [id(80 + index)],
      state: 'awaiting_approval',
    })),
  },
}

test('the largest wallet fits into its record beside its successor', () => {
  const encoded = encodeWalletContent(besideItsSuccessor)
  expect(encoded.length).toBeLessThanOrEqual(maximumBodySize)
  expect(parseWalletContent(encoded)).toEqual({ ok: true, value: besideItsSuccessor })
})

test('the largest wallet fits into its record and comes back whole', () => {
  const encoded = encodeWalletContent(largest)
  expect(encoded.length).toBeLessThanOrEqual(maximumBodySize)
  expect(parseWalletContent(encoded)).toEqual({ ok: true, value: largest })
})

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['another form', '{"version":1}'],
  ['a member too many', JSON.stringify({ ...JSON.parse(Buffer.from(encodeWalletContent(largest)).toString()), pin: '824917' })],
  ['another version', Buffer.from(encodeWalletContent(largest)).toString().replace('"version":1', '"version":2')],
])('refuses %s', (_name, text) => {
  expect(parseWalletContent(new Uint8Array(Buffer.from(text)))).toEqual({ ok: false, problem: { code: 'WALLET_STORAGE_DAMAGED' } })
})

test('what is left of a closed wallet is its statement, and is told from an open one', () => {
  const closing = { walletId: id(1), closedAt: 1_800_000_000, statement: 'c3RhdGVtZW50' }
  expect(parseStoredWallet(encodeClosing(closing))).toEqual({ ok: true, value: { kind: 'closed', closing } })
  expect(parseStoredWallet(encodeWalletContent(largest))).toEqual({ ok: true, value: { kind: 'open', content: largest } })
  expect(parseStoredWallet(new Uint8Array(Buffer.from('{"version":1,"closing":{}}')))).toMatchObject({ ok: false })
})
