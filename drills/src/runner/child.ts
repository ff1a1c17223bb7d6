import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DrillContext } from '../drill.ts'
import type { ChildMessage } from './child-messages.ts'
import { loadDrill } from './list-drills.ts'

const [name = '', size = 'small', seed = ''] = process.argv.slice(2)
// The tree that this program was built in: the checkout, or the copy of a control.
const tree = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), `symbolon-drill-${name}-`))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.on('SIGTERM', () => process.exit(1))
process.on('disconnect', () => process.exit(1))

const context: DrillContext = {
  size: size === 'full' ? 'full' : 'small',
  folder,
  random: createSeededBytes(seed),
  progress: (done, total) => void tell({ kind: 'progress', done, total }),
  log: (line) => void tell({ kind: 'log', line }),
}
try {
  const drill = await loadDrill(tree, name)
  await tell({ kind: 'outcome', outcome: await drill.run(context) })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : 'unknown'}\n`)
  await tell({ kind: 'failed', reason: error instanceof Error ? error.message : 'unknown' })
}
// Whatever a drill left open does not keep it alive.
process.exit(0)

function tell(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve()
    else process.send(message, () => resolve())
  })
}

function createSeededBytes(text: string): (count: number) => Uint8Array {
  let block = 0
  return (count) => {
    const parts: Buffer[] = []
    for (let have = 0; have < count; have += 64)
      parts.push(
        createHash('sha512')
          .update(`${text}:${String((block += 1))}`)
          .digest(),
      )
    return Uint8Array.from(Buffer.concat(parts).subarray(0, count))
  }
}
