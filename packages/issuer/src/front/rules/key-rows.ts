import type { KeyProtection } from '@symbolon/contracts/key-protection'
import { html, type Markup } from '@symbolon/service/html'
import type { KeyLimit } from './key-limits.ts'
import type { Locale } from './page.ts'

/** What protects the key that asks to be bound, and what this issuer lets it pay. */
export type KeyTerms = { readonly keyProtection: KeyProtection; readonly limit: KeyLimit }

const texts = {
  ko: {
    key: '지갑 열쇠',
    limit: '결제 한도',
    perPayment: '한 번에',
    protections: {
      'browser-storage': '브라우저에 저장된 열쇠 (보안 장치 아님)',
      'passkey-synced': '계정에 동기화되는 패스키',
      'passkey-device-bound': '기기 밖으로 나가지 않는다고 밝힌 패스키',
      'passkey-attested': '제조사가 보증하는 기기의 패스키',
    },
  },
  en: {
    key: 'Key of the wallet',
    limit: 'Limit',
    perPayment: 'a payment',
    protections: {
      'browser-storage': 'a key in the browser’s storage (no security device)',
      'passkey-synced': 'a passkey that an account copies',
      'passkey-device-bound': 'a passkey that says it stays on the device',
      'passkey-attested': 'a passkey of a device its maker vouches for',
    },
  },
} as const satisfies Record<Locale, { readonly protections: Record<KeyProtection, string> } & Record<string, unknown>>

/** Two rows of the page on which a person approves. */
export function renderKeyTerms({ keyProtection, limit }: KeyTerms, locale: Locale): Markup {
  const text = texts[locale]
  return html`<div>
      <dt>${text.key}</dt>
      <dd>${text.protections[keyProtection]}</dd>
    </div>
    <div>
      <dt>${text.limit}</dt>
      <dd>${formatWon(limit.perPayment.KRW, locale)} ${text.perPayment}</dd>
    </div>`
}

function formatWon(amountMinorUnits: bigint, locale: Locale): string {
  const digits = String(amountMinorUnits).replace(/\B(?=(?:[0-9]{3})+$)/gu, ',')
  return locale === 'ko' ? `${digits}원` : `₩${digits}`
}
