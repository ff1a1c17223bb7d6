import { randomFillSync } from 'node:crypto'

const poolSize = 4_096

/**
 * Random bytes that will be public: slot ids, challenges, nonces of AES-GCM. Drawn ahead in pieces, because each draw is a system call;
 * a thief of memory reads the next few of them, so secrets are drawn one by one instead.
 */
export function createPublicRandom(): (size: number) => Uint8Array {
  const pool = new Uint8Array(poolSize)
  let used = poolSize
  return (size) => {
    if (used + size > poolSize) {
      randomFillSync(pool)
      used = 0
    }
    used += size
    return pool.slice(used - size, used)
  }
}
