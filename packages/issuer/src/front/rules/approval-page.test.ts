import { describe, expect, it } from 'vitest'
import { keyProtections } from '@symbolon/contracts/key-protection'
import { defaultKeyLimits } from './key-limits.ts'
import { approvalPage, type ApprovalView } from './approval-page.ts'
import { chooseLocale, renderPage } from './page.ts'

const brand = { name: { ko: '카드사 <가>', en: 'Issuer <A>' }, colour: '#1d4ed8', styleNonce: 'n0nce' }
const render = (view: ApprovalView, _brand: typeof brand, locale: 'ko' | 'en'): string =>
  renderPage(approvalPage(view, locale), brand, locale)
const ask: ApprovalView = {
  kind: 'ask',
  operatorName: { ko: '지갑 & 나', en: 'Wallet & Me' },
  network: 'visa',
  lastFour: '1111',
  formToken: 'ab12',
  action: '/approve/00',
  key: { keyProtection: 'browser-storage', limit: defaultKeyLimits['browser-storage'] },
  others: [],
  isIdentificationMissing: false,
}

describe('the approval page', () => {
  it.each(['ko', 'en'] as const)('asks in %s, with two buttons in one form that posts', (locale) => {
    const html = render(ask, brand, locale)
    expect(html).toContain(`<html lang="${locale}">`)
    expect(html).toContain('<form method="post" action="/approve/00">')
    expect(html.match(/<button/gu)).toHaveLength(2)
    expect(html).toContain('name="formToken" value="ab12"')
    expect(html).toContain('•••• 1111')
    expect(html).toContain(locale === 'ko' ? '지갑 &amp; 나' : 'Wallet &amp; Me')
  })

  it.each(keyProtections)('says what protects the key and up to how much it pays: %s', (keyProtection) => {
    const limit = defaultKeyLimits[keyProtection]
    const [ko, en] = (['ko', 'en'] as const).map((locale) => render({ ...ask, key: { keyProtection, limit } }, brand, locale))
    expect(ko).toContain(keyProtection === 'browser-storage' ? '보안 장치 아님' : '패스키')
    expect(en).toContain(keyProtection === 'browser-storage' ? 'no security device' : 'passkey')
    expect(ko).toContain(`${limit.perPayment.KRW.toLocaleString('en')}원`)
    expect(en).toContain(`₩${limit.perPayment.KRW.toLocaleString('en')}`)
  })

  it('escapes every text and loads nothing from anywhere', () => {
    const html = render({ ...ask, lastFour: '"><script>' }, brand, 'en')
    expect(html).not.toContain('<script')
    expect(html).toContain('Issuer &lt;A&gt;')
    expect(html).not.toMatch(/src=|https?:|url\(/u)
  })

  it.each(['approved', 'refused', 'gone', 'stale'] as const)('has a result page without a form: %s', (kind) => {
    for (const locale of ['ko', 'en'] as const) {
      const html = render(kind === 'approved' ? { kind, account: undefined } : { kind }, brand, locale)
      expect(html).toContain('role="status"')
      expect(html).not.toContain('<form')
    }
  })

  it.each([
    ['en', 'ko-KR', 'en'],
    [undefined, 'en-US,en;q=0.9,ko;q=0.8', 'en'],
    [undefined, 'fr, ko;q=0.5', 'ko'],
    [undefined, 'fr', 'ko'],
    [undefined, undefined, 'ko'],
    ['xx', 'en', 'en'],
  ])('?lang=%s and Accept-Language %s choose %s', (requested, header, expected) => expect(chooseLocale(requested, header)).toBe(expected))
})
