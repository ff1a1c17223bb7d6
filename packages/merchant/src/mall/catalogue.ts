import type { Currency } from '@symbolon/formats/money'

export type Text = { readonly ko: string; readonly en: string }
export type Item = { readonly sku: string; readonly name: Text; readonly amountMinorUnits: string }
export type Shop = {
  readonly slug: string
  readonly name: Text
  readonly currency: Currency
  readonly instalmentMonthsAllowed: readonly number[]
  readonly items: readonly Item[]
}

/** Four sample shops. Invented; they sell nothing. */
export const shops: readonly Shop[] = [
  {
    slug: 'coffee',
    name: { ko: '남산커피', en: 'Namsan Coffee' },
    currency: 'KRW',
    instalmentMonthsAllowed: [0],
    items: [
      { sku: 'americano', name: { ko: '아메리카노', en: 'Americano' }, amountMinorUnits: '4500' },
      { sku: 'beans', name: { ko: '원두 200g', en: 'Coffee beans 200 g' }, amountMinorUnits: '12000' },
    ],
  },
  {
    slug: 'books',
    name: { ko: '한강서점', en: 'Hangang Books' },
    currency: 'KRW',
    instalmentMonthsAllowed: [0, 2, 3],
    items: [
      { sku: 'novel', name: { ko: '장편소설', en: 'A long novel' }, amountMinorUnits: '16800' },
      { sku: 'atlas', name: { ko: '세계지도책', en: 'World atlas' }, amountMinorUnits: '64000' },
    ],
  },
  {
    slug: 'electronics',
    name: { ko: '서울전자', en: 'Seoul Electronics' },
    currency: 'KRW',
    instalmentMonthsAllowed: [0, 2, 3, 6, 12],
    items: [
      { sku: 'headphones', name: { ko: '무선 헤드폰', en: 'Wireless headphones' }, amountMinorUnits: '239000' },
      { sku: 'laptop', name: { ko: '노트북', en: 'Laptop' }, amountMinorUnits: '1890000' },
      { sku: 'too-dear', name: { ko: '한도 초과 시험 (거절)', en: 'Decline test: no funds' }, amountMinorUnits: '50051' },
    ],
  },
  {
    slug: 'travel',
    name: { ko: '제주여행', en: 'Jeju Travel' },
    currency: 'USD',
    instalmentMonthsAllowed: [0],
    items: [
      { sku: 'ferry', name: { ko: '여객선 승선권', en: 'Ferry ticket' }, amountMinorUnits: '4250' },
      { sku: 'room', name: { ko: '숙박 1박', en: 'One night in a guest house' }, amountMinorUnits: '13900' },
    ],
  },
]

export function findShop(slug: string): Shop | undefined {
  return shops.find((shop) => shop.slug === slug)
}
