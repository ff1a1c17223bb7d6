import { ConfigurationError } from '@symbolon/service/config'

export const issuerLetters = ['a', 'b', 'c'] as const
export type IssuerLetter = (typeof issuerLetters)[number]

export function isIssuerLetter(text: string): text is IssuerLetter {
  return issuerLetters.some((letter) => letter === text)
}

/** Every door that listens on the network (loopback only), with the process that wants it. */
export type Ports = {
  readonly edge: number
  readonly deviceOrigin: number
  readonly mall: number
  readonly frontHttp: Readonly<Record<IssuerLetter, number>>
  readonly frontLink: Readonly<Record<IssuerLetter, number>>
  readonly hostHttp: Readonly<Record<IssuerLetter, number>>
  readonly hostLink: Readonly<Record<IssuerLetter, number>>
}

const defaultBase = 8400
const span = 44

/** SYMBOLON_PORT_BASE shifts all doors together, so that a second installation needs one number. */
export function decidePorts(environment: Readonly<Record<string, string | undefined>>): Ports {
  const text = environment['SYMBOLON_PORT_BASE']
  const base = text === undefined || text === '' ? defaultBase : Number(text)
  if (!Number.isInteger(base) || base < 1024 || base > 65_535 - span) {
    throw new ConfigurationError(`SYMBOLON_PORT_BASE is a whole number from 1024 to ${65_535 - span}`, '')
  }
  const row = (offset: number): Record<IssuerLetter, number> => ({ a: base + offset + 1, b: base + offset + 2, c: base + offset + 3 })
  return {
    edge: base,
    deviceOrigin: base + 1,
    mall: base + 2,
    frontHttp: row(10),
    frontLink: row(20),
    hostHttp: row(30),
    hostLink: row(40),
  }
}

/** Lists every port with the name of the process that listens on it. */
export function listPorts(ports: Ports): readonly { readonly port: number; readonly process: string }[] {
  return [
    { port: ports.edge, process: 'edge' },
    { port: ports.deviceOrigin, process: 'device-origin' },
    { port: ports.mall, process: 'mall' },
    ...issuerLetters.flatMap((letter) => [
      { port: ports.frontHttp[letter], process: `front-${letter}` },
      { port: ports.frontLink[letter], process: `front-${letter}` },
      { port: ports.hostHttp[letter], process: `host-${letter}` },
      { port: ports.hostLink[letter], process: `host-${letter}` },
    ]),
  ]
}

/** The addresses that people and browsers use. The device frame lives on another site than the chat page, on purpose. */
export function decideOrigins(ports: Ports) {
  return {
    edge: `http://127.0.0.1:${ports.edge}`,
    device: `http://localhost:${ports.deviceOrigin}`,
    mall: `http://127.0.0.1:${ports.mall}`,
    front: mapLetters((letter) => `http://localhost:${ports.frontHttp[letter]}`),
    host: mapLetters((letter) => `http://127.0.0.1:${ports.hostHttp[letter]}`),
  } as const
}
export type Origins = ReturnType<typeof decideOrigins>

export function mapLetters<Value>(make: (letter: IssuerLetter) => Value): Readonly<Record<IssuerLetter, Value>> {
  return { a: make('a'), b: make('b'), c: make('c') }
}
