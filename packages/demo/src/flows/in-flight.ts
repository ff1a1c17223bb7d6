/** Runs work with a bounded number in flight. Items of one lane follow each other: one person confirms one payment at a time. */
export async function runLanes<Item>(
  lanes: readonly (readonly Item[])[],
  inFlight: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queues = lanes.map((lane) => [...lane])
  const busy = new Set<number>()
  let next = 0
  const takeLane = (): number | undefined => {
    for (let step = 0; step < queues.length; step += 1) {
      const index = (next + step) % queues.length
      if (busy.has(index) || (queues[index]?.length ?? 0) === 0) continue
      next = index + 1
      return index
    }
    return undefined
  }
  const runner = async (): Promise<void> => {
    for (let index = takeLane(); index !== undefined; index = takeLane()) {
      const item = queues[index]?.shift()
      if (item === undefined) continue
      busy.add(index)
      await work(item)
      busy.delete(index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(inFlight, lanes.length) }, runner))
}
