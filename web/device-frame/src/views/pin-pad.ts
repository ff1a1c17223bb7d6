import { element, picture } from '@symbolon/web-elements/dom'
import type { Texts } from '../texts/index.ts'
import { watchSight, type Sight } from '../visibility.ts'
import { alertText } from './layout.ts'

const longest = 12
const shortest = 6
// A sheet that is still sliding in is no overlay; nothing can be confirmed meanwhile.
const graceMs = 400

/** Digits live in this closure only: not in an input, an attribute, a storage or a message. */
export type PinPad = { readonly root: HTMLElement; isReady(): boolean; take(): string }
export type PinPadOptions = {
  readonly text: Texts
  readonly signal: AbortSignal
  /** What has to be seen as it is beside the keys: the confirming button, the amount. */
  readonly watched: readonly Element[]
  /** Told at once and after each change whether the PIN is long enough and everything is clear to see. */
  readonly onChange: (isReady: boolean) => void
  readonly onEnter: () => void
}

/**
 * A pad for fingers, and the number keys of a keyboard while it is on the screen. While something covers it or what is watched with it,
 * nothing can be confirmed; what lasts is said, and the digits are forgotten.
 */
export function createPinPad({ text, signal, watched, onChange, onEnter }: PinPadOptions): PinPad {
  let pin = ''
  let sight: Sight = 'unknown'
  let isBlocked = false
  const isReady = (): boolean => pin.length >= shortest && (sight === 'clear' || sight === 'untold')
  const warning = element('div', { 'data-name': 'covered' })
  const dots = element('div', { class: 'dots', 'aria-hidden': 'true' })
  const count = element('p', { class: 'unseen', role: 'status' })
  const set = (value: string): void => {
    pin = isBlocked ? '' : value.slice(0, longest)
    dots.replaceChildren(
      ...Array.from({ length: Math.max(shortest, pin.length) }, (_, index) =>
        element('i', { class: index < pin.length ? 'full' : 'empty' }),
      ),
    )
    count.textContent = text.pinCount(pin.length)
    onChange(isReady())
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
  watchOverlays({
    targets: [...keys.children, ...watched],
    signal,
    onSight: (next) => {
      sight = next
      onChange(isReady())
    },
    onBlocked: (next) => {
      isBlocked = next
      warning.replaceChildren(...(isBlocked ? [alertText(text.covered)] : []))
      set('')
    },
  })
  const root = element('div', { class: 'pad' }, warning, dots, count, keys)
  const take = (): string => {
    const taken = pin
    set('')
    return taken
  }
  return { root, isReady, take }
}

type Overlays = {
  readonly targets: readonly Element[]
  readonly signal: AbortSignal
  readonly onSight: (sight: Sight) => void
  /** True once something has covered a target for longer than a sheet slides, false when it has gone. */
  readonly onBlocked: (isBlocked: boolean) => void
}

function watchOverlays({ targets, signal, onSight, onBlocked }: Overlays): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isBlocked = false
  watchSight(targets, signal, (sight) => {
    clearTimeout(timer)
    onSight(sight)
    if (sight === 'covered') {
      timer = setTimeout(() => onBlocked((isBlocked = true)), graceMs)
    } else if (isBlocked) onBlocked((isBlocked = false))
  })
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}

function key(face: string | SVGSVGElement, onPress: () => void, label?: string): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'key', 'aria-label': label }, face)
  made.addEventListener('click', onPress)
  return made
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
}
