import type { WantedPort } from '../processes/free-port.ts'

/** Somebody else listens where we want to. */
export class PortsTaken extends Error {
  override readonly name = 'PortsTaken'
  readonly ports: readonly WantedPort[]
  constructor(ports: readonly WantedPort[]) {
    super('a port is taken')
    this.ports = ports
  }
}

/** A process of the installation did not become ready; `lines` are the last it wrote. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed'
  readonly process: string
  readonly lines: readonly string[]
  constructor(process: string, lines: readonly string[], cause: unknown) {
    super('a process did not start', { cause })
    this.process = process
    this.lines = lines
  }
}
