import { element, picture } from '@symbolon/web-elements/dom'

export type Sheet = {
  readonly root: HTMLElement
  readonly isOpen: () => boolean
  open(): void
  close(): void
  setHeight(pixels: number): void
}
export type SheetOptions = {
  readonly frame: HTMLIFrameElement
  readonly title: string
  readonly note: string
  readonly closeLabel: string
  /** What lies behind: not reachable while the sheet is open. */
  readonly behind: HTMLElement
  readonly onClose: () => void
}

/** A sheet from the bottom that holds the device frame. The frame stays in the document while it is closed: moving it would reload it. */
export function createSheet({ frame, title, note, closeLabel, behind, onClose }: SheetOptions): Sheet {
  const leave = element(
    'button',
    { type: 'button', class: 'sheet-close', 'aria-label': closeLabel, 'data-name': 'close-sheet' },
    picture('cross'),
  )
  const root = element(
    'div',
    { class: 'sheet', role: 'dialog', 'aria-modal': 'true', 'aria-label': title },
    element(
      'div',
      { class: 'sheet-head' },
      picture('lock'),
      element('p', {}, element('strong', {}, title), element('span', {}, note)),
      leave,
    ),
    frame,
  )
  const shade = element('div', { class: 'shade' })
  let opener: Element | null = null
  const close = (): void => {
    document.body.classList.remove('sheet-open')
    root.inert = true
    behind.inert = false
    // The pressed button may have been drawn anew meanwhile; the conversation is the next best place.
    if (opener instanceof HTMLElement && opener.isConnected && !opener.hasAttribute('disabled')) opener.focus({ preventScroll: true })
    else behind.focus({ preventScroll: true })
  }
  const press = (): void => {
    close()
    onClose()
  }
  leave.addEventListener('click', press)
  shade.addEventListener('click', press)
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') press()
  })
  root.inert = true
  return {
    root: element('div', { class: 'sheet-place' }, shade, root),
    isOpen: () => !root.inert,
    open: () => {
      opener = document.activeElement
      document.body.classList.add('sheet-open')
      root.inert = false
      behind.inert = true
      // Keys must go into the frame from the first one on.
      frame.focus()
    },
    close,
    setHeight: (pixels) => {
      frame.style.height = `${Math.max(160, pixels)}px`
    },
  }
}
