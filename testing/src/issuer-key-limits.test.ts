import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IsoMessage } from '@symbolon/formats/iso8583'
import { createIsoClient, type IsoClient } from '@symbolon/service/iso8583-channel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIssuerParty, type IssuerParty } from './issuer/issuer-party.ts'
import { createPayment, createReversal, createTestWallet, enrol, type TestWallet } from './issuer/test-wallet.ts'
import { startTestPostgres, type TestPostgres } from './postgres.ts'

const amounts = (won: string): Record<string, string> => ({ KRW: won, USD: '1000', JPY: '1000', EUR: '1000' })
const software = { perPayment: amounts('10000'), perDay: amounts('25000'), paymentsPerDay: 5 }
const keyLimits = {
  'browser-storage': software,
  'passkey-synced': software,
  'passkey-device-bound': { ...software, paymentsPerDay: 50 },
  'passkey-attested': { ...software, paymentsPerDay: 50 },
}

describe('what a software key may pay in a day, in the database of a front', () => {
  let postgres: TestPostgres
  let folder: string
  let party: IssuerParty
  let link: IsoClient

  beforeAll(async () => {
    postgres = await startTestPostgres()
    folder = mkdtempSync(join(tmpdir(), 'issuer-limits-'))
    party = await createIssuerParty(postgres, folder, 'bcd', { keyLimits })
    await party.startHost()
    await party.startFront()
    const address = { host: '127.0.0.1', port: party.linkPort }
    link = createIsoClient({ address, dialect: 'bcd', answerTimeoutMs: 20_000, longestReconnectMs: 200 })
    await link.whenConnected(10_000)
  })
  afterAll(async () => {
    await link.close()
    await party.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const send = async (message: IsoMessage): Promise<string> => {
    const exchange = await link.send(message, { answerTimeoutMs: 20_000 })
    return exchange.kind === 'answered' ? (exchange.answer.fields.responseCode ?? 'no code') : exchange.kind
  }
  const start = async (): Promise<{ readonly wallet: TestWallet; readonly token: Uint8Array }> => {
    const wallet = createTestWallet()
    return { wallet, token: await enrol(party, wallet) }
  }

  it('is an amount for one payment and one for the day; what is refused or reversed is not spent', async () => {
    const { wallet, token } = await start()
    const payment = (amountMinorUnits: bigint): IsoMessage => createPayment(party, wallet, token, { amountMinorUnits }).message
    expect(await send(payment(10_001n))).toBe('61')
    const first = payment(10_000n)
    expect([await send(first), await send(payment(10_000n)), await send(payment(5_001n))]).toEqual(['00', '00', '61'])
    expect(await send(createReversal(first))).toBe('00')
    expect([await send(payment(10_000n)), await send(payment(5_000n)), await send(payment(1n))]).toEqual(['00', '00', '61'])
  })

  it('is a number of payments, whatever they cost', async () => {
    const { wallet, token } = await start()
    const codes: string[] = []
    for (let count = 0; count < 6; count += 1)
      codes.push(await send(createPayment(party, wallet, token, { amountMinorUnits: 100n }).message))
    expect(codes).toEqual(['00', '00', '00', '00', '00', '65'])
  })

  it('is not overrun by payments that come at the same moment', async () => {
    const { wallet, token } = await start()
    const messages = Array.from({ length: 5 }, () => createPayment(party, wallet, token, { amountMinorUnits: 10_000n }).message)
    expect((await Promise.all(messages.map(send))).toSorted()).toEqual(['00', '00', '61', '61', '61'])
  })

  it('is each wallet’s own', async () => {
    const { wallet, token } = await start()
    expect(await send(createPayment(party, wallet, token, { amountMinorUnits: 10_000n }).message)).toBe('00')
  })
})
