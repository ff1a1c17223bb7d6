import { describeNetwork } from '@symbolon/formats/cards'
import { html, type Markup } from '@symbolon/service/html'
import type { LocalisedText } from '@symbolon/contracts/limits'
import type { Static } from 'typebox'

export type Locale = 'ko' | 'en'
type Text = Static<typeof LocalisedText>

/** What the person sees before pressing: who asks, for which card, to be added to whose wallet. */
export type ApprovalView =
  | {
      readonly kind: 'ask'
      readonly operatorName: Text
      readonly network: string
      readonly lastFour: string
      readonly formToken: string
      readonly action: string
    }
  | { readonly kind: 'approved' | 'refused' | 'gone' | 'stale' | 'home' }
export type Brand = { readonly name: Text; readonly colour: string; readonly styleNonce: string }

const texts = {
  ko: {
    title: '카드 추가 확인',
    lead: '지갑에 이 카드를 추가하려고 합니다.',
    card: '카드',
    wallet: '지갑',
    ending: '끝 네 자리',
    caution: '직접 요청하지 않았다면 거절하세요. 카드사는 전화나 문자로 이 화면의 승인을 요구하지 않습니다.',
    approve: '승인',
    refuse: '거절',
    approved: ['카드를 추가했습니다', '이 창을 닫고 지갑으로 돌아가세요.'],
    refused: ['카드를 추가하지 않았습니다', '요청을 거절했습니다. 이 창을 닫아도 됩니다.'],
    gone: ['더 이상 유효하지 않은 요청입니다', '시간이 지났거나 없는 요청입니다. 지갑에서 다시 시작하세요.'],
    stale: ['처리하지 않았습니다', '이 화면을 새로 고친 뒤 다시 눌러 주세요.'],
    home: ['카드사 화면입니다', '지갑에 카드를 추가하면 이곳에서 직접 본인에게 확인합니다. 지금 확인할 요청은 없습니다.'],
    other: 'English',
  },
  en: {
    title: 'Confirm adding a card',
    lead: 'You are adding this card to a wallet.',
    card: 'Card',
    wallet: 'Wallet',
    ending: 'ending in',
    caution: 'If you did not ask for this, refuse. We never ask you to approve this page by telephone or text message.',
    approve: 'Approve',
    refuse: 'Refuse',
    approved: ['The card was added', 'Close this window and go back to your wallet.'],
    refused: ['The card was not added', 'You refused the request. You may close this window.'],
    gone: ['This request is no longer valid', 'It is too old or does not exist. Start again in your wallet.'],
    stale: ['Nothing was done', 'Reload this page and press again.'],
    home: ['This is the card issuer', 'When a card is added to a wallet, its customer is asked here. There is nothing to confirm now.'],
    other: '한국어',
  },
} as const

/** The person's language: what the address asks for, else the browser's first of ours, else Korean. */
export function chooseLocale(requested: string | undefined, acceptLanguage: string | undefined): Locale {
  if (requested === 'ko' || requested === 'en') return requested
  const first = (acceptLanguage ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => part.trim().slice(0, 2).toLowerCase())
    .find((language) => language === 'ko' || language === 'en')
  return first === 'en' ? 'en' : 'ko'
}

/** The whole page as HTML: no script, no image, no resource of anybody else. */
export function renderApprovalPage(view: ApprovalView, brand: Brand, locale: Locale): string {
  const text = texts[locale]
  const body = view.kind === 'ask' ? renderQuestion(view, locale) : renderResult(text[view.kind])
  const other: Locale = locale === 'ko' ? 'en' : 'ko'
  const page = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${text.title} · ${brand.name[locale]}</title>
        <style nonce="${brand.styleNonce}">
          ${style(brand.colour)}
        </style>
      </head>
      <body>
        <header>
          <p class="issuer">${brand.name[locale]}</p>
          <a href="?lang=${other}" lang="${other}" hreflang="${other}">${text.other}</a>
        </header>
        <main>${body}</main>
      </body>
    </html> `
  return page.text
}

function renderQuestion(view: Extract<ApprovalView, { kind: 'ask' }>, locale: Locale): Markup {
  const text = texts[locale]
  return html`<h1>${text.title}</h1>
    <p>${text.lead}</p>
    <dl>
      <div>
        <dt>${text.card}</dt>
        <dd>
          ${describeNetwork(view.network, locale)} <span aria-hidden="true">•••• ${view.lastFour}</span
          ><span class="spoken">${text.ending} ${view.lastFour.split('').join(' ')}</span>
        </dd>
      </div>
      <div>
        <dt>${text.wallet}</dt>
        <dd>${view.operatorName[locale]}</dd>
      </div>
    </dl>
    <p class="caution">${text.caution}</p>
    <form method="post" action="${view.action}">
      <input type="hidden" name="formToken" value="${view.formToken}" />
      <button class="approve" type="submit" name="decision" value="approve">${text.approve}</button>
      <button class="refuse" type="submit" name="decision" value="refuse">${text.refuse}</button>
    </form>`
}

function renderResult([title, detail]: readonly [string, string]): Markup {
  return html`<h1 role="status">${title}</h1>
    <p>${detail}</p>`
}

// Ours from start to end; the colour has a pattern in the configuration. Markup, because a style sheet is not escaped.
function style(colour: string): Markup {
  const text = `:root{color-scheme:light;--brand:${colour}}*{box-sizing:border-box}
body{margin:0;font:17px/1.6 system-ui,-apple-system,"Apple SD Gothic Neo","Noto Sans KR",sans-serif;color:#17181a;background:#f4f5f7;word-break:keep-all;overflow-wrap:anywhere}
header{display:flex;justify-content:space-between;align-items:center;gap:16px;padding:16px 20px;background:var(--brand);color:#fff}
header a{color:#fff;padding:10px 4px}.issuer{margin:0;font-weight:700}
main{max-width:460px;margin:0 auto;padding:24px 20px 40px}h1{font-size:24px;line-height:1.35;margin:8px 0}
dl{margin:20px 0;padding:4px 18px;background:#fff;border-radius:14px;border:1px solid #dcdfe4}
dl div{display:flex;justify-content:space-between;gap:16px;padding:12px 0}dl div+div{border-top:1px solid #eceef1}
dt{color:#4a4f57}dd{margin:0;font-weight:600;text-align:right}.caution{color:#4a4f57;font-size:15px}
form{display:grid;gap:12px;margin-top:24px}
button{font:inherit;font-weight:700;min-height:54px;border-radius:14px;border:2px solid var(--brand);cursor:pointer}
.approve{background:var(--brand);color:#fff}.refuse{background:#fff;color:#17181a;border-color:#8a9099}
:focus-visible{outline:3px solid #1a56db;outline-offset:3px}header :focus-visible{outline-color:#fff}
.spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`
  return { kind: 'markup', text }
}
