import { describe, expect, it } from 'vitest'
import { decideHostAuthorization, type HostPolicy } from './authorization.ts'
import { parseHostRequest, parseHostReversal, type HostRequest } from './request.ts'

const now = Date.UTC(2_026, 10, 25) / 1_000
const request: HostRequest = {
  key: {
    transmissionDateTime: '1125000000',
    systemsTraceAuditNumber: '000001',
    acquiringInstitutionId: '00000423935',
    retrievalReferenceNumber: '633000000001',
  },
  pan: '4111111111111111',
  expiry: '2812',
  processingCode: '000000',
  amountMinorUnits: 12_000n,
  currency: 'KRW',
}
const policy: HostPolicy = {
  accountRanges: [{ low: '41000000', high: '42999999', panLengths: [16], network: 'visa' }],
  limits: { perPurchase: { KRW: '50000', USD: '5000' }, balance: { KRW: '90000' } },
  responseCodeByPan: new Map([
    ['4242424242424242', '43'],
    ['4111111111111111', '00'],
  ]),
  hasScripts: true,
}

describe('the host', () => {
  it.each<[Partial<HostRequest>, bigint, string]>([
    [{}, 0n, '00'],
    [{}, 78_000n, '00'],
    [{}, 78_001n, '51'],
    [{ amountMinorUnits: 50_000n }, 0n, '00'],
    [{ amountMinorUnits: 50_001n }, 0n, '61'],
    [{ currency: 'USD' }, 0n, '57'],
    [{ currency: 'JPY' }, 0n, '57'],
    [{ pan: '4111111111111112' }, 0n, '14'],
    [{ pan: '5555555555554444' }, 0n, '14'],
    [{ pan: '4242424242424242' }, 0n, '43'],
    [{ expiry: '2610' }, 0n, '54'],
    [{ processingCode: '200000' }, 0n, '12'],
    [{ amountMinorUnits: 12_005n }, 0n, '05'],
    [{ amountMinorUnits: 12_041n }, 0n, '41'],
    [{ amountMinorUnits: 12_043n }, 0n, '43'],
    [{ amountMinorUnits: 12_051n }, 0n, '51'],
    [{ amountMinorUnits: 12_054n }, 0n, '54'],
    [{ amountMinorUnits: 12_057n }, 0n, '57'],
    [{ amountMinorUnits: 12_061n }, 0n, '61'],
    [{ amountMinorUnits: 12_062n }, 0n, '62'],
    [{ amountMinorUnits: 12_065n }, 0n, '65'],
    [{ amountMinorUnits: 12_091n }, 0n, '00'],
    [{ amountMinorUnits: 96n }, 0n, '96'],
    [{ amountMinorUnits: 510n }, 0n, '00'],
    [{ pan: '5555555555554444', expiry: '2610', amountMinorUnits: 12_051n }, 0n, '14'],
  ])('answers %o with spent %d by %s', (change, spent, expected) => {
    expect(decideHostAuthorization({ ...request, ...change }, spent, policy, now)).toBe(expected)
  })

  it('has no scripts unless it is configured so', () => {
    expect(decideHostAuthorization({ ...request, amountMinorUnits: 12_051n }, 0n, { ...policy, hasScripts: false }, now)).toBe('00')
  })
})

describe('a request to the host', () => {
  const fields = {
    primaryAccountNumber: '4111111111111111',
    processingCode: '000000',
    transactionAmount: '000000012000',
    transmissionDateTime: '1125000000',
    systemsTraceAuditNumber: '000001',
    expirationDate: '2812',
    acquiringInstitutionId: '423935',
    retrievalReferenceNumber: '633000000001',
    transactionCurrencyCode: '410',
  }
  it('is read whole or not at all', () => {
    expect(parseHostRequest(fields)).toEqual(request)
    for (const name of Object.keys(fields).filter((each) => each !== 'acquiringInstitutionId'))
      expect(parseHostRequest({ ...fields, [name]: undefined }), name).toBeUndefined()
    expect(parseHostRequest({ ...fields, expirationDate: '2813' })).toBeUndefined()
    expect(parseHostRequest({ ...fields, transactionAmount: '000000000000' })).toBeUndefined()
    expect(parseHostRequest({ ...fields, transactionCurrencyCode: '999' })).toBeUndefined()
  })

  it('is found again by the reversal of it', () => {
    const originalDataElements = '020000000111250000000000042393500000000000'
    expect(parseHostReversal({ ...fields, originalDataElements })?.original).toEqual(request.key)
    expect(parseHostReversal(fields)).toBeUndefined()
    expect(parseHostReversal({ ...fields, originalDataElements: '1' })).toBeUndefined()
  })
})
