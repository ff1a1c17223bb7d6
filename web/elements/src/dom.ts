/** What may stand inside an element. `undefined` and `false` stand for nothing, so that a condition can be written in place. */
export type Child = Node | string | undefined | false
export type Attributes = Readonly<Record<string, string | true | undefined>>

/** Makes an element. Text is always text: there is no way to pass markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value === true ? '' : value)
  made.append(...children.filter((child) => child !== undefined && child !== false))
  return made
}

export type ButtonOptions = {
  readonly label: Child
  readonly kind?: 'primary' | 'secondary' | 'quiet'
  readonly name?: string
  readonly ariaLabel?: string
  readonly onPress: () => unknown
}

/** A button that is disabled while a promise runs that it started, so that a double press does one thing. */
export function button({ label, kind = 'primary', name, ariaLabel, onPress }: ButtonOptions): HTMLButtonElement {
  const made = element('button', { type: 'button', class: `button ${kind}`, 'data-name': name, 'aria-label': ariaLabel }, label)
  made.addEventListener('click', () => {
    const running = onPress()
    if (!(running instanceof Promise)) return
    made.disabled = true
    void running.finally(() => (made.disabled = false))
  })
  return made
}

/** Small pictures, each beside words that say the same: colour and form never carry a meaning alone. */
const pictures = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M7 7l10 10M17 7L7 17',
  clock: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5l3.5 2',
  card: 'M3 6.5h18v11H3zM3 10.5h18M6.5 14.5h4',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  warning: 'M12 4l9 16H3zM12 10v4.5M12 17.2v.1',
  bag: 'M5 8h14l-1 12H6zM9 8V7a3 3 0 0 1 6 0v1',
  plus: 'M12 5v14M5 12h14',
  undo: 'M9 5L4 10l5 5M4 10h10.5a5 5 0 0 1 0 10H11',
  backspace: 'M9 6h11v12H9l-6-6zM12 9.5l5 5M17 9.5l-5 5',
  offline: 'M4 9.5a12 12 0 0 1 16 0M7 13a7.5 7.5 0 0 1 10 0M12 17.5v.1M4 4l16 16',
} as const
export type PictureName = keyof typeof pictures

export function picture(name: PictureName): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg'
  const drawing = document.createElementNS(namespace, 'svg')
  drawing.setAttribute('viewBox', '0 0 24 24')
  drawing.setAttribute('class', 'picture')
  drawing.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(namespace, 'path')
  path.setAttribute('d', pictures[name])
  drawing.append(path)
  return drawing
}

/** Name and value pairs in reading order. */
export function definitionList(rows: readonly (readonly [name: string, value: Child])[]): HTMLDListElement {
  return element(
    'dl',
    { class: 'rows' },
    ...rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  )
}

/** A progress mark with words; the words are announced. */
export function progress(text: string): HTMLElement {
  return element('div', { class: 'progress', role: 'status' }, element('span', { class: 'turning', 'aria-hidden': 'true' }), text)
}
