import { currencies, isCurrency } from '@symbolon/formats/money'

export type Locale = 'ko' | 'en'

/** The language of a page: `?lang=` decides, otherwise the first language of the browser. */
export function decideLocale(search: string, browserLanguages: readonly string[]): Locale {
  const asked = new URLSearchParams(search).get('lang')
  if (asked === 'ko' || asked === 'en') return asked
  return browserLanguages[0]?.toLowerCase().startsWith('ko') === true ? 'ko' : 'en'
}

const signs: Readonly<Record<string, string>> = { KRW: '₩', USD: 'US$', JPY: 'JP¥', EUR: '€' }

/** Writes an amount for a reader. Minor units come as text of digits and stay exact. */
export function describeMoney(amountMinorUnits: string, currency: string, locale: Locale): string {
  const decimals = isCurrency(currency) ? currencies[currency].decimals : 0
  const digits = amountMinorUnits.padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/gu, ',')
  const amount = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`
  if (currency === 'KRW' && locale === 'ko') return `${amount}원`
  return `${signs[currency] ?? `${currency} `}${amount}`
}

/** Korean time, always named as such: `2026-11-25 13:05 KST`. */
export function describeTime(unixSeconds: number): string {
  const shifted = new Date((unixSeconds + 9 * 3_600) * 1_000).toISOString()
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 16)} KST`
}

export function describeInstalments(months: number, locale: Locale): string {
  if (months <= 1) return locale === 'ko' ? '일시불' : 'Pay in full'
  return locale === 'ko' ? `${months}개월 할부` : `${months} monthly instalments`
}
