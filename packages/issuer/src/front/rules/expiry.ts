/** Whether a card or token whose expiry is YYMM (ISO 8583 DE 14) is past its last day, in UTC; `now` is Unix seconds. */
export function isExpired(expiry: string, now: number): boolean {
  const firstInvalidMonth = Number(expiry.slice(0, 2)) * 12 + Number(expiry.slice(2))
  const today = new Date(now * 1_000)
  return (today.getUTCFullYear() - 2_000) * 12 + today.getUTCMonth() >= firstInvalidMonth
}

/** The YYMM that lies a number of whole years after `now`, never beyond the last one that two digits can say. */
export function expiryAfterYears(now: number, years: number): string {
  const today = new Date(now * 1_000)
  const year = Math.min(today.getUTCFullYear() - 2_000 + years, 99)
  return `${String(year).padStart(2, '0')}${String(today.getUTCMonth() + 1).padStart(2, '0')}`
}
