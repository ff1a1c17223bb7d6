/** How a command learns that it is to stop: the first of the signals, or the end of a supervising parent's pipe. */
export type Interrupt = { readonly signal: AbortSignal; readonly happened: Promise<void> }

/** Listens from now on. Ctrl-C comes to the whole group of the terminal; the installation's processes are in groups of their own. */
export function listenForInterrupt(): Interrupt {
  const abort = new AbortController()
  const happened = new Promise<void>((resolve) => {
    const stop = (): void => {
      abort.abort()
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
    if (process.env['SYMBOLON_SUPERVISED'] === '1') {
      process.stdin.on('end', stop).on('error', stop).resume()
      // Listening alone does not keep a command alive that has done its work.
      if ('unref' in process.stdin) process.stdin.unref()
    }
  })
  return { signal: abort.signal, happened }
}
