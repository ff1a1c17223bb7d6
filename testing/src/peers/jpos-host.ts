import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { IsoDialect } from '@symbolon/formats/iso8583'
import { jposFolder } from './peer-tools.ts'

/** One message as jPOS read it: its type, and each element's value in hex by number. */
export type SeenMessage = { readonly type: string; readonly values: Readonly<Record<number, string>> }
export type JposHost = { readonly seen: readonly SeenMessage[]; stop(): Promise<void> }

/** An authorization host made of jPOS, as a process of its own; see jpos/JposHost.java. */
export async function startJposHost(classPath: string, dialect: IsoDialect, port: number): Promise<JposHost> {
  const program = join(jposFolder, 'JposHost.java')
  const child = spawn('java', ['-cp', classPath, program, dialect, String(port)], { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const seen: SeenMessage[] = []
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => (line === 'ready' ? resolve() : seen.push(readLine(line))))
    child.once('exit', () => reject(new Error('the jPOS host ended before it was ready', { cause: complaint.slice(-2_000) })))
  })
  return {
    seen,
    stop: async () => {
      child.stdin.end()
      await exited
    },
  }
}

function readLine(line: string): SeenMessage {
  const [type = '', ...values] = line.split(' ')
  return { type, values: Object.fromEntries(values.map((value) => [Number(value.split('=')[0]), value.split('=')[1] ?? ''] as const)) }
}

/** The value of an element that is text. */
export function textOf(message: SeenMessage | undefined, number: number): string | undefined {
  const hex = message?.values[number]
  return hex === undefined ? undefined : Buffer.from(hex, 'hex').toString('latin1')
}
