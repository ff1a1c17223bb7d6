import { html, type Markup } from '@symbolon/service/html'
import { formatMoment, renderCard, renderResult, type Locale, type Page } from './page.ts'
import type { BoundToken, Suspension } from './rebind.ts'

export type AccountWallet = Pick<BoundToken, 'state' | 'suspension' | 'boundAt' | 'network' | 'lastFour'> & {
  readonly tokenReferenceId: string
  readonly formToken: string
}
export type AccountView =
  | {
      readonly kind: 'list'
      readonly wallets: readonly AccountWallet[]
      readonly requests: readonly { readonly address: string; readonly createdAt: number }[]
      readonly action: string
    }
  | { readonly kind: 'gone' | 'stale' }

const texts = {
  ko: {
    title: '카드를 쓰는 지갑',
    lead: '이 카드가 등록된 지갑입니다. 모르는 지갑은 바로 정지하세요.',
    login: '연습 환경에서는 승인한 사람이 받은 이 주소가 로그인을 대신합니다. 실제 카드사는 여기서 로그인을 요구합니다.',
    since: '등록',
    active: '사용 중',
    suspend: '이 지갑 정지',
    resume: '다시 쓰기',
    requests: '승인을 기다리는 요청',
    request: '요청 확인하기',
    none: '등록된 지갑이 없습니다.',
    by: {
      customer: '본인이 정지했습니다.',
      office: '카드사가 정지했습니다. 카드 뒷면의 번호로 문의해 주세요.',
      alarm: '이 지갑의 복사본이 발견되어 정지했습니다. 지갑에서 지갑 바꾸기를 하세요.',
      'stop-code': '정지 코드로 정지했습니다.',
      'stayed-away': '지갑이 오랫동안 열쇠를 바꾸지 않아 정지했습니다.',
      closed: '지갑을 닫았습니다.',
    },
    gone: ['없는 화면입니다', '지갑에서 카드를 추가하고 승인하면 이 화면의 주소를 받습니다.'],
    stale: ['처리하지 않았습니다', '이 화면을 새로 고친 뒤 다시 눌러 주세요.'],
  },
  en: {
    title: 'Wallets that have your card',
    lead: 'These wallets have this card. Suspend at once what you do not know.',
    login:
      'In this sandbox the address, which only the person who approved was given, stands for a login. A real issuer asks for one here.',
    since: 'Added',
    active: 'In use',
    suspend: 'Suspend this wallet',
    resume: 'Use it again',
    requests: 'Requests that wait for you',
    request: 'Look at the request',
    none: 'No wallet has this card.',
    by: {
      customer: 'You suspended it.',
      office: 'The issuer suspended it. Please call the number on the back of your card.',
      alarm: 'Suspended because a copy of this wallet was noticed. Replace the wallet from your wallet page.',
      'stop-code': 'Suspended with the stop code.',
      'stayed-away': 'Suspended because the wallet did not change its keys for long.',
      closed: 'The wallet was closed.',
    },
    gone: ['There is no such page', 'When you add a card in a wallet and approve it, you get the address of this page.'],
    stale: ['Nothing was done', 'Reload this page and press again.'],
  },
} as const

/** The issuer's own page on which a customer sees every wallet of a card and suspends any of them. */
export function accountPage(view: AccountView, locale: Locale): Page {
  const text = texts[locale]
  return { title: text.title, body: view.kind === 'list' ? renderList(view, locale) : renderResult(text[view.kind]) }
}

function renderList(view: Extract<AccountView, { kind: 'list' }>, locale: Locale): Markup {
  const text = texts[locale]
  return html`<h1>${text.title}</h1>
    <p>${text.lead}</p>
    ${view.wallets.length === 0 ? html`<p>${text.none}</p>` : html``}
    <ul class="wallets">
      ${view.wallets.map((wallet) => html`<li>${renderWallet(wallet, view.action, locale)}</li>`)}
    </ul>
    ${view.requests.length === 0 ? html`` : renderRequests(view.requests, locale)}
    <p class="caution">${text.login}</p>`
}

function renderWallet(wallet: AccountWallet, action: string, locale: Locale): Markup {
  const text = texts[locale]
  const isActive = wallet.state === 'active'
  const mayPress = wallet.suspension?.by !== 'office'
  return html`<p><strong>${renderCard(wallet, locale)}</strong></p>
    <p>${text.since}: ${formatMoment(wallet.boundAt)}</p>
    <p>${isActive ? text.active : describe(wallet.suspension, locale)}</p>
    ${
      mayPress
        ? html`<form method="post" action="${action}">
            <input type="hidden" name="formToken" value="${wallet.formToken}" />
            <input type="hidden" name="token" value="${wallet.tokenReferenceId}" />
            <button class="${isActive ? 'approve' : 'refuse'}" type="submit" name="to" value="${isActive ? 'suspended' : 'active'}">
              ${isActive ? text.suspend : text.resume}
            </button>
          </form>`
        : html``
    }`
}

function describe(suspension: Suspension | undefined, locale: Locale): string {
  const { by } = texts[locale]
  if (suspension === undefined) return ''
  return suspension.by === 'operator' ? by[suspension.cause] : by[suspension.by]
}

function renderRequests(requests: Extract<AccountView, { kind: 'list' }>['requests'], locale: Locale): Markup {
  const text = texts[locale]
  return html`<h2>${text.requests}</h2>
    <ul class="wallets">
      ${requests.map(
        ({ address, createdAt }) =>
          html`<li>
            <p>${formatMoment(createdAt)}</p>
            <a href="${address}">${text.request}</a>
          </li>`,
      )}
    </ul>`
}
