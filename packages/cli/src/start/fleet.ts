import { join } from 'node:path'
import type { InstalledProcess } from '@symbolon/contracts/installation'
import { openLogFile, type LogFile } from '../processes/log-file.ts'
import { supervise, type ProcessChange, type Supervised } from '../processes/supervised.ts'
import type { ProcessName } from '../setup/programs.ts'
import type { Home } from '../state/home.ts'
import type { ProcessEntry } from './process-list.ts'

/** The running processes of the parties (the database servers are apart). */
export type Fleet = {
  start(entry: ProcessEntry, program: string): Promise<void>
  list(): readonly InstalledProcess[]
  /** The last lines that a process wrote, for the message when it fails. */
  tail(name: ProcessName, lines: number): readonly string[]
  /** Stops the named processes together. */
  stop(names: readonly ProcessName[]): Promise<void>
}

/** Part of the five seconds in which everything is stopped: four stages, then the servers. */
const stageTimeoutMs = 750

export function createFleet(home: Home, onChange: (name: ProcessName, change: ProcessChange) => void): Fleet {
  const members = new Map<ProcessName, { readonly supervised: Supervised; readonly log: LogFile }>()
  const running = new Map<ProcessName, InstalledProcess>()
  return {
    start: (entry, program) => {
      const log = openLogFile(join(home.logFolder, `${entry.name}.log`))
      const configFile = join(home.configFolder, `${entry.name}.json`)
      const supervised = supervise({
        name: entry.name,
        program,
        configFile,
        log,
        onChange: (change) => {
          if (change.kind === 'running') {
            running.set(entry.name, { name: entry.name, party: entry.party, pid: change.pid, configFile, logFile: log.path })
          } else running.delete(entry.name)
          onChange(entry.name, change)
        },
      })
      members.set(entry.name, { supervised, log })
      return supervised.ready
    },
    list: () => [...running.values()],
    tail: (name, lines) => members.get(name)?.log.tail(lines) ?? [],
    stop: async (names) => {
      await Promise.all(names.map(async (name) => members.get(name)?.supervised.stop(stageTimeoutMs)))
    },
  }
}
