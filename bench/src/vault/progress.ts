const width = 40

/** A progress bar on a terminal; nothing into a file. */
export function drawProgress(what: string, { done, total }: { readonly done: number; readonly total: number }): void {
  if (!process.stderr.isTTY) return
  const filled = total === 0 ? 0 : Math.min(width, Math.round((width * done) / total))
  process.stderr.write(`\r[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${done}/${total} ${what}${done >= total ? '\n' : ''}`)
}
