import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deriveCardAcceptorId } from '@symbolon/contracts/payment-request'
import { verifyGrant } from '@symbolon/custody/device'
import { base64urlToBytes, bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import type { IsoFields, IsoMessage } from '@symbolon/formats/iso8583'
import { createDatabase } from '@symbolon/service/database'
import { createIsoClient, type IsoClient, type IsoReport } from '@symbolon/service/iso8583-channel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIssuerParty, issuerId, officeKey, type IssuerParty } from './issuer/issuer-party.ts'
import {
  callEnrolment,
  card,
  createPayment,
  createReversal,
  createSubmit,
  createTestWallet,
  enrol,
  openEnrolment,
  press,
  type TestPayment,
} from './issuer/test-wallet.ts'
import { startTestPostgres, type TestPostgres } from './postgres.ts'

let postgres: TestPostgres
let folder: string

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = mkdtempSync(join(tmpdir(), 'issuer-'))
})
afterAll(async () => {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(['ascii', 'bcd'] as const)('an issuer in the %s dialect', (dialect) => {
  const wallet = createTestWallet()
  let party: IssuerParty
  let link: IsoClient
  let token: Uint8Array
  const reports: IsoReport[] = []

  beforeAll(async () => {
    party = await createIssuerParty(postgres, folder, dialect)
    await party.startHost()
    await party.startFront()
    link = createIsoClient({
      address: { host: '127.0.0.1', port: party.linkPort },
      dialect,
      answerTimeoutMs: 20_000,
      longestReconnectMs: 200,
      onReport: (report) => reports.push(report),
    })
    await link.whenConnected(10_000)
    token = await enrol(party, wallet)
  })
  afterAll(async () => {
    await link.close()
    await party.stop()
  })

  const ask = async (message: IsoMessage, answerTimeoutMs = 20_000): Promise<string> => {
    const exchange = await link.send(message, { answerTimeoutMs })
    return exchange.kind === 'answered' ? (exchange.answer.fields.responseCode ?? 'no code') : exchange.kind
  }
  const pay = (change: Parameters<typeof createPayment>[3] = {}): TestPayment => createPayment(party, wallet, token, change)
  const altered = ({ message }: TestPayment, fields: IsoFields): IsoMessage => ({ ...message, fields: { ...message.fields, ...fields } })
  const outcomesOf = async (
    read: () => Promise<Awaited<ReturnType<IssuerParty['frontJournal']>>>,
    { fields }: IsoMessage,
  ): Promise<string> =>
    (await read())
      .filter((entry) => entry.retrievalReferenceNumber === fields.retrievalReferenceNumber)
      .map((entry) => `${entry.outcome} ${entry.responseCode}`)
      .join(', ')
  const atFront = (message: IsoMessage): Promise<string> => outcomesOf(() => party.frontJournal(), message)
  const atHost = (message: IsoMessage): Promise<string> => outcomesOf(() => party.hostJournal(), message)

  describe('adding a card', () => {
    it('needs a person: only the press of the button makes a token, and it is the issuer that signed it', async () => {
      const other = createTestWallet()
      const opened = await openEnrolment(party, other)
      const submitted = await callEnrolment(party, opened.enrolmentId, await createSubmit(party, other, opened))
      expect(submitted.body.state).toBe('awaiting_approval')
      const approvalUrl = submitted.body.approvalUrl ?? ''
      const shown = await fetch(`${approvalUrl}?lang=ko`)
      const html = await shown.text()
      expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(html).toContain('시험 지갑')
      expect(html).toContain('•••• 1111')
      expect(html).not.toContain(card.primaryAccountNumber)
      await fetch(`${approvalUrl}?decision=approve`)
      expect((await callEnrolment(party, opened.enrolmentId)).body.state).toBe('awaiting_approval')
      expect(await press(approvalUrl, 'approve')).toMatchObject({ status: 200 })
      const { body } = await callEnrolment(party, opened.enrolmentId)
      const granted = verifyGrant({
        grant: base64urlToBytes(body.grant ?? ''),
        signature: base64urlToBytes(body.signature ?? ''),
        certificateKey: base64urlToBytes(party.keys.certificateKey),
      })
      expect(granted).toEqual({
        ok: true,
        value: {
          issuerId: hexToBytes(issuerId),
          walletId: other.walletId,
          tokenReferenceId: hexToBytes(body.tokenReferenceId ?? ''),
          network: 'visa',
          lastFour: '1111',
          grantNumber: 1,
        },
      })
    })

    it('ends in nothing when the person refuses, and a press from a foreign page does not count', async () => {
      const other = createTestWallet()
      const opened = await openEnrolment(party, other)
      const submitted = await callEnrolment(party, opened.enrolmentId, await createSubmit(party, other, opened))
      const approvalUrl = submitted.body.approvalUrl ?? ''
      const formToken = /value="([0-9a-f]{64})"/u.exec(await (await fetch(approvalUrl)).text())?.[1] ?? ''
      const body = new URLSearchParams({ formToken, decision: 'approve' })
      expect((await fetch(approvalUrl, { method: 'POST', headers: { origin: 'http://evil.example' }, body })).status).toBe(409)
      expect((await fetch(approvalUrl, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) })).status).toBe(409)
      expect(await press(approvalUrl, 'refuse')).toMatchObject({ status: 200 })
      expect((await fetch(approvalUrl, { method: 'POST', body })).status).toBe(200)
      expect((await callEnrolment(party, opened.enrolmentId)).body).toEqual({ enrolmentId: opened.enrolmentId, state: 'refused' })
    })

    it('is refused for a stolen card, a wrong form and a stranger, with stable codes', async () => {
      const other = createTestWallet()
      const opened = await openEnrolment(party, other)
      const stolen = await createSubmit(party, other, opened, { ...card, primaryAccountNumber: '4000000000000002' })
      const refusal = await callEnrolment(party, opened.enrolmentId, stolen)
      expect([refusal.status, refusal.body.code]).toEqual([422, 'ENROLMENT_CARD_REFUSED'])
      expect((await callEnrolment(party, opened.enrolmentId, { ...stolen, keyId: 'x' })).body.code).toBe('REQUEST_INVALID')
      expect((await callEnrolment(party, '0'.repeat(32))).body.code).toBe('REQUEST_NOT_FOUND')
    })

    it('is open to the device origin alone', async () => {
      const from = (origin: string): Promise<Response> =>
        fetch(`${party.origin}/v1/enrolments`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
      expect((await from('http://localhost:8401')).headers.get('access-control-allow-origin')).toBe('http://localhost:8401')
      expect((await from('http://127.0.0.1:8400')).headers.get('access-control-allow-origin')).toBeNull()
    })

    it('of the same card again replaces the token of that wallet', async () => {
      const other = createTestWallet()
      const [first, second] = [await enrol(party, other), await enrol(party, other)]
      expect(await ask(createPayment(party, other, first).message)).toBe('14')
      expect(await ask(createPayment(party, other, second).message)).toBe('00')
    })
  })

  describe('a payment', () => {
    it('is approved, and both journals say so', async () => {
      const { message } = pay({ instalmentMonths: 3 })
      const exchange = await link.send(message)
      expect(exchange.kind === 'answered' && exchange.answer.fields).toMatchObject({
        responseCode: '00',
        retrievalReferenceNumber: message.fields.retrievalReferenceNumber,
      })
      expect(exchange.kind === 'answered' && exchange.answer.fields.authorizationIdResponse).toMatch(/^[0-9]{6}$/u)
      expect([await atFront(message), await atHost(message)]).toEqual(['approved 00', 'approved 00'])
    })

    it.each([
      ['005', '05'],
      ['051', '51'],
      ['054', '54'],
      ['061', '61'],
      ['096', '96'],
    ])('with an amount that ends in %s is declined with %s', async (ending, code) => {
      const { message } = pay({ amountMinorUnits: BigInt(`12${ending}`) })
      expect(await ask(message)).toBe(code)
      expect([await atFront(message), await atHost(message)]).toEqual([`declined ${code}`, `declined ${code}`])
    })

    it.each<[string, IsoFields, string]>([
      ['another amount', { transactionAmount: '000000012001' }, '63'],
      ['another currency', { transactionCurrencyCode: '840' }, '63'],
      ['another shop', { cardAcceptorId: deriveCardAcceptorId(new Uint8Array(16).fill(9)) }, '63'],
      ['another entry mode', { posEntryMode: '070' }, '63'],
      ['a refund', { processingCode: '200000' }, '12'],
      ['an account number', { primaryAccountNumber: '4111111111111111' }, '30'],
      ['an expiry', { expirationDate: '4912' }, '30'],
      ['track 2', { track2Data: '4111111111111111=49121010000000000' }, '30'],
      ['no DE 48', { additionalData: undefined }, '30'],
      ['garbage in DE 48', { additionalData: new Uint8Array(40).fill(0x41) }, '30'],
    ])('is refused with %s, and the host never hears of it', async (_name, fields, code) => {
      const payment = pay()
      expect(await ask(altered(payment, fields))).toBe(code)
      expect(await atHost(payment.message)).toBe('')
      const again = altered(payment, {
        systemsTraceAuditNumber: '000001',
        retrievalReferenceNumber: payment.message.fields.retrievalReferenceNumber?.replace('633', '733'),
      })
      expect(await ask(again)).toBe('00')
    })

    it('is refused for an unknown token, for one of another wallet, and when it is too old', async () => {
      expect(await ask(createPayment(party, wallet, new Uint8Array(16)).message)).toBe('14')
      expect(await ask(createPayment(party, createTestWallet(), token).message)).toBe('63')
      expect(await ask(pay({ walletId: new Uint8Array(randomBytes(16)) }).message)).toBe('63')
      expect(await ask(pay({ expiresAt: Math.floor(Date.now() / 1_000) - 61 }).message)).toBe('68')
      expect(await ask(pay({ channel: 2 }).message)).toBe('57')
    })

    it('1.13-05: with the same STAN and RRN gets the same answer; the same payment under new ones is a duplicate', async () => {
      const first = pay()
      const answers = await Promise.all([link.send(first.message), askAgainOverOwnConnection(first.message)])
      expect(answers.map((exchange) => exchange.kind === 'answered' && exchange.answer.fields.responseCode)).toEqual(['00', '00'])
      const [one, two] = answers
      expect(one.kind === 'answered' && two.kind === 'answered' && one.answer.fields).toEqual(two.kind === 'answered' && two.answer.fields)
      expect(await ask(pay(first.pay).message)).toBe('94')
      expect(await ask(pay({ requestHash: first.pay.requestHash }).message)).toBe('94')
      expect(await ask(pay({ slotHash: first.pay.slotHash }).message)).toBe('94')
      expect(await ask(altered(first, { posConditionCode: '08' }))).toBe('94')
      expect(await atHost(first.message)).toBe('approved 00')
    })

    it('1.13-05: is taken once when a hundred copies race', async () => {
      const first = pay()
      const copies = Array.from({ length: 100 }, () => pay(first.pay).message)
      const codes = await Promise.all(copies.map((message) => ask(message)))
      expect(codes.filter((code) => code === '00')).toHaveLength(1)
      expect(codes.filter((code) => code === '94')).toHaveLength(99)
    })

    it('may be answered twice, late, or not at all by a script, and the journal still says what was decided', async () => {
      const twice = pay({ amountMinorUnits: 12_913n })
      const before = reports.length
      expect(await ask(twice.message)).toBe('00')
      await expect.poll(() => reports.slice(before).map((report) => report.kind), { timeout: 10_000 }).toContain('unmatched-answer')
      const started = performance.now()
      expect(await ask(pay({ amountMinorUnits: 12_912n }).message)).toBe('00')
      expect(performance.now() - started).toBeGreaterThan(650)
      const silent = pay({ amountMinorUnits: 12_911n })
      expect(await ask(silent.message, 1_000)).toBe('unanswered')
      await expect.poll(() => atFront(silent.message), { timeout: 10_000 }).toBe('approved 00')
    })

    const askAgainOverOwnConnection = async (message: IsoMessage): ReturnType<IsoClient['send']> => {
      const second = createIsoClient({ address: { host: '127.0.0.1', port: party.linkPort }, dialect })
      await second.whenConnected(10_000)
      const exchange = await second.send(message)
      await second.close()
      return exchange
    }
  })

  describe('a token', () => {
    const change = async (tokenReferenceId: Uint8Array, state: string, key = officeKey): Promise<number> => {
      const response = await fetch(`${party.origin}/v1/office/tokens/${bytesToHex(tokenReferenceId)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ state }),
      })
      return response.status
    }

    it('can be suspended, resumed and deleted by the issuer, and pays only while it is active', async () => {
      const other = createTestWallet()
      const own = await enrol(party, other)
      const code = (): Promise<string> => ask(createPayment(party, other, own).message)
      expect([await change(own, 'suspended'), await code()]).toEqual([200, '62'])
      expect([await change(own, 'active'), await code()]).toEqual([200, '00'])
      expect([await change(own, 'deleted'), await code()]).toEqual([200, '14'])
      expect([await change(own, 'active'), await code()]).toEqual([422, '14'])
    })

    it('is changed by nobody without the key', async () => {
      expect([await change(token, 'deleted', 'wrong'), await change(new Uint8Array(16), 'deleted')]).toEqual([401, 404])
      expect(await change(token, 'provisioned')).toBe(400)
      expect(await ask(pay().message)).toBe('00')
    })
  })

  describe('a reversal', () => {
    it('takes an approval back at both, as often as it comes', async () => {
      const { message } = pay()
      expect(await ask(message)).toBe('00')
      expect(await ask(createReversal(message))).toBe('00')
      expect(await ask(createReversal(message, '0421'))).toBe('00')
      await expect.poll(() => atHost(message), { timeout: 10_000 }).toBe('approved 00, reversed 00')
      expect(await atFront(message)).toBe('approved 00, reversed 00')
      expect(await ask(message)).toBe('68')
    })

    it('of an original that has not come is remembered, and the late original is declined', async () => {
      const { message } = pay()
      expect(await ask(createReversal(message))).toBe('00')
      expect(await ask(message)).toBe('68')
      expect([await atFront(message), await atHost(message)]).toEqual(['reversed 00', ''])
    })

    it('of a decline is written down at both', async () => {
      const { message } = pay({ amountMinorUnits: 12_051n })
      expect(await ask(message)).toBe('51')
      expect(await ask(createReversal(message))).toBe('00')
      await expect.poll(() => atHost(message), { timeout: 10_000 }).toBe('declined 51, reversed 51')
      expect(await atFront(message)).toBe('declined 51, reversed 51')
    })

    it('without DE 90 is refused', async () => {
      const reversal = createReversal(pay().message)
      expect(await ask({ ...reversal, fields: { ...reversal.fields, originalDataElements: undefined } })).toBe('30')
    })
  })

  describe('a host that is silent or gone', () => {
    it('is reversed, and link hears 91', async () => {
      const { message } = pay({ amountMinorUnits: 12_091n })
      expect(await ask(message)).toBe('91')
      await expect.poll(() => atHost(message), { timeout: 10_000 }).toBe('approved 00, reversed 00')
      expect(await atFront(message)).toBe('declined 91')
    })

    it('is down: nothing was sent, link hears 91, and payments go on when it is back', async () => {
      await party.killHost()
      const { message } = pay()
      expect(await ask(message)).toBe('91')
      await party.startHost()
      await expect.poll(() => ask(pay().message), { timeout: 20_000 }).toBe('00')
      expect(await atHost(message)).toBe('')
    })
  })

  describe('a front that dies', () => {
    it('while the host has the payment: it is reversed after the restart, and repeats find that state', async () => {
      const { message } = pay({ amountMinorUnits: 12_091n })
      const pending = link.send(message)
      await expect.poll(() => atHost(message), { timeout: 10_000 }).toBe('approved 00')
      await party.killFront()
      expect(await pending).toEqual({ kind: 'unanswered', reason: 'disconnected' })
      await party.startFront()
      await link.whenConnected(10_000)
      await expect.poll(() => atHost(message), { timeout: 10_000 }).toBe('approved 00, reversed 00')
      expect(await ask(message)).toBe('91')
      expect(await ask(createReversal(message))).toBe('00')
      expect(await atFront(message)).toBe('declined 91, reversed 91')
    })

    it('with a reversal that the host has not confirmed: it goes on until the host has it', async () => {
      const { message } = pay()
      expect(await ask(message)).toBe('00')
      await party.killHost()
      expect(await ask(createReversal(message))).toBe('00')
      await party.killFront()
      await party.startFront()
      await party.startHost()
      await expect.poll(() => atHost(message), { timeout: 20_000 }).toBe('approved 00, reversed 00')
      await link.whenConnected(10_000)
    })

    it('keeps its tokens and answers what it answered', async () => {
      const { message } = pay()
      const before = await link.send(message)
      await party.killFront()
      await party.startFront()
      await link.whenConnected(10_000)
      expect(await link.send(message)).toEqual(before)
    })
  })

  it('refuses garbage and goes on', async () => {
    for (const bytes of [Buffer.alloc(200, 0xff), Buffer.alloc(2), Buffer.concat([Buffer.from([0, 50]), Buffer.alloc(50, 0xc3)])])
      expect(await isHungUpAfter(party.linkPort, bytes)).toBe(true)
    expect(await ask({ messageType: '0100', fields: { systemsTraceAuditNumber: '000009' } })).toBe('12')
    expect(await ask({ messageType: '0800', fields: { systemsTraceAuditNumber: '000009', networkManagementInformationCode: '301' } })).toBe(
      '00',
    )
    expect(await ask(pay().message)).toBe('00')
  })

  it('shows its journal to nobody without the key', async () => {
    expect((await fetch(`${party.origin}/v1/journal`)).status).toBe(401)
    expect((await fetch(`${party.origin}/v1/journal`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
    const entries = await party.frontJournal()
    expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_entry, index) => index + 1))
    expect(entries.some((entry) => entry.tokenReferenceId === bytesToHex(token) && entry.paymentAttemptId !== undefined)).toBe(true)
  })

  it('keeps account numbers encrypted, and writes them in no log', async () => {
    expect(party.log()).not.toContain(card.primaryAccountNumber)
    const database = createDatabase(party.frontDatabase)
    try {
      for (const table of ['accounts', 'enrolments', 'tokens', 'authorizations', 'journal', 'host_reversals']) {
        const { rows } = await database.query<{ line: string }>(`SELECT t::text AS line FROM front.${table} t`)
        const text = rows.map((row) => row.line).join('\n')
        expect(text.includes(card.primaryAccountNumber), table).toBe(false)
        expect(text.includes(Buffer.from(card.primaryAccountNumber).toString('hex')), table).toBe(false)
      }
      const { rows } = await database.query<{ count: bigint }>('SELECT count(*) FROM front.accounts')
      expect(rows[0]?.count).toBe(1n)
    } finally {
      await database.close()
    }
  })
})

function isHungUpAfter(port: number, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(bytes))
    const timer = setTimeout(() => finish(false), 3_000)
    const finish = (result: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    socket.on('close', () => finish(true))
    socket.on('error', () => finish(true))
    socket.resume()
  })
}
