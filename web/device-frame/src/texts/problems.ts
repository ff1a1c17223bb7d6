import type { ProblemCode } from '@symbolon/contracts/problems'
import type { Locale } from '@symbolon/web-elements/locale'

type Words = { readonly ko: string; readonly en: string }

const later: Words = {
  ko: '결제 서비스가 지금 답하지 않습니다. 돈은 나가지 않았습니다. 잠시 뒤 다시 시도해 주세요.',
  en: 'The payment service does not answer now. No money was taken. Please try again in a while.',
}
const reload: Words = {
  ko: '지갑과 결제 서비스가 서로 맞지 않습니다. 화면을 새로 고친 뒤 다시 시도해 주세요.',
  en: 'The wallet and the payment service do not fit together. Please reload the page and try again.',
}
const openAgain: Words = {
  ko: '결제를 준비하는 사이 상태가 바뀌었습니다. 돈은 나가지 않았습니다. 다시 시도해 주세요.',
  en: 'Something changed while the payment was prepared. No money was taken. Please try again.',
}
const shop: Words = {
  ko: '상점의 주문서를 확인할 수 없어 멈췄습니다. 돈은 나가지 않았습니다. 상점에서 다시 주문해 주세요.',
  en: 'The order of the shop could not be verified, so it was stopped. No money was taken. Please order again.',
}
const enrol: Words = {
  ko: '카드 등록이 끝나지 않았습니다. 카드를 처음부터 다시 등록해 주세요.',
  en: 'The card was not added. Please start adding it again.',
}

