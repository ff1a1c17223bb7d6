export { createMemoryStorage } from './memory-storage.ts'
export { createMemoryDeviceKey } from './memory-device-key.ts'
export { createSystemClock } from '../system-clock.ts'
export { createFetchTransport } from '../fetch-transport.ts'
