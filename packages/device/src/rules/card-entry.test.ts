import { describe, expect, test } from 'vitest'
import type { Directory, IssuerEntry } from '@symbolon/contracts/directory'
import { inspectCardEntry, verifyCardEntry } from './card-entry.ts'

const issuer = (letter: string, low: string, high: string, network: IssuerEntry['accountRanges'][number]['network']): IssuerEntry => ({
  issuerId: letter.repeat(32),
  name: { ko: letter, en: letter },
  origin: `http://localhost/${letter}`,
  accountRanges: [{ low, high, panLengths: [16], network }],
  sealingKeys: [{ keyId: '00'.repeat(8), publicKey: 'AA', certificate: 'AA', signature: 'AA' }],
  certificateKey: 'A'.repeat(43),
})
const directory: Directory = {
  version: 1,
  operator: { operatorId: '0'.repeat(32), name: { ko: 'o', en: 'o' }, origin: 'http://127.0.0.1:1', vaultKeyCertificates: [] },
  issuers: [issuer('a', '41110000', '41119999', 'visa'), issuer('b', '94300300', '94300399', 'korean-domestic')],
}
const card = {
  primaryAccountNumber: '4111111111111111',
  expiry: '2706',
  securityCode: '123',
  holderName: 'KIM',
  phoneNumber: '010-0000-0000',
  postalAddress: '',
}
const june2027 = Date.UTC(2027, 5, 30, 23) / 1_000

describe('a card number as typed', () => {
  test.each([
    ['4111', undefined, 'visa'],
    ['4111 1111', 'a', 'visa'],
    ['4112 0000', undefined, 'visa'],
    ['9430 0300', 'b', 'korean-domestic'],
    ['9', undefined, 'korean-domestic'],
    ['3', undefined, undefined],
  ])('%s: issuer %s, network %s', (text, letter, network) => {
    const inspection = inspectCardEntry(directory, text)
    expect(inspection.issuer?.name.en).toBe(letter)
    expect(inspection.network).toBe(network)
  })
  test('says when nobody connected has a valid card', () => {
    expect(inspectCardEntry(directory, '5555555555554444')).toMatchObject({ isValid: true, isForeign: true })
    expect(inspectCardEntry(directory, card.primaryAccountNumber)).toMatchObject({ isValid: true, isForeign: false })
  })
})

describe('a whole card', () => {
  test('is good through the end of its month', () => {
    expect(verifyCardEntry(directory, card, june2027)).toMatchObject({
      ok: true,
      value: { network: 'visa', issuer: { name: { en: 'a' } } },
    })
    expect(verifyCardEntry(directory, card, june2027 + 3_600)).toEqual({
      ok: false,
      problem: { code: 'WALLET_CARD_INVALID', param: 'expiry' },
    })
  })
  test.each([
    [{ primaryAccountNumber: '4111111111111112' }, 'primaryAccountNumber'],
    [{ primaryAccountNumber: '4111 1111 1111 1111' }, 'primaryAccountNumber'],
    [{ primaryAccountNumber: '' }, 'primaryAccountNumber'],
    [{ expiry: '2713' }, 'expiry'],
    [{ expiry: '0627' }, 'expiry'],
    [{ securityCode: '1234' }, 'securityCode'],
    [{ securityCode: '12a' }, 'securityCode'],
    [{ holderName: '' }, 'other'],
    [{ phoneNumber: 'call me' }, 'other'],
    [{ postalAddress: 'x'.repeat(201) }, 'other'],
    [{ primaryAccountNumber: '4111111111111112', expiry: '0001' }, 'primaryAccountNumber'], // The first fault in order is told.
  ])('with %j is refused for %s', (changes, param) => {
    expect(verifyCardEntry(directory, { ...card, ...changes }, june2027)).toEqual({
      ok: false,
      problem: { code: 'WALLET_CARD_INVALID', param },
    })
  })
  test('of an issuer that is not connected is refused', () => {
    const foreign = { ...card, primaryAccountNumber: '5555555555554444' }
    expect(verifyCardEntry(directory, foreign, june2027)).toEqual({ ok: false, problem: { code: 'ISSUER_UNKNOWN' } })
  })
})
