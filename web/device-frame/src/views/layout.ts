import { element, picture, type Child, type PictureName } from '@symbolon/web-elements/dom'

export type Layout = {
  readonly name: string
  readonly title: string
  readonly tone?: 'good' | 'bad' | 'wait'
  readonly picture?: PictureName
  readonly children: readonly Child[]
  readonly actions?: readonly HTMLElement[]
}

/** The frame of every view: heading, content, actions at the bottom. `name` is for tests and has no meaning on the screen. */
export function layout(view: Layout): HTMLElement {
  return element(
    'section',
    { class: `view ${view.tone ?? ''}`.trim(), 'data-view': view.name },
    view.picture !== undefined && element('div', { class: 'badge' }, picture(view.picture)),
    element('h1', {}, view.title),
    ...view.children,
    view.actions !== undefined && element('div', { class: 'actions' }, ...view.actions),
  )
}

/** A sentence that needs attention: with a picture beside it and announced at once. */
export function alertText(text: string): HTMLElement {
  return element('p', { class: 'alert', role: 'alert' }, picture('warning'), element('span', {}, text))
}
