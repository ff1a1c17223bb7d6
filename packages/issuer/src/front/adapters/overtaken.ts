/** Thrown inside a transaction to undo it whole: somebody else's change came first, and half of this one would be worse than none. */
export class Overtaken extends Error {}

/** Runs a transaction that either approves everything or changes nothing. */
export async function unlessOvertaken(approve: () => Promise<void>): Promise<'approved' | 'conflict'> {
  try {
    await approve()
    return 'approved'
  } catch (error) {
    if (error instanceof Overtaken) return 'conflict'
    throw error
  }
}
