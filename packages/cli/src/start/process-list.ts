import { issuerLetters } from '../sandbox/ports.ts'
import { programs, type PartyName, type ProcessName } from '../setup/programs.ts'

export type ProcessEntry = {
  readonly name: ProcessName
  readonly party: PartyName
  readonly program: string
  /** Must be ready before this one is started. */
  readonly after: readonly ProcessName[]
}

/** Every process of an installation and what it waits for. Stopping goes the other way round. */
export const processList: readonly ProcessEntry[] = [
  ...issuerLetters.map((letter): ProcessEntry => ({
    name: `host-${letter}`,
    party: `issuer-${letter}`,
    program: programs.host,
    after: [],
  })),
  ...issuerLetters.map((letter): ProcessEntry => ({
    name: `front-${letter}`,
    party: `issuer-${letter}`,
    program: programs.front,
    after: [`host-${letter}`],
  })),
  { name: 'vault', party: 'operator', program: programs.vault, after: [] },
  { name: 'link', party: 'operator', program: programs.link, after: [] },
  { name: 'edge', party: 'operator', program: programs.edge, after: ['vault', 'link'] },
  { name: 'device-origin', party: 'device', program: programs.deviceOrigin, after: [] },
  { name: 'mall', party: 'merchant', program: programs.mall, after: [] },
]

/** The order of stopping: whoever asks goes before whoever answers, so that what has begun can still end. */
export const stopOrder: { readonly operator: readonly (readonly ProcessName[])[]; readonly issuer: readonly (readonly ProcessName[])[] } = {
  operator: [
    ['mall', 'device-origin', 'edge'],
    ['link', 'vault'],
  ],
  issuer: [
    ['front-a', 'front-b', 'front-c'],
    ['host-a', 'host-b', 'host-c'],
  ],
}
