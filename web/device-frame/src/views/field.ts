import { element, picture } from '@symbolon/web-elements/dom'

export type Field = {
  readonly root: HTMLElement
  readonly input: HTMLInputElement
  /** A line below the field; an error is tied to the input for screen readers. */
  setNote(text: string): void
  setError(text: string | undefined): void
}
export type FieldOptions = {
  readonly name: string
  readonly label: string
  readonly autocomplete: AutoFill
  readonly inputMode?: 'numeric' | 'tel' | 'text'
  readonly maximumLength: number
  readonly note?: string
}

/** A labelled text field with its note and its error. */
export function createField(options: FieldOptions): Field {
  const input = element('input', {
    id: options.name,
    name: options.name,
    type: 'text',
    inputmode: options.inputMode ?? 'text',
    autocomplete: options.autocomplete,
    maxlength: String(options.maximumLength),
    spellcheck: 'false',
    autocapitalize: 'off',
    'aria-describedby': `${options.name}-note ${options.name}-error`,
  })
  const note = element('p', { class: 'note', id: `${options.name}-note` }, options.note ?? '')
  const error = element('p', { class: 'error', id: `${options.name}-error`, 'aria-live': 'polite' })
  const setError = (text: string | undefined): void => {
    input.setAttribute('aria-invalid', String(text !== undefined))
    error.replaceChildren(...(text === undefined ? [] : [picture('warning'), element('span', {}, text)]))
  }
  // Whoever is mending a field should not go on reading that it is wrong; it is checked again when the form is sent.
  input.addEventListener('input', () => setError(undefined))
  return {
    root: element('div', { class: 'field' }, element('label', { for: options.name }, options.label), input, note, error),
    input,
    setNote: (text) => {
      note.textContent = text
    },
    setError,
  }
}
