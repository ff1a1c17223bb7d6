import type { Payment } from '@symbolon/contracts/merchant-api'
import { definitionList, type Child } from './dom.ts'
import { describeNetwork } from '@symbolon/formats/cards'
import { describeInstalments, describeMoney, describeTime, type Locale } from './locale.ts'

export { describeDecline } from './decline-reasons.ts'

const names = {
  ko: {
    shop: '상점',
    order: '주문',
    amount: '금액',
    instalments: '할부',
    card: '카드',
    approval: '승인번호',
    reference: '거래 참조번호(RRN)',
    time: '주문 시각',
    orderId: '주문번호',
  },
  en: {
    shop: 'Shop',
    order: 'Order',
    amount: 'Amount',
    instalments: 'Instalments',
    card: 'Card',
    approval: 'Approval number',
    reference: 'Reference (RRN)',
    time: 'Ordered at',
    orderId: 'Order id',
  },
} as const

/** What remains of a payment for the payer: network and last four digits, never more of the card. */
export function receipt(payment: Payment, merchantName: string, locale: Locale): HTMLDListElement {
  const name = names[locale]
  const card =
    payment.network !== undefined && payment.lastFour !== undefined
      ? `${describeNetwork(payment.network, locale)} •••• ${payment.lastFour}`
      : undefined
  const rows: readonly (readonly [string, Child])[] = [
    [name.shop, merchantName],
    [name.order, payment.orderName],
    [name.amount, describeMoney(payment.amountMinorUnits, payment.currency, locale)],
    [name.instalments, payment.instalmentMonths === undefined ? undefined : describeInstalments(payment.instalmentMonths, locale)],
    [name.card, card],
    [name.approval, payment.approvalNumber],
    [name.reference, payment.retrievalReferenceNumber],
    [name.time, describeTime(payment.createdAt)],
    [name.orderId, payment.orderId],
  ]
  return definitionList(rows.filter(([, value]) => value !== undefined && value !== ''))
}
