import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Directory } from '@symbolon/contracts/directory'
import { checkout } from './installation.ts'

/** The real device origin as a process of its own, with a directory that names nobody but the operator. */
export type DeviceOrigin = { readonly origin: string; stop(): void }

export async function startDeviceOrigin(chatOrigin: string): Promise<DeviceOrigin> {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-pages-'))
  const directory: Directory = {
    version: 1,
    operator: { operatorId: 'bb'.repeat(16), name: { ko: '운영자', en: 'Operator' }, origin: chatOrigin, vaultKeyCertificates: [] },
    issuers: [],
  }
  const config = {
    listen: { host: '127.0.0.1', port: 0 },
    webRoot: join(checkout, 'web/device-frame/dist'),
    directoryFile: join(folder, 'directory.json'),
    frameAncestors: [chatOrigin],
    merchantOrigins: [],
  }
  writeFileSync(config.directoryFile, JSON.stringify(directory))
  const file = join(folder, 'config.json')
  writeFileSync(file, JSON.stringify(config))
  const child = spawn(process.execPath, [join(checkout, 'packages/device-origin/dist/main.js'), '--config', file], {
    env: { PATH: process.env['PATH'] ?? '', SYMBOLON_SUPERVISED: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const address = await readAddress(child)
  return {
    origin: address.replace('127.0.0.1', 'localhost'),
    stop: () => {
      child.kill('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('the device origin ended before it was ready')))
    child.stdout?.on('data', (chunk: Buffer) => {
      const line: unknown = JSON.parse(chunk.toString('utf8').split('\n')[0] ?? '')
      if (typeof line === 'object' && line !== null && 'address' in line) resolve(String(line.address))
    })
  })
}
