import { element } from '@symbolon/web-elements/dom'
import type { Texts } from '../texts/index.ts'

const groupSize = 5

/** The stop code, shown once and in groups that can be copied by hand. It is in this view only: not in a storage, not in a message. */
export function stopCodeNote(text: Texts, stopCode: string): HTMLElement {
  const groups = stopCode.match(new RegExp(`.{1,${groupSize}}`, 'gu')) ?? []
  return element(
    'div',
    { class: 'stop-code' },
    element('h2', {}, text.stopCodeTitle),
    element('p', { class: 'code-block', 'data-name': 'stop-code', translate: 'no' }, groups.join(' ')),
    element('p', { class: 'note' }, text.stopCodeNote),
  )
}
