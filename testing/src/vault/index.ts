/** A device on its own door of custody, and the vault in this process or as one of its own on a database: for benchmarks and drills. */
export { startOperatorSchema, type TestOperatorSchema } from '../operator-schema.ts'
export { draftPayment, pin, TestDevice, type Draft, type Sealed, type Tamper } from './test-device.ts'
export { operatorId, startTestVault, type TestVault } from './test-vault.ts'
export { portOverFlows, portOverSocket, type VaultPort } from './vault-port.ts'
export { prepareVault, readCpuSeconds, type VaultPlace, type VaultProcess } from './vault-process.ts'
