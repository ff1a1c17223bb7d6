import { renderSVG } from 'uqr'
import { describeNetwork } from '@symbolon/formats/cards'
import { formatMoney, minorUnits, type Currency } from '@symbolon/formats/money'
import { html, type Language, type Markup } from '@symbolon/service/html'
import type { Item, Shop } from '../catalogue.ts'
import type { PlacedOrder } from '../flows/place-order.ts'
import { stateWords, words } from './text.ts'

export function renderShops(shops: readonly Shop[], language: Language): string {
  return renderPage(
    language,
    words.title[language],
    html`<h1>${words.title[language]}</h1>
      <p>${words.intro[language]}</p>
      ${shops.map(
        (shop) =>
          html`<section aria-labelledby="${shop.slug}">
            <h2 id="${shop.slug}">${shop.name[language]}</h2>
            <ul>
              ${shop.items.map((item) => renderItem(shop, item, language))}
            </ul>
          </section>`,
      )}`,
  )
}

function renderItem(shop: Shop, item: Item, language: Language): Markup {
  return html`<li>
    <span class="name">${item.name[language]}</span><span class="price">${money(item.amountMinorUnits, shop.currency)}</span>
    <form method="post" action="/orders?lang=${language}">
      <input type="hidden" name="shop" value="${shop.slug}" /><input type="hidden" name="sku" value="${item.sku}" />
      <button aria-label="${words.buy[language]}: ${item.name[language]}">${words.buy[language]}</button>
    </form>
  </li>`
}

export function renderOrder({ order, payment }: PlacedOrder, language: Language): string {
  const stateWord = stateWords[payment.state][language]
  const isWaiting = payment.state === 'requires_confirmation'
  // The drawing is ours from start to end: it holds the checkout address as squares.
  const code: Markup = { kind: 'markup', text: isWaiting ? renderSVG(payment.checkoutUrl, { border: 2 }) : '' }
  return renderPage(
    language,
    words.order[language],
    html`<h1>${order.request.merchantName}</h1>
      <p class="item">${order.request.orderName} · <strong>${money(order.request.amountMinorUnits, order.request.currency)}</strong></p>
      <p id="state" role="status" data-order="${order.orderId}" data-state="${payment.state}">${stateWord}</p>
      ${
        isWaiting
          ? html`<p><a class="button" href="${payment.checkoutUrl}&lang=${language}" target="symbolon-chat">${words.pay[language]}</a></p>
              <figure>
                ${code}
                <figcaption>${words.scan[language]}</figcaption>
              </figure>`
          : undefined
      }
      ${
        payment.lastFour === undefined
          ? undefined
          : html`<dl>
                <dt>${words.card[language]}</dt>
                <dd>${payment.network === undefined ? '' : describeNetwork(payment.network, language)} ···· ${payment.lastFour}</dd>
                ${
                  payment.approvalNumber === undefined
                    ? undefined
                    : html`<dt>${words.approval[language]}</dt>
                        <dd>${payment.approvalNumber}</dd>`
                }
              </dl>
              <p class="note">${words.known[language]}</p>`
      }
      <p><a href="/?lang=${language}">${words.back[language]}</a></p>
      <script src="/order.js" type="module"></script>`,
  )
}

export function renderNotFound(language: Language): string {
  return renderPage(
    language,
    words.title[language],
    html`<h1>${words.notFound[language]}</h1>
      <p><a href="/?lang=${language}">${words.back[language]}</a></p>`,
  )
}

function renderPage(language: Language, title: string, body: Markup): string {
  const other = language === 'ko' ? 'en' : 'ko'
  const page = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/mall.css" />
      </head>
      <body>
        <nav><a href="?lang=${other}" lang="${other}" hreflang="${other}">${other === 'ko' ? '한국어' : 'English'}</a></nav>
        <main>${body}</main>
      </body>
    </html>`
  return page.text
}

function money(amountMinorUnits: string, currency: Currency): string {
  return formatMoney(minorUnits(BigInt(amountMinorUnits)), currency)
}
