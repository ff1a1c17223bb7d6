import type { RebindProof } from '@symbolon/contracts/rebind-api'
import { html, type Markup } from '@symbolon/service/html'
import { renderAccountLink } from './approval-page.ts'
import { formatMoment, renderCard, renderResult, type Locale, type Page, type Text } from './page.ts'
import { renderKeyTerms, type KeyTerms } from './key-rows.ts'
import type { BoundToken } from './rebind.ts'

/** What the person sees before pressing: how many cards leave the wallet on the old device, and what stands for the new one. */
export type RebindView =
  | {
      readonly kind: 'ask'
      readonly key: KeyTerms
      readonly operatorName: Text
      readonly tokens: readonly Pick<BoundToken, 'network' | 'lastFour' | 'boundAt' | 'suspension'>[]
      readonly proof: RebindProof
      readonly limitHours: number
      readonly formToken: string
      readonly action: string
      readonly isIdentificationMissing: boolean
    }
  | { readonly kind: 'approved'; readonly account: string | undefined }
  | { readonly kind: 'refused' | 'gone' | 'stale' }

const texts = {
  ko: {
    title: '지갑 바꾸기 확인',
    lead: (count: number) =>
      `새 지갑이 카드 ${count}장을 넘겨받으려고 합니다. 승인하면 예전 기기의 지갑이 새 지갑으로 바뀌고, 예전 기기에서는 이 카드로 더 이상 결제할 수 없습니다.`,
    card: '카드',
    since: '예전 지갑 등록',
    count: '카드 수',
    cards: (count: number) => `${count}장`,
    wallet: '지갑',
    suspended: '이 카드는 예전 지갑에서 정지되어 있습니다. 승인하면 새 지갑에서 다시 쓸 수 있습니다.',
    deviceKey: '예전 기기의 열쇠가 이 요청에 서명했습니다.',
    identification: (hours: number) =>
      `예전 기기의 열쇠로 확인되지 않은 요청입니다. 본인확인을 처음부터 다시 해야 하고, 승인 뒤 ${hours}시간 동안은 결제 한도가 낮습니다.`,
    identified: '카드사의 본인확인을 처음부터 다시 마쳤습니다. (연습 환경에서는 이 표시가 본인확인을 대신합니다.)',
    missing: '승인하려면 본인확인 항목에 표시해 주세요.',
    caution: '직접 요청하지 않았다면 거절하세요. 카드사는 전화나 문자로 이 화면의 승인을 요구하지 않습니다.',
    approve: '예전 지갑을 바꿉니다',
    refuse: '거절',
    approved: ['지갑을 바꾸었습니다', '예전 기기의 지갑은 이 카드로 더 이상 결제할 수 없습니다. 이 창을 닫고 지갑으로 돌아가세요.'],
    refused: ['지갑을 바꾸지 않았습니다', '요청을 거절했습니다. 카드는 그대로입니다. 이 창을 닫아도 됩니다.'],
    gone: ['더 이상 유효하지 않은 요청입니다', '시간이 지났거나 없는 요청입니다. 지갑에서 다시 시작하세요.'],
    stale: ['처리하지 않았습니다', '이 화면을 새로 고친 뒤 다시 눌러 주세요.'],
  },
  en: {
    title: 'Confirm replacing a wallet',
    lead: (count: number) =>
      `A new wallet asks to take over ${count === 1 ? '1 card' : `${count} cards`}. If you approve, it replaces the wallet on the old device, which can no longer pay with ${count === 1 ? 'this card' : 'these cards'}.`,
    card: 'Card',
    since: 'old wallet added',
    count: 'Number of cards',
    cards: (count: number) => String(count),
    wallet: 'Wallet',
    suspended: 'A card is suspended in the old wallet. If you approve, it pays again in the new one.',
    deviceKey: 'The key of the old device has signed this request.',
    identification: (hours: number) =>
      `The key of the old device does not stand behind this request. You must be identified in full again, and for ${hours} hours after your approval only small payments are possible.`,
    identified: 'I went through the full identification of this issuer again. (In this sandbox the tick stands for it.)',
    missing: 'To approve, tick that you were identified.',
    caution: 'If you did not ask for this, refuse. We never ask you to approve this page by telephone or text message.',
    approve: 'Replace the old wallet',
    refuse: 'Refuse',
    approved: [
      'The wallet was replaced',
      'The wallet on the old device can no longer pay with this card. Close this window and go back to your wallet.',
    ],
    refused: ['The wallet was not replaced', 'You refused the request. Your card is as it was. You may close this window.'],
    gone: ['This request is no longer valid', 'It is too old or does not exist. Start again in your wallet.'],
    stale: ['Nothing was done', 'Reload this page and press again.'],
  },
} as const

/** The page of a rebind (docs/custody.md 14). */
export function rebindPage(view: RebindView, locale: Locale): Page {
  const text = texts[locale]
  switch (view.kind) {
    case 'ask':
      return { title: text.title, body: renderQuestion(view, locale) }
    case 'approved':
      return { title: text.title, body: html`${renderResult(text.approved)}${renderAccountLink(view.account, locale)}` }
    case 'refused':
    case 'gone':
    case 'stale':
      return { title: text.title, body: renderResult(text[view.kind]) }
  }
}

function renderQuestion(view: Extract<RebindView, { kind: 'ask' }>, locale: Locale): Markup {
  const text = texts[locale]
  const { tokens, proof } = view
  const needsIdentification = proof === 'identification'
  return html`<h1>${text.title}</h1>
    ${view.isIdentificationMissing ? html`<p class="warning" role="alert">${text.missing}</p>` : html``}
    <p>${text.lead(tokens.length)}</p>
    <dl>
      <div>
        <dt>${text.count}</dt>
        <dd>${text.cards(tokens.length)}</dd>
      </div>
      ${tokens.map(
        (token) =>
          html`<div>
            <dt>${text.card}</dt>
            <dd>${renderCard(token, locale)}<br />${text.since}: ${formatMoment(token.boundAt)}</dd>
          </div>`,
      )}
      <div>
        <dt>${text.wallet}</dt>
        <dd>${view.operatorName[locale]}</dd>
      </div>
      ${renderKeyTerms(view.key, locale)}
    </dl>
    ${tokens.some((token) => token.suspension !== undefined) ? html`<p>${text.suspended}</p>` : html``}
    <p class="${needsIdentification ? 'warning' : 'caution'}">
      ${needsIdentification ? text.identification(view.limitHours) : text.deviceKey}
    </p>
    <p class="caution">${text.caution}</p>
    <form method="post" action="${view.action}">
      <input type="hidden" name="formToken" value="${view.formToken}" />
      ${
        needsIdentification
          ? html`<label><input type="checkbox" name="identified" value="yes" /><span>${text.identified}</span></label>`
          : html``
      }
      <button class="approve" type="submit" name="decision" value="approve">${text.approve}</button>
      <button class="refuse" type="submit" name="decision" value="refuse">${text.refuse}</button>
    </form>`
}
