import { element, picture } from '@symbolon/web-elements/dom'
import type { Texts } from '../texts/index.ts'
import { watchOverlays, type Cover } from '../overlays.ts'
import { alertText } from './layout.ts'

const longest = 12
const shortest = 6

/** Digits live in this closure only: not in an input, an attribute, a storage or a message. */
export type PinPad = {
  readonly root: HTMLElement
  /** The confirming button was pressed: acts at once, or a moment later when the browser has looked. */
  press(): void
  take(): string
}
export type PinPadOptions = {
  readonly text: Texts
  readonly signal: AbortSignal
  /** What has to be seen as it is beside the keys: the confirming button, the amount. */
  readonly watched: readonly Element[]
  /** Told at once and after each change whether confirming is offered. */
  readonly onChange: (isOffered: boolean) => void
  /** The person confirmed, and saw what is confirmed. */
  readonly onConfirm: () => void
}

/**
 * A pad for fingers, and the number keys of a keyboard while it is on the screen. While something covers it or what is watched with it,
 * nothing can be confirmed; what lasts is said, and the digits are forgotten.
 */
export function createPinPad({ text, signal, watched, onChange, onConfirm }: PinPadOptions): PinPad {
  let pin = ''
  let cover: Cover = 'looking'
  let isWarned = false
  let wasClear = false
  // Enter before the browser has looked at a new view counts once it has, and never when something lay over one that was clear.
  let isWished = false
  const warning = element('div', { 'data-name': 'covered' })
  const dots = element('div', { class: 'dots', 'aria-hidden': 'true' })
  const count = element('p', { class: 'unseen', role: 'status' })
  const set = (value: string): void => {
    pin = isWarned ? '' : value.slice(0, longest)
    isWished = false
    dots.replaceChildren(
      ...Array.from({ length: Math.max(shortest, pin.length) }, (_, index) =>
        element('i', { class: index < pin.length ? 'full' : 'empty' }),
      ),
    )
    count.textContent = text.pinCount(pin.length)
    onChange(pin.length >= shortest && cover === 'clear')
  }
  const keys = element('div', { class: 'keys', role: 'group', 'aria-label': text.pinKeys })
  for (const digit of '123456789') keys.append(key(digit, () => set(pin + digit)))
  keys.append(
    key(picture('cross'), () => set(''), text.pinClear),
    key('0', () => set(`${pin}0`)),
    key(picture('backspace'), () => set(pin.slice(0, -1)), text.pinDelete),
  )
  const press = (): void => {
    if (pin.length < shortest) return
    if (cover === 'clear') onConfirm()
    else isWished = cover === 'looking' || (cover === 'covered' && !wasClear)
  }
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return
      if (/^[0-9]$/u.test(event.key)) set(pin + event.key)
      else if (event.key === 'Backspace') set(pin.slice(0, -1))
      else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) press()
      else return
      event.preventDefault()
    },
    { signal },
  )
  signal.addEventListener('abort', () => (pin = ''), { once: true })
  set('')
  watchOverlays({
    targets: [...keys.children, ...watched],
    signal,
    onChange: (next) => {
      cover = next
      wasClear ||= cover === 'clear'
      if (cover === 'blocked' || (cover === 'clear' && isWarned)) {
        isWarned = cover === 'blocked'
        warning.replaceChildren(...(isWarned ? [alertText(text.covered)] : []))
        set('')
      }
      onChange(pin.length >= shortest && cover === 'clear')
      if (cover === 'blocked' || (cover === 'covered' && wasClear)) isWished = false
      if (cover === 'clear' && isWished) press()
    },
  })
  const root = element('div', { class: 'pad' }, warning, dots, count, keys)
  const take = (): string => {
    const taken = pin
    set('')
    return taken
  }
  return { root, press, take }
}

function key(face: string | SVGSVGElement, onPress: () => void, label?: string): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'key', 'aria-label': label }, face)
  made.addEventListener('click', onPress)
  return made
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
}
