/** The smallest measured value that `fraction` of all are not above (nearest rank); 0 when nothing was measured. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? 0
}

export type Count = { readonly key: readonly string[]; readonly count: number }

/** Counts equal keys, in the order of the keys. */
export function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => readonly string[]): readonly Count[] {
  const counts = new Map<string, { readonly key: readonly string[]; count: number }>()
  for (const item of items) {
    const key = keyOf(item)
    const name = JSON.stringify(key)
    const found = counts.get(name) ?? { key, count: 0 }
    found.count += 1
    counts.set(name, found)
  }
  return [...counts.entries()].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, count]) => count)
}
