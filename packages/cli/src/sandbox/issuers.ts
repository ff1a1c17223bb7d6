import type { AccountRange } from '@symbolon/contracts/directory'
import type { IssuerLetter } from './ports.ts'

/**
 * Three invented card issuers. Names and ranges are made up so that every published test number belongs to exactly one of them;
 * no bank issues them. A token range is cut out of the issuer's own numbers and never shared with cards.
 */
export type SandboxIssuer = {
  readonly name: { readonly ko: string; readonly en: string }
  readonly brandColour: string
  readonly dialect: 'ascii' | 'bcd'
  readonly accountRanges: readonly AccountRange[]
  readonly tokenRange: { readonly low: string; readonly high: string }
  /** A number of its own range that the issuer refuses to put into any wallet. */
  readonly blockedCard: { readonly primaryAccountNumber: string; readonly status: 'lost' | 'stolen' | 'closed' }
}

type Network = AccountRange['network']
const range = (network: Network, low: string, high: string, panLengths: readonly number[] = [16]): AccountRange => ({
  low,
  high,
  panLengths: [...panLengths],
  network,
})

export const sandboxIssuers: Readonly<Record<IssuerLetter, SandboxIssuer>> = {
  a: {
    name: { ko: '샌드박스 카드사 아람', en: 'Sandbox Issuer Aram' },
    brandColour: '#1d4ed8',
    dialect: 'ascii',
    accountRanges: [
      range('visa', '41000000', '42999999'),
      range('visa', '45000000', '45999999'),
      range('jcb', '35280000', '35899999'),
      range('american-express', '37000000', '37999999', [15]),
    ],
    tokenRange: { low: '43000000', high: '43099999' },
    blockedCard: { primaryAccountNumber: '4199999900000015', status: 'lost' },
  },
  b: {
    name: { ko: '샌드박스 카드사 별', en: 'Sandbox Issuer Byeol' },
    brandColour: '#7c2d12',
    dialect: 'bcd',
    accountRanges: [
      range('mastercard', '51000000', '52999999'),
      range('mastercard', '54000000', '55999999'),
      range('mastercard', '22210000', '27209999'),
      range('bccard', '65550000', '65559999'),
      range('korean-domestic', '94000000', '94999999'),
    ],
    tokenRange: { low: '53000000', high: '53099999' },
    blockedCard: { primaryAccountNumber: '5299999900000011', status: 'stolen' },
  },
  c: {
    name: { ko: '샌드박스 카드사 초롱', en: 'Sandbox Issuer Chorong' },
    brandColour: '#065f46',
    dialect: 'bcd',
    accountRanges: [
      range('unionpay', '62000000', '62499999', [16, 17, 18, 19]),
      range('diners-club', '36000000', '36999999', [14]),
      range('discover', '60110000', '60119999'),
    ],
    tokenRange: { low: '62900000', high: '62909999' },
    blockedCard: { primaryAccountNumber: '6200999900000017', status: 'closed' },
  },
}

/** Published test numbers, to try first: one or more of every network. */
export const testCards: readonly { readonly network: Network; readonly primaryAccountNumber: string; readonly issuer: IssuerLetter }[] = [
  { network: 'visa', primaryAccountNumber: '4111111111111111', issuer: 'a' },
  { network: 'visa', primaryAccountNumber: '4242424242424242', issuer: 'a' },
  { network: 'visa', primaryAccountNumber: '4508750015741019', issuer: 'a' },
  { network: 'jcb', primaryAccountNumber: '3530111333300000', issuer: 'a' },
  { network: 'american-express', primaryAccountNumber: '378282246310005', issuer: 'a' },
  { network: 'mastercard', primaryAccountNumber: '5555555555554444', issuer: 'b' },
  { network: 'mastercard', primaryAccountNumber: '2223003122003222', issuer: 'b' },
  { network: 'mastercard', primaryAccountNumber: '5123450000000008', issuer: 'b' },
  { network: 'bccard', primaryAccountNumber: '6555900000604105', issuer: 'b' },
  { network: 'korean-domestic', primaryAccountNumber: '9430030000000008', issuer: 'b' },
  { network: 'unionpay', primaryAccountNumber: '6200000000000005', issuer: 'c' },
  { network: 'unionpay', primaryAccountNumber: '6205500000000000004', issuer: 'c' },
  { network: 'diners-club', primaryAccountNumber: '36227206271667', issuer: 'c' },
  { network: 'discover', primaryAccountNumber: '6011111111111117', issuer: 'c' },
]
