import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether an Authorization header carries this key; takes the same time whatever it carries. */
export function isBearerKey(header: string | undefined, key: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${key}`))
}
