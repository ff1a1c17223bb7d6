import { readFileSync } from 'node:fs'

/** Ticks that the machine's processors have worked since it was started (proc(5), the first line of /proc/stat). */
export function readBusyTicks(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '')
    .split(/\s+/u)
    .map(Number)
  return user + nice + system + irq + softirq + steal
}

/** Ticks that running processes have worked, and the children whose end they have collected (proc(5), fields 14 to 17). */
export function readTicksOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (
      sum +
      fields
        .slice(11, 15)
        .map(Number)
        .reduce((left, right) => left + right, 0)
    )
  }, 0)
}
