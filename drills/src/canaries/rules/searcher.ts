import type { Needle } from './needles.ts'

export type Finding = { readonly needle: Needle; readonly offset: number }
export type Searcher = {
  /** Feeds the next chunk of one continuous run of bytes; a needle across the border of two chunks is found. */
  feed(chunk: Uint8Array): void
  /** Ends the run: the next chunk does not continue it. */
  endRun(): void
  readonly bytesSearched: () => number
  readonly findings: () => readonly Finding[]
  readonly counts: () => ReadonlyMap<Needle, number>
}

const maximumFindings = 1_000

/**
 * Looks for many needles in one pass: the first two bytes of a position are looked up in a bitmap, the first three in a table,
 * and only then whole needles are compared. `counted` needles are counted, not reported: chance finds them.
 */
export function createSearcher(needles: readonly Needle[], counted: readonly Needle[] = []): Searcher {
  const all = [...needles, ...counted]
  const pairs = new Uint8Array(65_536)
  const byHead = new Map<number, Needle[]>()
  // A counted needle may be three bytes long, so heads are three bytes.
  for (const needle of all) {
    pairs[(needle.bytes[0] ?? 0) * 256 + (needle.bytes[1] ?? 0)] = 1
    const head = headOf(needle.bytes, 0)
    byHead.set(head, [...(byHead.get(head) ?? []), needle])
  }
  const isCounted = new Set(counted)
  const overlap = Math.max(3, ...all.map(({ bytes }) => bytes.length)) - 1
  const counts = new Map<Needle, number>(counted.map((needle) => [needle, 0]))
  const findings: Finding[] = []
  let tail: Uint8Array = new Uint8Array(0)
  let total = 0

  const scan = (bytes: Uint8Array, seenBefore: number): void => {
    for (let index = 0; index + 2 < bytes.length; index += 1) {
      if (pairs[(bytes[index] ?? 0) * 256 + (bytes[index + 1] ?? 0)] === 0) continue
      for (const needle of byHead.get(headOf(bytes, index)) ?? []) {
        // What ends inside the tail was reported with the chunk before.
        if (index + needle.bytes.length <= seenBefore || !startsWith(bytes, index, needle.bytes)) continue
        if (isCounted.has(needle)) counts.set(needle, (counts.get(needle) ?? 0) + 1)
        else if (findings.length < maximumFindings) findings.push({ needle, offset: total - seenBefore + index })
      }
    }
  }
  return {
    feed: (chunk) => {
      const bytes = tail.length === 0 ? chunk : join(tail, chunk)
      scan(bytes, tail.length)
      total += chunk.length
      tail = bytes.slice(Math.max(0, bytes.length - overlap))
    },
    endRun: () => {
      tail = new Uint8Array(0)
    },
    bytesSearched: () => total,
    findings: () => findings,
    counts: () => counts,
  }
}

function headOf(bytes: Uint8Array, index: number): number {
  return (bytes[index] ?? 0) * 65_536 + (bytes[index + 1] ?? 0) * 256 + (bytes[index + 2] ?? 0)
}

function startsWith(bytes: Uint8Array, index: number, needle: Uint8Array): boolean {
  if (index + needle.length > bytes.length) return false
  for (let offset = 0; offset < needle.length; offset += 1) if (bytes[index + offset] !== needle[offset]) return false
  return true
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  const whole = new Uint8Array(left.length + right.length)
  whole.set(left)
  whole.set(right, left.length)
  return whole
}
