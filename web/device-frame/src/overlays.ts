import { watchSight } from './visibility.ts'

// A sheet that is still sliding in, on a slow phone, is no overlay; nothing can be confirmed meanwhile.
const graceMs = 1_000
// What was uncovered or moved a moment ago is not confirmed: the person shall have seen it. Chromium itself drops presses in a frame that
// moved within the last half second, once a frame watches as this one does.
const settleMs = 600

/**
 * `looking`: nothing is known yet, or it has been clear for less than a moment. `clear`: may be confirmed. `covered`: something lies
 * over it, maybe only for the time of a movement. `blocked`: it lies there still, and the person has to be told.
 */
export type Cover = 'looking' | 'clear' | 'covered' | 'blocked'

export type Overlays = {
  readonly targets: readonly Element[]
  readonly signal: AbortSignal
  readonly onChange: (cover: Cover) => void
}

/** Says when a view may be confirmed and when a person has to be warned of what lies over it. */
export function watchOverlays({ targets, signal, onChange }: Overlays): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  watchSight(targets, signal, (sight) => {
    clearTimeout(timer)
    onChange(sight === 'covered' ? 'covered' : 'looking')
    if (sight === 'covered') timer = setTimeout(() => onChange('blocked'), graceMs)
    else if (sight !== 'unknown') timer = setTimeout(() => onChange('clear'), settleMs)
  })
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}
