import { element, picture } from '@symbolon/web-elements/dom'
import type { Texts } from '../texts/index.ts'

const longest = 12
const shortest = 6

/** Digits live in this closure only: not in an input, an attribute, a storage or a message. */
export type PinPad = { readonly root: HTMLElement; isReady(): boolean; take(): string }
export type PinPadOptions = {
  readonly text: Texts
  readonly signal: AbortSignal
  /** Told at once and after each key whether the PIN is long enough. */
  readonly onChange: (isReady: boolean) => void
  readonly onEnter: () => void
}

/** A pad for fingers, and the number keys of a keyboard while it is on the screen. */
export function createPinPad({ text, signal, onChange, onEnter }: PinPadOptions): PinPad {
  let pin = ''
  const dots = element('div', { class: 'dots', 'aria-hidden': 'true' })
  const count = element('p', { class: 'unseen', role: 'status' })
  const set = (value: string): void => {
    pin = value.slice(0, longest)
    dots.replaceChildren(
      ...Array.from({ length: Math.max(shortest, pin.length) }, (_, index) =>
        element('i', { class: index < pin.length ? 'full' : 'empty' }),
      ),
    )
    count.textContent = text.pinCount(pin.length)
    onChange(pin.length >= shortest)
  }
  const keys = element('div', { class: 'keys', role: 'group', 'aria-label': text.pinKeys })
  for (const digit of '123456789') keys.append(key(digit, () => set(pin + digit)))
  keys.append(
    key(picture('cross'), () => set(''), text.pinClear),
    key('0', () => set(`${pin}0`)),
    key(picture('backspace'), () => set(pin.slice(0, -1)), text.pinDelete),
  )
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return
      if (/^[0-9]$/u.test(event.key)) set(pin + event.key)
      else if (event.key === 'Backspace') set(pin.slice(0, -1))
      else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) onEnter()
      else return
      event.preventDefault()
    },
    { signal },
  )
  signal.addEventListener('abort', () => (pin = ''), { once: true })
  set('')
  const root = element('div', { class: 'pad' }, dots, count, keys)
  const take = (): string => {
    const taken = pin
    set('')
    return taken
  }
  return { root, isReady: () => pin.length >= shortest, take }
}

function key(face: string | SVGSVGElement, onPress: () => void, label?: string): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'key', 'aria-label': label }, face)
  made.addEventListener('click', onPress)
  return made
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
}
