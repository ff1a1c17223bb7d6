import { Fault } from '@symbolon/formats/result'
import type { HexId } from '@symbolon/custody/operator'

/** Writes several changes in one durable transaction; answers the wallets whose change was made. At most one change a wallet. */
export type WriteTogether<Change> = (changes: readonly Change[]) => Promise<ReadonlySet<HexId>>

const maximumTogether = 64

/**
 * One transaction for all changes that are asked for while the one before is on its way to the disk. Each promise resolves only after
 * the commit of its own change, and fails with a Fault if its wallet stood otherwise. If the database refuses a value, the changes are
 * written again one by one, so that nobody fails for another's sake.
 */
export function createGroupCommit<Change extends { readonly walletId: HexId }>(
  write: WriteTogether<Change>,
): (change: Change) => Promise<void> {
  let waiting: Waiting<Change>[] = []
  let isWriting = false
  const writeNext = async (): Promise<void> => {
    while (waiting.length > 0) {
      const { batch, rest } = takeBatch(waiting)
      waiting = rest
      await settle(write, batch)
    }
    isWriting = false
  }
  return (change) =>
    new Promise((resolve, reject) => {
      waiting.push({ change, resolve, reject })
      if (isWriting) return
      isWriting = true
      // After this turn of the loop: requests that arrived together are written together.
      setImmediate(() => void writeNext())
    })
}

type Waiting<Change> = { readonly change: Change; readonly resolve: () => void; readonly reject: (cause: unknown) => void }

// A second change of the same wallet waits for the next transaction: one statement cannot update a row twice.
function takeBatch<Change extends { readonly walletId: HexId }>(waiting: readonly Waiting<Change>[]) {
  const wallets = new Set<HexId>()
  const batch: Waiting<Change>[] = []
  const rest: Waiting<Change>[] = []
  for (const one of waiting) {
    const fits = batch.length < maximumTogether && !wallets.has(one.change.walletId)
    wallets.add(one.change.walletId)
    if (fits) batch.push(one)
    else rest.push(one)
  }
  return { batch, rest }
}

async function settle<Change extends { readonly walletId: HexId }>(
  write: WriteTogether<Change>,
  batch: readonly Waiting<Change>[],
): Promise<void> {
  try {
    const written = await write(batch.map(({ change }) => change))
    for (const { change, resolve, reject } of batch) {
      if (written.has(change.walletId)) resolve()
      else reject(new Fault('VAULT_WALLET_CHANGED', { retry: 'never' }))
    }
  } catch (cause) {
    if (cause instanceof Fault || batch.length === 1) for (const { reject } of batch) reject(cause)
    else for (const one of batch) await settle(write, [one])
  }
}
