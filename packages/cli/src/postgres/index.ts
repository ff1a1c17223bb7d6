export { startCluster, type ClusterOptions, type PostgresCluster } from './cluster.ts'
export { preparePrograms, isReachableByOthers, type PostgresPrograms } from './programs.ts'
export { makeSocketFolder } from './socket-folder.ts'
