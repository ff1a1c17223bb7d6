/** `MM/YY` as typed becomes `YYMM` (ISO 8583 DE 14). Undefined: not complete, or no such month. */
export function parseExpiry(text: string): string | undefined {
  const match = /^(0[1-9]|1[0-2])\/?([0-9]{2})$/u.exec(text.replace(/\s/gu, ''))
  return match?.[1] === undefined || match[2] === undefined ? undefined : `${match[2]}${match[1]}`
}

/** A card is good to the end of its month. */
export function isExpired(yearMonth: string, nowSeconds: number): boolean {
  const today = new Date((nowSeconds + 9 * 3_600) * 1_000).toISOString()
  return `20${yearMonth.slice(0, 2)}-${yearMonth.slice(2)}` < today.slice(0, 7)
}

/** Puts the stroke after the month while typing. */
export function groupExpiry(text: string): string {
  const digits = text.replace(/[^0-9]/gu, '').slice(0, 4)
  const padded = /^[2-9]$/u.test(digits) ? `0${digits}` : digits
  return padded.length > 2 ? `${padded.slice(0, 2)}/${padded.slice(2)}` : padded
}

/** `YYMM` as people read it. */
export function describeExpiry(yearMonth: string): string {
  return `${yearMonth.slice(2)}/${yearMonth.slice(0, 2)}`
}
