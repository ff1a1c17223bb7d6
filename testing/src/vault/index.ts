/** A device on its own door of custody, and the vault as a process on a database: for benchmarks and drills. */
export { startOperatorSchema, type TestOperatorSchema } from '../operator-schema.ts'
export { draftPayment, TestDevice, type Sealed } from './test-device.ts'
export type { VaultPort } from './vault-port.ts'
export { prepareVault, readCpuSeconds, type VaultPlace, type VaultProcess } from './vault-process.ts'
