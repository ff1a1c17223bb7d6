import { element, progress } from '@symbolon/web-elements/dom'

/** The person left, or the page asked for something else: whatever was being asked ends here. */
export class Left extends Error {
  override readonly name = 'Left'
}

export type Ask<Answer> = (answer: (value: Answer) => void, signal: AbortSignal) => HTMLElement

/** One view at a time. A view that asks resolves with its answer, and rejects with `Left` when the session ends. */
export type Screen = {
  readonly signal: AbortSignal
  /** Shows a view that asks nothing. */
  show(view: HTMLElement): void
  /** Shows words while something runs. */
  wait(text: string): void
  ask<Answer>(view: Ask<Answer>): Promise<Answer>
}

/** A screen for one session. Each view gets the focus at its heading, so that a screen reader begins to read there. */
export function createScreen(root: HTMLElement, signal: AbortSignal): Screen {
  const show = (view: HTMLElement): void => {
    if (signal.aborted) return
    root.replaceChildren(view)
    const start = view.querySelector<HTMLElement>('[data-focus]') ?? view.querySelector<HTMLElement>('h1')
    if (start?.tagName === 'H1') start.tabIndex = -1
    start?.focus({ preventScroll: true })
    root.scrollTop = 0
  }
  return {
    signal,
    show,
    wait: (text) =>
      show(element('section', { class: 'view wait', 'data-view': 'wait' }, element('h1', { class: 'unseen' }, text), progress(text))),
    ask: (view) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(new Left())
        const shown = new AbortController()
        const leave = (): void => {
          shown.abort()
          reject(new Left())
        }
        signal.addEventListener('abort', leave, { once: true, signal: shown.signal })
        show(
          view((value) => {
            shown.abort()
            resolve(value)
          }, shown.signal),
        )
      }),
  }
}
