import { describeNetwork } from '@symbolon/formats/cards'
import { html, type Markup } from '@symbolon/service/html'
import type { LocalisedText } from '@symbolon/contracts/limits'
import type { Static } from 'typebox'

export type Locale = 'ko' | 'en'
export type Text = Static<typeof LocalisedText>
export type Brand = { readonly name: Text; readonly colour: string; readonly styleNonce: string }
/** A page of the issuer's own: its title, and everything between header and end. */
export type Page = { readonly title: string; readonly body: Markup }

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
export function renderPage({ title, body }: Page, brand: Brand, locale: Locale): string {
  const other: Locale = locale === 'ko' ? 'en' : 'ko'
  const page = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${brand.name[locale]}</title>
        <style nonce="${brand.styleNonce}">
          ${style(brand.colour)}
        </style>
      </head>
      <body>
        <header>
          <p class="issuer">${brand.name[locale]}</p>
          <a href="?lang=${other}" lang="${other}" hreflang="${other}">${locale === 'ko' ? 'English' : '한국어'}</a>
        </header>
        <main>${body}</main>
      </body>
    </html> `
  return page.text
}

/** What became of a press: a heading that is read out, and a sentence. */
export function renderResult([title, detail]: readonly [string, string]): Markup {
  return html`<h1 role="status">${title}</h1>
    <p>${detail}</p>`
}

/** A card by its network and last digits, which are read out one by one. */
export function renderCard(card: { readonly network: string; readonly lastFour: string }, locale: Locale): Markup {
  return html`${describeNetwork(card.network, locale)} <span aria-hidden="true">•••• ${card.lastFour}</span
    ><span class="spoken">${locale === 'ko' ? '끝 네 자리' : 'ending in'} ${card.lastFour.split('').join(' ')}</span>`
}

/** Day and minute in Korea, as the issuer keeps them. */
export function formatMoment(seconds: number): string {
  return new Date((seconds + 9 * 3_600) * 1_000).toISOString().slice(0, 16).replace('T', ' ')
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
form{display:grid;gap:12px;margin-top:24px}fieldset{display:grid;gap:4px;margin:0;padding:8px 18px;background:#fff;border:1px solid #dcdfe4;border-radius:14px}legend{padding:0 4px;font-weight:600}
label{display:flex;gap:12px;align-items:flex-start;padding:10px 0}input[type=radio],input[type=checkbox]{flex:none;width:22px;height:22px;margin:3px 0 0;accent-color:var(--brand)}
.warning{padding:14px 18px;border-radius:14px;background:#fff4e5;border:1px solid #b45309;color:#5c2c00}.wallets{list-style:none;margin:20px 0;padding:0;display:grid;gap:14px}.wallets li{padding:14px 18px;background:#fff;border:1px solid #dcdfe4;border-radius:14px}.wallets p{margin:0 0 6px}.wallets form{margin-top:10px}a{color:#1a56db}
button{font:inherit;font-weight:700;min-height:54px;border-radius:14px;border:2px solid var(--brand);cursor:pointer}
.approve{background:var(--brand);color:#fff}.refuse{background:#fff;color:#17181a;border-color:#8a9099}
:focus-visible{outline:3px solid #1a56db;outline-offset:3px}header :focus-visible{outline-color:#fff}
.spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`
  return { kind: 'markup', text }
}
