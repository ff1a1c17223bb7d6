import type { PaymentState } from '@symbolon/contracts/merchant-api'
import type { Text } from '../catalogue.ts'

export const words = {
  title: { ko: '견본 상점가', en: 'Sample mall' },
  intro: { ko: '여기서는 아무것도 배송되지 않습니다. 결제를 시험해 보세요.', en: 'Nothing is delivered here. Try a payment.' },
  buy: { ko: '주문', en: 'Order' },
  order: { ko: '주문', en: 'Order' },
  pay: { ko: '채팅에서 결제하기', en: 'Pay in the chat' },
  scan: { ko: '휴대전화로 결제하려면 QR 코드를 찍으세요.', en: 'To pay with a phone, scan the code.' },
  back: { ko: '상점가로 돌아가기', en: 'Back to the mall' },
  card: { ko: '카드', en: 'Card' },
  approval: { ko: '승인번호', en: 'Approval number' },
  notFound: { ko: '주문을 찾을 수 없습니다.', en: 'There is no such order.' },
  known: {
    ko: '상점이 아는 것: 카드 브랜드, 끝 네 자리, 승인번호뿐입니다.',
    en: 'All that the shop learns: the network, the last four digits and the approval number.',
  },
} as const satisfies Record<string, Text>

export const stateWords: Readonly<Record<PaymentState, Text>> = {
  requires_confirmation: { ko: '결제 대기 중', en: 'Waiting for payment' },
  authorizing: { ko: '승인 중', en: 'Being authorized' },
  authorized: { ko: '승인됨', en: 'Authorized' },
  captured: { ko: '결제 완료', en: 'Paid' },
  declined: { ko: '거절됨', en: 'Declined' },
  expired: { ko: '시간이 지났습니다', en: 'Expired' },
  canceled: { ko: '취소됨', en: 'Canceled' },
  unanswered: { ko: '카드사가 응답하지 않아 취소하는 중', en: 'The issuer did not answer; being reversed' },
  reversed: { ko: '취소 완료 (청구되지 않음)', en: 'Reversed (nothing was charged)' },
}