/** What each problem means for the person and what to do next. The table is total: a new code does not build without its words. */
const sentences: Readonly<Record<ProblemCode, Words>> = {
  REQUEST_INVALID: reload,
  REQUEST_ENCODING_INVALID: reload,
  REQUEST_CARD_NUMBER_REFUSED: {
    ko: '주문 이름에 카드 번호처럼 보이는 숫자가 있어 받을 수 없습니다. 상점에 알려 주세요.',
    en: 'The order name has digits that look like a card number and is refused. Please tell the shop.',
  },
  REQUEST_IDEMPOTENCY_KEY_MISSING: reload,
  REQUEST_IDEMPOTENCY_CONFLICT: reload,
  REQUEST_IDEMPOTENCY_RUNNING: later,
  REQUEST_NOT_FOUND: {
    ko: '이 주문을 찾을 수 없습니다. 상점에서 결제 주소를 다시 열어 주세요.',
    en: 'This order cannot be found. Please open the payment again from the shop.',
  },
  REQUEST_TOO_LARGE: reload,
  REQUEST_TOO_MANY: {
    ko: '짧은 시간에 너무 많이 시도했습니다. 1분 뒤 다시 시도해 주세요.',
    en: 'Too many attempts in a short time. Please try again in a minute.',
  },
  SERVICE_FAULT: later,
  SERVICE_BUG: {
    ko: '결제 서비스에 문제가 생겼습니다. 화면을 새로 고쳐 결과를 먼저 확인해 주세요.',
    en: 'The payment service failed. Please reload the page to see the result first.',
  },
  IDENTITY_KEY_INVALID: shop,
  PAYMENT_REQUEST_SIGNATURE_INVALID: {
    ko: '상점의 서명이 맞지 않아 멈췄습니다. 돈은 나가지 않았습니다. 상점 주소를 확인하고 다시 주문해 주세요.',
    en: 'The signature of the shop is not right, so it was stopped. No money was taken. Check the address of the shop and order again.',
  },
  PAYMENT_REQUEST_MISMATCH: {
    ko: '상점이 서명한 내용과 결제 내용이 달라 멈췄습니다. 돈은 나가지 않았습니다. 상점에 알려 주세요.',
    en: 'The payment differs from what the shop signed, so it was stopped. No money was taken. Please tell the shop.',
  },
  PAYMENT_ORDER_EXISTS: shop,
  PAYMENT_STATE_CONFLICT: {
    ko: '이 주문은 이미 처리되었습니다. 대화에서 결과를 확인해 주세요.',
    en: 'This order was already handled. Please see the result in the conversation.',
  },
  PAYMENT_CONFIRMATION_RUNNING: {
    ko: '이 주문은 지금 결제되고 있습니다. 잠시 뒤 결과를 확인해 주세요.',
    en: 'This order is being paid at this moment. Please look for the result in a while.',
  },
  PAYMENT_EXPIRED: {
    ko: '결제 시간이 지났습니다. 돈은 나가지 않았습니다. 상점에서 다시 주문해 주세요.',
    en: 'The time to pay is over. No money was taken. Please order again at the shop.',
  },
  TOKEN_NOT_ACTIVE: {
    ko: '이 카드는 지금 쓸 수 없습니다. 다른 카드를 고르거나 카드를 다시 등록해 주세요.',
    en: 'This card cannot be used now. Choose another card, or add this one again.',
  },
  TOKEN_GRANT_INVALID: enrol,
  TOKEN_DOMAIN_RESTRICTED: {
    ko: '이 상점에서는 이 카드를 쓸 수 없습니다. 다른 카드를 골라 주세요.',
    en: 'This card cannot be used at this shop. Please choose another card.',
  },
  LEDGER_CURRENCY_MISMATCH: shop,
  CUSTODY_WALLET_UNKNOWN: {
    ko: '결제 서비스가 이 지갑을 알지 못합니다. 카드사에 연락해 새로 등록해 주세요.',
    en: 'The payment service does not know this wallet. Please contact your card company to register again.',
  },
  WALLET_MISSING: {
    ko: '이 기기에 지갑이 없습니다. 지갑을 먼저 만들어 주세요.',
    en: 'There is no wallet on this device. Please create one first.',
  },
  WALLET_EXISTS: {
    ko: '이 기기에 이미 지갑이 있습니다. 화면을 새로 고쳐 주세요.',
    en: 'There is a wallet on this device already. Please reload the page.',
  },
  WALLET_IN_USE: {
    ko: '다른 창에서 지갑이 열려 있습니다. 그 창을 닫고 다시 시도해 주세요.',
    en: 'The wallet is open in another window. Close that window and try again.',
  },
  WALLET_STORAGE_DAMAGED: {
    ko: '이 기기에 저장된 지갑을 읽을 수 없습니다. 카드사에 연락해 새로 등록해 주세요.',
    en: 'The wallet stored on this device cannot be read. Please contact your card company to register again.',
  },
  WALLET_PIN_FORM: {
    ko: '비밀번호는 숫자 6~12자리입니다. 다시 입력해 주세요.',
    en: 'A PIN has six to twelve digits. Please enter it again.',
  },
  WALLET_PASSKEY_UNANSWERED: {
    ko: '패스키 확인이 끝나지 않았습니다. 돈은 나가지 않았습니다. 지문, 얼굴 또는 화면 잠금으로 다시 확인해 주세요.',
    en: 'The passkey was not confirmed. No money was taken. Please try again with your fingerprint, face or screen lock.',
  },
  WALLET_PASSKEY_UNSUPPORTED: {
    ko: '이 브라우저의 패스키로는 지갑을 지킬 수 없습니다. 돈은 나가지 않았습니다.',
    en: 'The passkeys of this browser cannot protect a wallet. No money was taken.',
  },
  WALLET_CARD_LIMIT: {
    ko: '이 지갑에는 카드를 더 등록할 수 없습니다. 등록한 카드를 사용해 주세요.',
    en: 'This wallet is full. Please use one of the cards in it.',
  },
  WALLET_CARD_INVALID: {
    ko: '카드 정보 가운데 맞지 않는 것이 있습니다. 다시 확인해 주세요.',
    en: 'Something in the card details is not right. Please check again.',
  },
  WALLET_CARD_MISSING: {
    ko: '이 지갑에 없는 카드입니다. 카드를 다시 골라 주세요.',
    en: 'This card is not in the wallet. Please choose a card again.',
  },
  WALLET_RECORD_MISSING: {
    ko: '예전 지갑에서 넘어온 카드라 번호를 볼 수 없습니다. 보려면 카드를 다시 추가해 주세요. 결제는 그대로 할 수 있습니다.',
    en: 'This card came from your old wallet, so its number cannot be shown. To see it, add the card again. You can pay with it as before.',
  },
  WALLET_ANSWER_UNVERIFIED: {
    ko: '받은 답을 확인할 수 없어 믿지 않았습니다. 잠시 뒤 다시 시도해 주세요.',
    en: 'An answer could not be verified and was not believed. Please try again in a while.',
  },
  CUSTODY_RETRY: {
    ko: '지갑의 열쇠를 바꾸는 중입니다. 몇 초 뒤 다시 시도해 주세요.',
    en: 'The key of the wallet is being renewed. Please try again in some seconds.',
  },
  CUSTODY_STALE: {
    ko: '이 지갑의 복사본이 쓰인 흔적이 있어 멈췄습니다. 카드사에 바로 연락해 주세요.',
    en: 'There are signs that a copy of this wallet was used. Please contact your card company at once.',
  },
  CUSTODY_FROZEN: {
    ko: '지갑이 멈춰 있습니다. 카드사에 바로 연락해 주세요.',
    en: 'The wallet is stopped. Please contact your card company at once.',
  },
  CUSTODY_VOID: openAgain,
  CUSTODY_CONFLICT: openAgain,
  CUSTODY_REJECTED: openAgain,
  CUSTODY_LOCKED: {
    ko: '비밀번호를 여러 번 틀려 지갑이 잠겼습니다. 카드사에 연락해 새로 등록해 주세요.',
    en: 'The PIN was wrong too often and the wallet is locked. Please contact your card company to register again.',
  },
  CUSTODY_REFRESH_REQUIRED: {
    ko: '지갑의 열쇠를 먼저 새로 바꿔야 합니다. 돈은 나가지 않았습니다. 다시 시도해 주세요.',
    en: 'The wallet has to renew its key first. No money was taken. Please try again.',
  },
  CUSTODY_CLOSED: {
    ko: '이 지갑은 닫혔고 열쇠는 파기되었습니다. 다시 쓰려면 지갑을 새로 만들어 주세요.',
    en: 'This wallet was closed and its keys are destroyed. To pay again, please create a new one.',
  },
  CUSTODY_REFUSED: {
    ko: '결제 서비스가 이 결제를 받지 않았습니다. 돈은 나가지 않았습니다. 상점에서 다시 주문해 주세요.',
    en: 'The payment service did not accept this payment. No money was taken. Please order again at the shop.',
  },
  WALLET_KEY_UNCERTIFIED: {
    ko: '상대가 내민 열쇠를 보증하는 카드사가 없어 멈췄습니다. 돈은 나가지 않았습니다. 기기의 날짜를 확인하고 다시 시도해 주세요.',
    en: 'No card company vouches for the key that was shown, so it was stopped. No money was taken. Check the date of this device and try again.',
  },
  ISSUER_UNKNOWN: {
    ko: '아직 연결되지 않은 카드사입니다. 다른 카드를 등록해 주세요.',
    en: 'This card company is not connected yet. Please add another card.',
  },
  ISSUER_TIMEOUT: {
    ko: '카드사가 제때 답하지 않았습니다. 결제되지 않았고, 늦게 승인되더라도 저절로 취소됩니다.',
    en: 'The card company did not answer in time. Nothing was paid; a late approval is reversed.',
  },
  ISSUER_UNAVAILABLE: {
    ko: '카드사에 연결할 수 없습니다. 돈은 나가지 않았습니다. 잠시 뒤 다시 시도하거나 다른 카드를 쓰세요.',
    en: 'The card company cannot be reached. No money was taken. Try again in a while or use another card.',
  },
  ISSUER_KEY_UNKNOWN: {
    ko: '카드사의 열쇠가 바뀌었습니다. 화면을 새로 고친 뒤 카드를 다시 등록해 주세요.',
    en: 'The card company changed its key. Please reload the page and add the card again.',
  },
  ENROLMENT_CARD_REFUSED: {
    ko: '카드사가 이 카드를 받지 않습니다. 카드 정보를 확인하거나 다른 카드를 등록해 주세요.',
    en: 'The card company does not accept this card. Check the details or add another card.',
  },
  ENROLMENT_BINDING_INVALID: enrol,
  ENROLMENT_STATE_CONFLICT: enrol,
  ENROLMENT_EXPIRED: {
    ko: '승인 시간이 지났습니다. 카드를 다시 등록해 주세요.',
    en: 'The time to approve is over. Please add the card again.',
  },
}

/** The sentence for a problem code in the language of the page. */
export function describeProblem(code: ProblemCode, locale: Locale): string {
  return sentences[code][locale]
}
