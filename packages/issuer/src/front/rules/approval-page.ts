import { html, type Markup } from '@symbolon/service/html'
import { formatMoment, renderCard, renderResult, type Locale, type Page, type Text } from './page.ts'
import { renderKeyTerms, type KeyTerms } from './key-rows.ts'
import type { BoundToken } from './rebind.ts'
import { bytesToHex } from '@symbolon/formats/bytes'

/** What the person sees before pressing: who asks, for which card, to be added to whose wallet, and which wallets have it already. */
export type ApprovalView =
  | {
      readonly kind: 'ask'
      readonly operatorName: Text
      readonly network: string
      readonly lastFour: string
      readonly formToken: string
      readonly action: string
      readonly key: KeyTerms
      readonly others: readonly Pick<BoundToken, 'tokenReferenceId' | 'boundAt'>[]
      /** A press before this one asked to replace a wallet and did not confirm the identification. */
      readonly isIdentificationMissing: boolean
    }
  | { readonly kind: 'approved'; readonly account: string | undefined }
  | { readonly kind: 'refused' | 'gone' | 'stale' | 'home' }

const texts = {
  ko: {
    title: '카드 추가 확인',
    lead: '지갑에 이 카드를 추가하려고 합니다.',
    card: '카드',
    wallet: '지갑',
    caution: '직접 요청하지 않았다면 거절하세요. 카드사는 전화나 문자로 이 화면의 승인을 요구하지 않습니다.',
    others: '이 카드를 쓰는 다른 지갑이 있습니다',
    add: '새 지갑을 더합니다. 다른 지갑도 계속 쓸 수 있습니다.',
    replace: '예전 지갑을 이 지갑으로 바꿉니다. 예전 기기에서는 더 이상 결제할 수 없습니다.',
    since: '등록',
    identified: '바꾸는 경우: 카드사의 본인확인을 처음부터 다시 마쳤습니다. (연습 환경에서는 이 표시가 본인확인을 대신합니다.)',
    missing: '예전 지갑을 바꾸려면 본인확인 항목에 표시해 주세요.',
    account: '이 카드를 쓰는 지갑 보기',
    approve: '승인',
    refuse: '거절',
    approved: ['카드를 추가했습니다', '이 창을 닫고 지갑으로 돌아가세요.'],
    refused: ['카드를 추가하지 않았습니다', '요청을 거절했습니다. 이 창을 닫아도 됩니다.'],
    gone: ['더 이상 유효하지 않은 요청입니다', '시간이 지났거나 없는 요청입니다. 지갑에서 다시 시작하세요.'],
    stale: ['처리하지 않았습니다', '이 화면을 새로 고친 뒤 다시 눌러 주세요.'],
    home: ['카드사 화면입니다', '지갑에 카드를 추가하면 이곳에서 직접 본인에게 확인합니다. 지금 확인할 요청은 없습니다.'],
  },
  en: {
    title: 'Confirm adding a card',
    lead: 'You are adding this card to a wallet.',
    card: 'Card',
    wallet: 'Wallet',
    caution: 'If you did not ask for this, refuse. We never ask you to approve this page by telephone or text message.',
    others: 'Another wallet has this card already',
    add: 'Add the new wallet. The other one keeps working.',
    replace: 'Replace the old wallet by this one. The old device can no longer pay.',
    since: 'added',
    identified: 'If you replace: I went through the full identification of this issuer again. (In this sandbox the tick stands for it.)',
    missing: 'To replace the old wallet, tick that you were identified.',
    account: 'See the wallets that have this card',
    approve: 'Approve',
    refuse: 'Refuse',
    approved: ['The card was added', 'Close this window and go back to your wallet.'],
    refused: ['The card was not added', 'You refused the request. You may close this window.'],
    gone: ['This request is no longer valid', 'It is too old or does not exist. Start again in your wallet.'],
    stale: ['Nothing was done', 'Reload this page and press again.'],
    home: ['This is the card issuer', 'When a card is added to a wallet, its customer is asked here. There is nothing to confirm now.'],
  },
} as const

/** The page of an enrolment. */
export function approvalPage(view: ApprovalView, locale: Locale): Page {
  const text = texts[locale]
  switch (view.kind) {
    case 'ask':
      return { title: text.title, body: renderQuestion(view, locale) }
    case 'approved':
      return { title: text.title, body: html`${renderResult(text.approved)}${renderAccountLink(view.account, locale)}` }
    case 'refused':
    case 'gone':
    case 'stale':
    case 'home':
      return { title: text.title, body: renderResult(text[view.kind]) }
  }
}

/** The way from an approval to the page on which its owner sees and suspends every wallet of the card. */
export function renderAccountLink(account: string | undefined, locale: Locale): Markup {
  return account === undefined ? html`` : html`<p><a href="${account}">${texts[locale].account}</a></p>`
}

function renderQuestion(view: Extract<ApprovalView, { kind: 'ask' }>, locale: Locale): Markup {
  const text = texts[locale]
  return html`<h1>${text.title}</h1>
    ${view.isIdentificationMissing ? html`<p class="warning" role="alert">${text.missing}</p>` : html``}
    <p>${text.lead}</p>
    <dl>
      <div>
        <dt>${text.card}</dt>
        <dd>${renderCard(view, locale)}</dd>
      </div>
      <div>
        <dt>${text.wallet}</dt>
        <dd>${view.operatorName[locale]}</dd>
      </div>
      ${renderKeyTerms(view.key, locale)}
    </dl>
    <p class="caution">${text.caution}</p>
    <form method="post" action="${view.action}">
      <input type="hidden" name="formToken" value="${view.formToken}" />
      ${view.others.length === 0 ? html`` : renderChoice(view.others, locale)}
      <button class="approve" type="submit" name="decision" value="approve">${text.approve}</button>
      <button class="refuse" type="submit" name="decision" value="refuse">${text.refuse}</button>
    </form>`
}

function renderChoice(others: Extract<ApprovalView, { kind: 'ask' }>['others'], locale: Locale): Markup {
  const text = texts[locale]
  return html`<fieldset>
    <legend>${text.others}</legend>
    <label><input type="radio" name="replaces" value="" checked /><span>${text.add}</span></label>
    ${others.map(
      ({ tokenReferenceId, boundAt }) =>
        html`<label
          ><input type="radio" name="replaces" value="${bytesToHex(tokenReferenceId)}" /><span
            >${text.replace} (${text.since}: ${formatMoment(boundAt)})</span
          ></label
        >`,
    )}
    <label><input type="checkbox" name="identified" value="yes" /><span>${text.identified}</span></label>
  </fieldset>`
}
