import { responseCodes } from '@symbolon/contracts/issuer-link'
import type { Locale } from './locale.ts'

type Reason = (typeof responseCodes)[keyof typeof responseCodes]['reason']
type Words = { readonly ko: string; readonly en: string }

const call = { ko: '카드 뒷면의 카드사 번호로 문의해 주세요.', en: 'Please call the number on the back of your card.' }
const other = { ko: '상점에서 다시 주문해 다른 카드로 결제해 주세요.', en: 'Please order again and pay with another card.' }
const shop = { ko: '상점에 알려 주세요.', en: 'Please tell the shop.' }
const again = { ko: '잠시 뒤 상점에서 다시 주문해 주세요.', en: 'Please order again at the shop in a while.' }

function words(ko: string, en: string, advice: Words): Words {
  return { ko: `${ko} ${advice.ko}`, en: `${en} ${advice.en}` }
}

// Lost, stolen and restricted cards get the words of a plain refusal: whoever holds a stolen card learns nothing.
const refused = words('카드사가 승인하지 않았습니다.', 'The card company did not approve.', call)

const reasons: Readonly<Record<Reason, Words>> = {
  approved: { ko: '승인되었습니다.', en: 'Approved.' },
  'refer-to-issuer': refused,
  'invalid-merchant': words('이 상점에서는 결제할 수 없습니다.', 'This shop cannot take the payment.', shop),
  'do-not-honour': refused,
  'invalid-transaction': words('허용되지 않는 거래입니다.', 'This kind of payment is not allowed.', other),
  'invalid-amount': words('결제할 수 없는 금액입니다.', 'The amount is not allowed.', shop),
  'invalid-card': words('사용할 수 없는 카드입니다.', 'The card is not valid.', other),
  'format-error': words('카드사가 요청을 읽지 못했습니다.', 'The card company could not read the request.', again),
  'lost-card': refused,
  'stolen-card': refused,
  'insufficient-funds': words('잔액이나 한도가 부족합니다.', 'There is not enough money or credit left.', other),
  'expired-card': words('유효기간이 지난 카드입니다.', 'The card has expired.', other),
  'incorrect-pin': refused,
  'not-permitted-to-cardholder': words('이 카드로는 할 수 없는 결제입니다.', 'This card does not allow this payment.', other),
  'exceeds-amount-limit': words('카드의 결제 한도를 넘었습니다.', 'The amount is above the limit of the card.', other),
  'restricted-card': refused,
  'security-violation': words('카드사의 확인을 통과하지 못했습니다.', 'The card company could not verify the payment.', call),
  'exceeds-frequency-limit': words('결제 횟수 한도를 넘었습니다.', 'The card was used too often.', other),
  'message-too-late': words('시간이 지나 처리되지 않았습니다.', 'The payment came too late.', again),
  'issuer-unavailable': words('카드사에 연결할 수 없습니다.', 'The card company cannot be reached.', again),
  duplicate: words('이미 처리한 요청입니다.', 'The payment was already handled.', shop),
  'system-malfunction': words('카드사의 시스템 장애입니다.', 'The card company has a technical failure.', again),
}

/** Says why a payment was declined and what to do. An unknown word is a plain refusal. */
export function describeDecline(reason: string | undefined, locale: Locale): string {
  return (reason !== undefined && isReason(reason) ? reasons[reason] : refused)[locale]
}

function isReason(reason: string): reason is Reason {
  return Object.hasOwn(reasons, reason)
}
