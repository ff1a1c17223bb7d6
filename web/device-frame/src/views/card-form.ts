import type { Directory } from '@symbolon/contracts/directory'
import type { CardData } from '@symbolon/contracts/issuer-api'
import { button, element } from '@symbolon/web-elements/dom'
import type { Locale } from '@symbolon/web-elements/locale'
import { groupExpiry, isExpired, parseExpiry } from '../rules/expiry.ts'
import type { Ask } from '../screen.ts'
import type { Texts } from '../texts/index.ts'
import { createCardNumberField, type CardNumberField } from './card-number-field.ts'
import { createField, type Field } from './field.ts'
import { alertText, layout } from './layout.ts'

export type CardFormOptions = {
  readonly directory: Directory
  readonly text: Texts
  readonly locale: Locale
  readonly nowSeconds: () => number
  readonly error?: string | undefined
}
type Fields = {
  readonly number: CardNumberField
  readonly expiry: Field
  readonly code: Field
  readonly holder: Field
  readonly phone: Field
  readonly address: Field
}

/** Asks for a card. What is typed stays in this document until it is sealed to the issuer. */
export function cardFormView(options: CardFormOptions): Ask<CardData> {
  return (answer) => {
    const { text } = options
    const fields = createFields(options)
    const submit = (): void => {
      const card = readCard(fields, options)
      if (card !== undefined) answer(card)
    }
    const form = element(
      'form',
      { class: 'form', novalidate: true, autocomplete: 'on' },
      fields.number.root,
      element('div', { class: 'pair' }, fields.expiry.root, fields.code.root),
      fields.holder.root,
      fields.phone.root,
      fields.address.root,
      element('button', { type: 'submit', class: 'unseen', tabindex: '-1', 'aria-hidden': 'true' }, text.next),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      submit()
    })
    return layout({
      name: 'card-form',
      title: text.cardTitle,
      children: [element('p', { class: 'lead' }, text.cardNote), options.error !== undefined && alertText(options.error), form],
      actions: [button({ label: text.next, name: 'next', onPress: submit })],
    })
  }
}

function createFields(options: CardFormOptions): Fields {
  const { text } = options
  const numeric = { inputMode: 'numeric' } as const
  const expiry = createField({ ...numeric, name: 'expiry', label: text.expiry, autocomplete: 'cc-exp', maximumLength: 7, note: 'MM/YY' })
  const note = text.securityCodeNote(3)
  const code = createField({ ...numeric, name: 'security-code', label: text.securityCode, autocomplete: 'cc-csc', maximumLength: 4, note })
  expiry.input.addEventListener('input', (event) => {
    const isDeleting = event instanceof InputEvent && event.inputType.startsWith('delete')
    if (!isDeleting) expiry.input.value = groupExpiry(expiry.input.value)
  })
  const onChange = (inspection: { readonly securityCodeLength: number }): void =>
    code.setNote(text.securityCodeNote(inspection.securityCodeLength))
  return {
    number: createCardNumberField({ ...options, onChange }),
    expiry,
    code,
    holder: createField({ name: 'holder', label: text.holder, autocomplete: 'cc-name', maximumLength: 60 }),
    phone: createField({ name: 'phone', label: text.phone, autocomplete: 'tel', inputMode: 'tel', maximumLength: 20 }),
    address: createField({ name: 'address', label: text.address, autocomplete: 'street-address', maximumLength: 200 }),
  }
}

// Every field is checked, so that all errors are seen at once; the first wrong one gets the focus.
function readCard(fields: Fields, { text, nowSeconds }: CardFormOptions): CardData | undefined {
  const inspection = fields.number.inspect()
  const yearMonth = parseExpiry(fields.expiry.input.value)
  const securityCode = fields.code.input.value.trim()
  const holderName = fields.holder.input.value.trim()
  const phoneNumber = fields.phone.input.value.replace(/[\s().]/gu, '')
  const numberError = inspection.isForeign
    ? text.cardForeign
    : inspection.digits === ''
      ? text.cardNumberIncomplete
      : text.cardNumberInvalid
  const isPast = yearMonth !== undefined && isExpired(yearMonth, nowSeconds())
  const codeLength = inspection.securityCodeLength
  const errors: readonly (readonly [Field, string | undefined])[] = [
    [fields.number, inspection.isValid && !inspection.isForeign ? undefined : numberError],
    [fields.expiry, yearMonth === undefined ? text.expiryInvalid : isPast ? text.expiryPast : undefined],
    [fields.code, new RegExp(`^[0-9]{${codeLength}}$`, 'u').test(securityCode) ? undefined : text.securityCodeInvalid(codeLength)],
    [fields.holder, holderName === '' ? text.holderInvalid : undefined],
    [fields.phone, /^\+?[0-9-]{7,20}$/u.test(phoneNumber) ? undefined : text.phoneInvalid],
  ]
  for (const [field, error] of errors) field.setError(error)
  const wrong = errors.find(([, error]) => error !== undefined)
  wrong?.[0].input.focus()
  if (wrong !== undefined || yearMonth === undefined) return undefined
  const postalAddress = fields.address.input.value.trim()
  return { primaryAccountNumber: inspection.digits, expiry: yearMonth, securityCode, holderName, phoneNumber, postalAddress }
}
