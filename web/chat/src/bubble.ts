import { element, type Child } from '@symbolon/web-elements/dom'

/** One utterance. It is drawn anew only when its `fingerprint` changes, so that focus and reading position stay. */
export type Bubble = {
  readonly key: string
  readonly fingerprint: string
  readonly speaker: string
  readonly tone?: 'good' | 'bad' | 'wait'
  readonly draw: () => readonly Child[]
}

/** Brings a conversation to the given bubbles and says whether something was added or changed. */
export function drawConversation(log: HTMLElement, bubbles: readonly Bubble[]): boolean {
  let hasChanged = false
  const before = new Map([...log.children].map((child) => [child.getAttribute('data-bubble'), child]))
  const drawn = bubbles.map((bubble) => {
    const standing = before.get(bubble.key)
    if (standing?.getAttribute('data-fingerprint') === bubble.fingerprint) return standing
    hasChanged = true
    return drawBubble(bubble)
  })
  if (hasChanged || drawn.length !== log.children.length) log.replaceChildren(...drawn)
  return hasChanged
}

function drawBubble(bubble: Bubble): HTMLElement {
  return element(
    'article',
    { class: `bubble ${bubble.tone ?? ''}`.trim(), 'data-bubble': bubble.key, 'data-fingerprint': bubble.fingerprint },
    element('p', { class: 'speaker' }, bubble.speaker),
    element('div', { class: 'body' }, ...bubble.draw()),
  )
}
