import type { InstalledProcess } from '@symbolon/contracts/installation'
import { listAddresses } from '../output/addresses.ts'
import { exitCodes } from '../output/exit-codes.ts'
import { paint } from '../output/terminal.ts'
import { findProcess } from '../processes/identity.ts'
import { findLockOwner } from '../processes/owner-lock.ts'
import { readRunFile } from '../start/run-file.ts'
import { findHome } from '../state/home.ts'
import { jsonOption, makeCommand } from './command.ts'

export const statusCommand = makeCommand({
  name: 'status',
  description: 'Tell what runs, where, and under which process number. Exit code 1 when nothing runs.',
  args: { json: jsonOption },
  run: async ({ json }) => status(json),
})

function status(json: boolean): number {
  const home = findHome()
  const owner = findLockOwner(home.lockFile)
  const installation = owner === undefined ? undefined : readRunFile(home)
  const processes = (installation?.machinery?.processes ?? []).map((one) => ({ ...one, isRunning: findProcess(one.pid) !== undefined }))
  const addresses = installation === undefined ? {} : listAddresses(installation)
  if (json) {
    const shown = processes.map(({ name, party, pid, isRunning }) => ({ name, party, pid, isRunning }))
    process.stdout.write(
      `${JSON.stringify({ version: 1, isRunning: installation !== undefined, pid: owner?.pid ?? null, addresses, processes: shown })}\n`,
    )
  } else if (installation === undefined) {
    process.stderr.write(
      `${owner === undefined ? 'Nothing runs; `npm start` starts it.' : `Process ${owner.pid} is starting it.`} State: ${home.folder}\n`,
    )
  } else tell(processes, addresses)
  return installation !== undefined && processes.every(({ isRunning }) => isRunning) ? exitCodes.ok : exitCodes.failure
}

function tell(
  processes: readonly (InstalledProcess & { readonly isRunning: boolean })[],
  addresses: Readonly<Record<string, string>>,
): void {
  for (const { name, party, pid, isRunning } of processes) {
    const mark = isRunning ? paint(process.stdout, 'good', '✓') : paint(process.stdout, 'bad', '✗')
    process.stdout.write(`${mark} ${name.padEnd(18)} ${party.padEnd(10)} ${pid}\n`)
  }
  for (const [name, address] of Object.entries(addresses)) process.stdout.write(`  ${name.padEnd(23)} ${address}\n`)
}
