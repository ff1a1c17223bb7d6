import type { AccountRange } from '@symbolon/contracts/directory'
import { isLuhnValid } from '@symbolon/formats/cards'
import type { Currency } from '@symbolon/formats/money'
import type { HostRequest } from './request.ts'
import { amountEnding, scriptedResponseCodes } from './scripted-outcome.ts'

type Limits = { readonly [Code in Currency]?: string }
export type HostPolicy = {
  readonly accountRanges: readonly AccountRange[]
  readonly limits: { readonly perPurchase: Limits; readonly balance: Limits }
  readonly responseCodeByPan: ReadonlyMap<string, string>
  readonly hasScripts: boolean
}

/** Decides an ordinary authorization: DE 39, `00` or the first reason against it. `spent` is what the account has used in the currency. */
export function decideHostAuthorization(request: HostRequest, spent: bigint, policy: HostPolicy, now: number): string {
  const { pan, amountMinorUnits, currency } = request
  if (request.processingCode !== '000000') return '12'
  if (!isLuhnValid(pan) || !policy.accountRanges.some((range) => isInRange(pan, range))) return '14'
  if (isCardExpired(request.expiry, now)) return '54'
  const always = policy.responseCodeByPan.get(pan)
  if (always !== undefined && always !== '00') return always
  const scripted = policy.hasScripts ? scriptedResponseCodes[amountEnding(amountMinorUnits)] : undefined
  if (scripted !== undefined) return scripted
  const perPurchase = policy.limits.perPurchase[currency]
  const balance = policy.limits.balance[currency]
  if (perPurchase === undefined || balance === undefined) return '57'
  if (amountMinorUnits > BigInt(perPurchase)) return '61'
  return spent + amountMinorUnits > BigInt(balance) ? '51' : '00'
}

function isInRange(pan: string, range: AccountRange): boolean {
  const prefix = pan.slice(0, 8)
  return range.panLengths.includes(pan.length) && prefix >= range.low && prefix <= range.high
}

// YYMM, good until the end of its month in UTC (ISO 8583:1987, DE 14).
function isCardExpired(expiry: string, now: number): boolean {
  const today = new Date(now * 1_000)
  return (today.getUTCFullYear() - 2_000) * 12 + today.getUTCMonth() >= Number(expiry.slice(0, 2)) * 12 + Number(expiry.slice(2))
}
