import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyGrant } from '@symbolon/custody/device'
import { base64urlToBytes, bytesToHex } from '@symbolon/formats/bytes'
import type { IsoMessage } from '@symbolon/formats/iso8583'
import { createIsoClient, type IsoClient } from '@symbolon/service/iso8583-channel'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { highKeyLimits } from './issuer/high-key-limits.ts'
import { createIssuerParty, officeKey, type IssuerParty } from './issuer/issuer-party.ts'
import { callRebind, createRebindSubmit, createTokenUpdate, openRebind } from './issuer/test-rebind.ts'
import {
  callEnrolment,
  createPayment,
  createSubmit,
  createTestWallet,
  enrol,
  nextCard,
  openEnrolment,
  press,
  type TestWallet,
} from './issuer/test-wallet.ts'
import { startTestPostgres, type TestPostgres } from './postgres.ts'

const folder = mkdtempSync(join(tmpdir(), 'issuer-rebind-'))
let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(async () => {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(['ascii', 'bcd'] as const)('a wallet that is replaced, in the %s dialect', (dialect) => {
  let party: IssuerParty
  let link: IsoClient
  let old: TestWallet
  let fresh: TestWallet
  let token: Uint8Array

  beforeAll(async () => {
    party = await createIssuerParty(postgres, folder, dialect, { keyLimits: highKeyLimits })
    await party.startHost()
    await party.startFront()
    link = createIsoClient({ address: { host: '127.0.0.1', port: party.linkPort }, dialect, answerTimeoutMs: 20_000 })
    await link.whenConnected(10_000)
  })
  afterAll(async () => {
    await link.close()
    await party.stop()
  })
  beforeEach(async () => {
    old = createTestWallet()
    fresh = createTestWallet()
    token = await enrol(party, old, nextCard())
  })

  const ask = async (message: IsoMessage): Promise<string> => {
    const exchange = await link.send(message, { answerTimeoutMs: 20_000 })
    return exchange.kind === 'answered' ? (exchange.answer.fields.responseCode ?? 'no code') : exchange.kind
  }
  const pay = (wallet: TestWallet, amountMinorUnits = 12_000n): Promise<string> =>
    ask(createPayment(party, wallet, token, { amountMinorUnits }).message)
  const submitOne = async (deviceKeyOf?: TestWallet): Promise<{ readonly rebindId: string; readonly approvalUrl: string }> => {
    const opened = await openRebind(party, fresh, [token])
    const { rebindId } = opened.body
    const submitted = await callRebind(party, rebindId, createRebindSubmit(fresh, opened.body, deviceKeyOf))
    return { rebindId, approvalUrl: submitted.body.approvalUrl ?? '' }
  }
  const eventsOf = async (reference = token): Promise<readonly string[]> =>
    (await party.tokenJournal())
      .filter(({ tokenReferenceId }) => tokenReferenceId === bytesToHex(reference))
      .map(({ kind, cause }) => `${kind} ${cause}`)

  it('pays with the same token under new keys once a person has approved, and the old wallet is refused', async () => {
    expect(await pay(old)).toBe('00')
    const { rebindId, approvalUrl } = await submitOne(old)
    expect((await callRebind(party, rebindId)).body).toMatchObject({ state: 'awaiting_approval', proof: 'device-key' })
    expect([await pay(old), await pay(fresh)]).toEqual(['00', '63'])
    const page = await (await fetch(`${approvalUrl}?lang=en`)).text()
    expect(page).toContain('take over 1 card.')
    expect(page).toContain('replaces the wallet on the old device')
    expect(page).toContain('The key of the old device has signed')
    expect(await (await fetch(`${approvalUrl}?lang=ko`)).text()).toContain('카드 1장')
    expect((await press(approvalUrl, 'approve')).html).toContain('The wallet was replaced')
    const { body } = await callRebind(party, rebindId)
    const [moved] = body.tokens ?? []
    const grant = verifyGrant({
      grant: base64urlToBytes(moved?.grant ?? ''),
      signature: base64urlToBytes(moved?.signature ?? ''),
      certificateKey: base64urlToBytes(party.keys.certificateKey),
    })
    expect(grant).toMatchObject({ ok: true, value: { walletId: fresh.walletId, tokenReferenceId: token, grantNumber: 2 } })
    expect([await pay(old), await pay(fresh, 900_000n)]).toEqual(['63', '00'])
    // Y of the old wallet dies too: its signature under the new wallet's id is nobody's.
    expect(await pay({ ...old, walletId: fresh.walletId })).toBe('63')
    expect(await eventsOf()).toEqual(['bound enrolment', 'rebound device-key'])
  })

  it('without the old device key asks for identification, starts with low limits, and says so', async () => {
    const { rebindId, approvalUrl } = await submitOne()
    expect((await callRebind(party, rebindId)).body.proof).toBe('identification')
    expect(await (await fetch(`${approvalUrl}?lang=en`)).text()).toContain('The key of the old device does not stand behind')
    const hasty = await press(approvalUrl, 'approve')
    expect([hasty.status, await pay(fresh)]).toEqual([422, '63'])
    expect(hasty.html).toContain('tick that you were identified')
    expect((await press(approvalUrl, 'approve', { identified: 'yes' })).status).toBe(200)
    expect([await pay(fresh, 300_000n), await pay(fresh, 300_001n), await pay(old)]).toEqual(['00', '61', '63'])
    expect(await eventsOf()).toEqual(['bound enrolment', 'rebound identification'])
  })

  it('is refused by the person when a stranger asks, and nothing changes', async () => {
    const { rebindId, approvalUrl } = await submitOne()
    expect((await press(approvalUrl, 'refuse')).html).toContain('The wallet was not replaced')
    expect((await callRebind(party, rebindId)).body).toEqual({ rebindId, state: 'refused' })
    expect((await press(approvalUrl, 'approve', { identified: 'yes' })).html).not.toContain('was replaced.')
    expect([await pay(fresh), await pay(old)]).toEqual(['63', '00'])
  })

  it('is not even opened or shown for what does not belong together', async () => {
    const unknown = await openRebind(party, fresh, [new Uint8Array(16).fill(9)])
    expect([unknown.status, unknown.body.code]).toEqual([404, 'REQUEST_NOT_FOUND'])
    const opened = (await openRebind(party, fresh, [token])).body
    const wrong = [
      createRebindSubmit(fresh, opened, createTestWallet()),
      createRebindSubmit(createTestWallet(), opened, old),
      createRebindSubmit(fresh, { ...opened, nonce: '0'.repeat(32) }, old),
      { ...createRebindSubmit(fresh, opened, old), signature: createRebindSubmit(old, opened).signature },
    ]
    for (const submit of wrong) expect((await callRebind(party, opened.rebindId, submit)).body.code).toBe('ENROLMENT_BINDING_INVALID')
    const right = createRebindSubmit(fresh, opened, old)
    expect((await callRebind(party, opened.rebindId, right)).status).toBe(200)
    expect((await callRebind(party, opened.rebindId, right)).status).toBe(200)
    expect((await callRebind(party, opened.rebindId, createRebindSubmit(fresh, opened))).body.code).toBe('ENROLMENT_STATE_CONFLICT')
    const same = (await openRebind(party, old, [token])).body
    expect((await callRebind(party, same.rebindId, createRebindSubmit(old, same, old))).body.code).toBe('ENROLMENT_BINDING_INVALID')
  })

  it('of two approvals for one token the later one stands, and a press counts once', async () => {
    const first = await submitOne(old)
    const other = createTestWallet()
    const opened = (await openRebind(party, other, [token])).body
    const second = await callRebind(party, opened.rebindId, createRebindSubmit(other, opened, old))
    expect((await press(first.approvalUrl, 'approve')).status).toBe(200)
    expect((await press(second.body.approvalUrl ?? '', 'approve')).status).toBe(200)
    await press(first.approvalUrl, 'approve')
    expect([await pay(fresh), await pay(other)]).toEqual(['63', '00'])
  })

  it('comes back by the card alone: the issuer offers to replace, with identification', async () => {
    const data = nextCard()
    token = await enrol(party, old, data)
    const opened = await openEnrolment(party, fresh)
    const { body } = await callEnrolment(party, opened.enrolmentId, await createSubmit(party, fresh, opened, data))
    const approvalUrl = body.approvalUrl ?? ''
    expect(await (await fetch(`${approvalUrl}?lang=en`)).text()).toContain('Replace the old wallet by this one')
    const replaces = bytesToHex(token)
    expect((await press(approvalUrl, 'approve', { replaces })).status).toBe(422)
    expect((await press(approvalUrl, 'approve', { replaces: '0'.repeat(32), identified: 'yes' })).status).toBe(409)
    expect((await press(approvalUrl, 'approve', { replaces, identified: 'yes' })).status).toBe(200)
    expect((await callEnrolment(party, opened.enrolmentId)).body.tokenReferenceId).toBe(replaces)
    expect([await pay(fresh), await pay(old), await pay(fresh, 400_000n)]).toEqual(['00', '63', '61'])
    expect(await eventsOf()).toEqual(['bound enrolment', 'rebound identification'])
  })

  it('freezes: the operator may suspend, nobody there may resume, and after an alarm the device key proves nothing', async () => {
    const suspend = (wallet = old): Promise<string> => ask(createTokenUpdate(party, { token, wallet, cause: 'alarm' }))
    expect([await suspend(fresh), await pay(old)]).toEqual(['00', '00'])
    expect([await suspend(), await suspend(), await pay(old)]).toEqual(['00', '00', '62'])
    expect(await ask(createTokenUpdate(party, { token: new Uint8Array(16), wallet: old, cause: 'alarm' }))).toBe('25')
    const update = createTokenUpdate(party, { token, wallet: old, cause: 'alarm' })
    expect(await ask({ ...update, fields: { ...update.fields, fileUpdateCode: '1' } })).toBe('12')
    expect(await ask({ ...update, fields: { ...update.fields, additionalData: new Uint8Array([48]) } })).toBe('30')
    const { rebindId, approvalUrl } = await submitOne(old)
    expect((await callRebind(party, rebindId)).body.proof).toBe('identification')
    await press(approvalUrl, 'approve', { identified: 'yes' })
    // A word about the old wallet that comes late does not touch the new one.
    expect([await pay(fresh), await suspend(), await pay(fresh)]).toEqual(['00', '00', '00'])
    expect(await eventsOf()).toEqual(['bound enrolment', 'suspended alarm', 'rebound identification'])
  })

  it('is withheld by the staff: no rebind gives it back', async () => {
    const { approvalUrl } = await submitOne(old)
    await fetch(`${party.origin}/v1/office/tokens/${bytesToHex(token)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${officeKey}` },
      body: JSON.stringify({ state: 'suspended' }),
    })
    expect((await press(approvalUrl, 'approve')).status).toBe(404)
    expect((await openRebind(party, fresh, [token])).body.code).toBe('TOKEN_NOT_ACTIVE')
    expect([await pay(fresh), await pay(old)]).toEqual(['62', '62'])
  })

  it('stands on the page of its owner, who suspends it, resumes it, and sees who asks', async () => {
    const second = createTestWallet()
    const data = nextCard()
    token = await enrol(party, second, data)
    const third = createTestWallet()
    const next = await openEnrolment(party, third)
    const submitted = await callEnrolment(party, next.enrolmentId, await createSubmit(party, third, next, data))
    const approved = await press(submitted.body.approvalUrl ?? '', 'approve')
    const address = /href="(\/account\/[0-9a-f]{32}\/[0-9a-f]{64})"/u.exec(approved.html)?.[1] ?? ''
    const show = async (path = address): Promise<string> => (await fetch(`${party.origin}${path}?lang=en`)).text()
    const pressOn = async (reference: string, to: string): Promise<number> => {
      const form = new RegExp(`name="formToken" value="([0-9a-f]{64})" />\\s*<input type="hidden" name="token" value="${reference}"`, 'u')
      const formToken = form.exec(await show())?.[1] ?? ''
      const body = new URLSearchParams({ formToken, token: reference, to })
      return (await fetch(`${party.origin}${address}`, { method: 'POST', body })).status
    }
    expect((await show()).match(/Suspend this wallet/gu)).toHaveLength(2)
    expect(await show()).not.toContain(data.primaryAccountNumber)
    expect([await pressOn(bytesToHex(token), 'suspended'), await pay(second)]).toEqual([200, '62'])
    expect([await pressOn(bytesToHex(token), 'active'), await pay(second)]).toEqual([200, '00'])
    expect(await eventsOf()).toEqual(['bound enrolment', 'suspended customer', 'resumed customer'])
    const stranger = await openRebind(party, fresh, [token])
    await callRebind(party, stranger.body.rebindId, createRebindSubmit(fresh, stranger.body))
    expect(await show()).toContain(`/rebind/${stranger.body.rebindId}`)
    // The key in the address is what only the approving browser was shown: no id of an enrolment opens the page.
    expect((await fetch(`${party.origin}/account/${next.enrolmentId}/${'0'.repeat(64)}`)).status).toBe(404)
    expect(await (await fetch(`${submitted.body.approvalUrl ?? ''}?lang=en`)).text()).not.toContain('/account/')
  })
})
