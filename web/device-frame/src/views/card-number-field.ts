import type { Directory } from '@symbolon/contracts/directory'
import { inspectCardEntry, type CardEntryInspection } from '@symbolon/device'
import { groupCardNumber } from '@symbolon/formats/cards'
import { describeNetwork } from '@symbolon/formats/cards'
import type { Locale } from '@symbolon/web-elements/locale'
import type { Texts } from '../texts/index.ts'
import { createField, type Field } from './field.ts'

export type CardNumberField = Field & { inspect(): CardEntryInspection }
export type CardNumberOptions = {
  readonly directory: Directory
  readonly text: Texts
  readonly locale: Locale
  readonly onChange: (inspection: CardEntryInspection) => void
}

/** The number, grouped as its network groups it, with brand and issuer named while it is typed. */
export function createCardNumberField({ directory, text, locale, onChange }: CardNumberOptions): CardNumberField {
  const field = createField({
    name: 'card-number',
    label: text.cardNumber,
    autocomplete: 'cc-number',
    inputMode: 'numeric',
    maximumLength: 30,
  })
  const { input } = field
  const inspect = (): CardEntryInspection => inspectCardEntry(directory, input.value)
  input.addEventListener('input', () => {
    const inspection = inspect()
    regroup(input, inspection)
    const brand = inspection.network === undefined ? undefined : describeNetwork(inspection.network, locale)
    field.setNote([brand, inspection.issuer?.name[locale]].filter((part) => part !== undefined).join(' · '))
    field.setError(describeError(inspection, text))
    onChange(inspection)
  })
  return { ...field, inspect }
}

function describeError(inspection: CardEntryInspection, text: Texts): string | undefined {
  if (inspection.isForeign) return text.cardForeign
  const isLongEnough = inspection.lengths.length > 0 && inspection.digits.length >= Math.max(...inspection.lengths)
  if (!inspection.isPotentiallyValid || (isLongEnough && !inspection.isValid)) return text.cardNumberInvalid
  return undefined
}

// The cursor stays behind the digit it stood behind, wherever the spaces move.
function regroup(input: HTMLInputElement, inspection: CardEntryInspection): void {
  const digitsBefore = input.value.slice(0, input.selectionStart ?? 0).replace(/\D/gu, '').length
  const grouped = groupCardNumber(inspection)
  if (grouped === input.value) return
  input.value = grouped
  let position = 0
  for (let seen = 0; position < grouped.length && seen < digitsBefore; position += 1) if (/\d/u.test(grouped[position] ?? '')) seen += 1
  input.setSelectionRange(position, position)
}
