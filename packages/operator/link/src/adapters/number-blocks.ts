import type { AuthorizationStore } from '../flows/authorization-store.ts'
import type { NumberSource } from '../flows/dependencies.ts'
import { formatReference, formatTrace, referenceFloor } from '../rules/numbers.ts'

type Block = { next: bigint; end: bigint }

const referencesPerBlock = 1_024
// Small, because a restart throws the rest of a block away and there are only 999 999 trace numbers.
const tracesPerBlock = 100

/** Hands out numbers from blocks that were taken durably; what a crash leaves unused is never used. */
export function createNumberSource(store: Pick<AuthorizationStore, 'takeNumbers'>, nowMs: () => number): NumberSource {
  const nextReference = createBlockReader(
    () => store.takeNumbers('retrieval-reference', referencesPerBlock, referenceFloor(nowMs())),
    referencesPerBlock,
  )
  const tracesByIssuer = new Map<string, () => Promise<bigint>>()
  const tracesOf = (issuerId: string): (() => Promise<bigint>) => {
    const existing = tracesByIssuer.get(issuerId)
    if (existing !== undefined) return existing
    const created = createBlockReader(() => store.takeNumbers(`trace ${issuerId}`, tracesPerBlock, 0n), tracesPerBlock)
    tracesByIssuer.set(issuerId, created)
    return created
  }
  return {
    nextReference: async () => {
      const number = await nextReference()
      return { number, text: formatReference(number) }
    },
    nextTrace: async (issuerId) => formatTrace(await tracesOf(issuerId)()),
  }
}

// Callers that find the block used up share one request for the next; each then takes its own number, or asks again.
function createBlockReader(take: () => Promise<bigint>, size: number): () => Promise<bigint> {
  const block: Block = { next: 0n, end: 0n }
  let taking: Promise<void> | undefined
  return async () => {
    while (block.next >= block.end) {
      taking ??= take()
        .then((first) => {
          block.next = first
          block.end = first + BigInt(size)
        })
        .finally(() => {
          taking = undefined
        })
      await taking
    }
    const number = block.next
    block.next += 1n
    return number
  }
}
