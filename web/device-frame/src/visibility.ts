/** What the browser says of an element: nothing yet, nothing at all (no IntersectionObserver v2), clear to see, or covered. */
export type Sight = 'unknown' | 'untold' | 'clear' | 'covered'

// The browser looks at most this often; less is refused by the specification.
const lookEveryMs = 100
const wholeEnough = 0.95

/** Chromium's second version of the observer; TypeScript's library has the first. */
type TrackingOptions = IntersectionObserverInit & { readonly trackVisibility: true; readonly delay: number }
type TrackedEntry = IntersectionObserverEntry & { readonly isVisible?: boolean }

/**
 * Watches whether elements are drawn as they are, also over the pages around this one (IntersectionObserver v2): covered means that
 * something lies over a part of one, or that it is made transparent, filtered, turned, shrunk or cut off. An element that the person has
 * scrolled away inside this frame counts as clear. Firefox and Safari do not tell; there the answer stays `untold`.
 */
export function watchSight(targets: readonly Element[], signal: AbortSignal, onChange: (sight: Sight) => void): void {
  const sightByTarget = new Map<Element, Sight>(targets.map((target) => [target, 'unknown']))
  let told: Sight = 'unknown'
  const options: TrackingOptions = { trackVisibility: true, delay: lookEveryMs, threshold: [0, 0.25, 0.5, 0.75, 1] }
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) sightByTarget.set(entry.target, sightOf(entry))
    const sight = joinSights([...sightByTarget.values()])
    if (sight !== told) onChange((told = sight))
  }, options)
  for (const target of targets) observer.observe(target)
  // What was measured in a window of another size says nothing about this one: everything is looked at again.
  const lookAgain = (): void => {
    for (const target of targets) observer.unobserve(target)
    for (const target of targets) observer.observe(target)
  }
  addEventListener('resize', lookAgain, { signal })
  signal.addEventListener('abort', () => observer.disconnect(), { once: true })
}

function sightOf({ isVisible, boundingClientRect, intersectionRect }: TrackedEntry): Sight {
  if (isVisible === undefined) return 'untold'
  const own = areaInside(boundingClientRect)
  if (own < 1) return 'clear'
  // What lies inside this frame's own window and yet is not on the screen was cut off by the page around.
  const seen = intersectionRect.width * intersectionRect.height
  if (seen < own * wholeEnough) return 'covered'
  const isWhole = own >= boundingClientRect.width * boundingClientRect.height * 0.999
  return isVisible || !isWhole ? 'clear' : 'covered'
}

/** How much of a rectangle lies inside this frame's own window. */
function areaInside({ left, top, right, bottom }: DOMRectReadOnly): number {
  const width = Math.min(right, innerWidth) - Math.max(left, 0)
  const height = Math.min(bottom, innerHeight) - Math.max(top, 0)
  return width > 0 && height > 0 ? width * height : 0
}

/** The worst of them. */
export function joinSights(sights: readonly Sight[]): Sight {
  const order: readonly Sight[] = ['covered', 'unknown', 'untold', 'clear']
  return order.find((sight) => sights.includes(sight)) ?? 'unknown'
}
