import { describeNetwork } from '@symbolon/formats/cards'
import type { WalletCard } from '@symbolon/contracts/frame-messages'
import type { PaymentToConfirm } from '@symbolon/device'
import { button, definitionList, element, picture } from '@symbolon/web-elements/dom'
import { describeInstalments, describeMoney, type Locale } from '@symbolon/web-elements/locale'
import type { Ask } from '../screen.ts'
import type { Texts } from '../texts/index.ts'
import { alertText, layout } from './layout.ts'
import { createPinPad } from './pin-pad.ts'

export type PaySheet = {
  readonly text: Texts
  readonly locale: Locale
  readonly payment: PaymentToConfirm
  readonly cards: readonly WalletCard[]
  /** What was chosen before a wrong PIN stays chosen. */
  readonly chosen?: Omit<PaySheetAnswer, 'pin'> | undefined
  readonly error?: string | undefined
}
export type PaySheetAnswer = { readonly pin: string; readonly instalmentMonths: number; readonly tokenReferenceId: string }

/** What the shop signed, what the person chooses, and one confirmation. Nothing on it comes from the page around the frame. */
export function paySheetView(sheet: PaySheet): Ask<PaySheetAnswer> {
  return (answer, signal) => {
    const { text, locale } = sheet
    const { request } = sheet.payment
    const amount = describeMoney(request.amountMinorUnits, request.currency, locale)
    const instalments = select({
      name: 'instalments',
      label: text.instalments,
      options: request.instalmentMonthsAllowed.map((months) => [String(months), describeInstalments(months, locale)]),
      chosen: sheet.chosen === undefined ? undefined : String(sheet.chosen.instalmentMonths),
    })
    const cards = select({
      name: 'card',
      label: text.card,
      options: sheet.cards.map((card) => [card.tokenReferenceId ?? '', describeChoice(card, locale)]),
      chosen: sheet.chosen?.tokenReferenceId,
    })
    const submit = (): void => {
      if (confirm.disabled) return
      confirm.disabled = true
      answer({ pin: pad.take(), instalmentMonths: Number(instalments.list.value), tokenReferenceId: cards.list.value })
    }
    const confirm = button({ label: text.payButton(amount), name: 'confirm', onPress: () => pad.press() })
    const shownAmount = element(
      'p',
      { class: 'amount', 'data-name': 'amount' },
      element('span', { class: 'unseen' }, `${text.amount} `),
      amount,
    )
    const watched = [confirm, shownAmount]
    const pad = createPinPad({ text, signal, watched, onChange: (isOffered) => (confirm.disabled = !isOffered), onConfirm: submit })
    return layout({
      name: 'pay-sheet',
      title: text.payTitle,
      children: [
        shownAmount,
        element(
          'p',
          { class: 'shop' },
          element('strong', {}, request.merchantName),
          ` ${request.merchantOrigin.replace(/^https?:\/\//u, '')}`,
        ),
        element('p', { class: 'signed' }, picture('check'), text.payVerified),
        definitionList([[text.order, request.orderName]]),
        element('div', { class: 'choices' }, cards.root, instalments.root),
        sheet.error !== undefined && alertText(sheet.error),
        element('p', { class: 'pad-label' }, text.payPinLabel),
        pad.root,
      ],
      actions: [confirm],
    })
  }
}

/** A card as its holder knows it. */
export function describeCard(card: WalletCard, locale: Locale): string {
  return `${card.issuerName[locale]} ${describeNetwork(card.network, locale)} •••• ${card.lastFour}`
}

// What tells cards apart comes first: a narrow list cuts the end off.
function describeChoice(card: WalletCard, locale: Locale): string {
  return `${describeNetwork(card.network, locale)} •••• ${card.lastFour} · ${card.issuerName[locale]}`
}

type Choice = {
  readonly name: string
  readonly label: string
  readonly options: readonly (readonly [value: string, label: string])[]
  readonly chosen: string | undefined
}

function select({ name, label, options, chosen }: Choice): { readonly root: HTMLElement; readonly list: HTMLSelectElement } {
  const list = element(
    'select',
    { id: name, name },
    ...options.map(([value, words]) => element('option', { value, selected: value === chosen ? true : undefined }, words)),
  )
  return { root: element('div', { class: 'field' }, element('label', { for: name }, label), list), list }
}
