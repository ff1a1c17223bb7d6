/** The map: who may import whom. A room that is not listed here fails the check, and so does an arrow that is not. */
export type Room = { readonly name: string; readonly folder: string; readonly mayImport: readonly string[] }

const foundations = ['formats', 'custody', 'contracts', 'service']

export const rooms: readonly Room[] = [
  { name: 'formats', folder: 'packages/formats', mayImport: [] },
  { name: 'custody', folder: 'packages/custody', mayImport: ['formats'] },
  { name: 'contracts', folder: 'packages/contracts', mayImport: ['formats', 'custody'] },
  { name: 'service', folder: 'packages/service', mayImport: ['formats', 'contracts'] },
  // Parties: what they share lies to the left; no party sees another.
  { name: 'device', folder: 'packages/device', mayImport: ['formats', 'custody', 'contracts'] },
  { name: 'device-origin', folder: 'packages/device-origin', mayImport: foundations },
  { name: 'operator-schema', folder: 'packages/operator/schema', mayImport: ['formats', 'contracts', 'service'] },
  { name: 'operator-edge', folder: 'packages/operator/edge', mayImport: foundations },
  { name: 'operator-vault', folder: 'packages/operator/vault', mayImport: foundations },
  { name: 'operator-link', folder: 'packages/operator/link', mayImport: foundations },
  { name: 'issuer', folder: 'packages/issuer', mayImport: foundations },
  { name: 'merchant', folder: 'packages/merchant', mayImport: ['formats', 'contracts', 'service'] },
  // Outside the system: they start processes or act as many people, over the wire.
  { name: 'cli', folder: 'packages/cli', mayImport: ['formats', 'contracts', 'service'] },
  { name: 'demo', folder: 'packages/demo', mayImport: ['formats', 'custody', 'contracts', 'device'] },
  // Pages: what a browser runs. Elements are signs and words that every page shows alike.
  { name: 'web-elements', folder: 'web/elements', mayImport: ['formats', 'contracts'] },
  { name: 'web-device-frame', folder: 'web/device-frame', mayImport: ['formats', 'custody', 'contracts', 'device', 'web-elements'] },
  { name: 'web-chat', folder: 'web/chat', mayImport: ['formats', 'contracts', 'web-elements'] },
  { name: 'testing', folder: 'testing', mayImport: ['*'] },
  { name: 'drills', folder: 'drills', mayImport: ['*'] },
  { name: 'bench', folder: 'bench', mayImport: ['*'] },
]

/** Doors of custody, each for one party: a process that imports two of them could hold both halves. */
export const custodyDoorByRoom: Readonly<Record<string, readonly string[]>> = {
  device: ['./device'],
  demo: ['./device'],
  'web-device-frame': ['./device'],
  'operator-vault': ['./operator'],
  'operator-edge': ['./operator', './issuer'],
  'operator-link': ['./operator', './issuer'],
  issuer: ['./issuer'],
  'device-origin': [],
}
