import { Type, type Static } from 'typebox'
import { Directory } from './directory.ts'
import { Hash, Id, LocalisedText, Origin } from './limits.ts'

const closed = { additionalProperties: false } as const
const BearerKey = Type.String({ pattern: '^[A-Za-z0-9_-]{32,128}$' })

/** One sandbox issuer as an auditor reaches it: both hops, each with the bearer key of its own journal. */
export const InstalledIssuer = Type.Object(
  {
    issuerId: Id,
    name: LocalisedText,
    frontOrigin: Origin,
    frontJournalKey: BearerKey,
    hostOrigin: Origin,
    hostJournalKey: BearerKey,
  },
  closed,
)
export type InstalledIssuer = Static<typeof InstalledIssuer>

/** A process of the installation, by the party that it belongs to; a process that died and was started again has another number. */
export const InstalledProcess = Type.Object(
  {
    name: Type.String({ maxLength: 40 }),
    party: Type.String({ pattern: '^(operator|issuer-[a-z]|issuers|merchant|device)$' }),
    pid: Type.Integer({ minimum: 1 }),
    configFile: Type.Optional(Type.String({ maxLength: 4_000 })),
    logFile: Type.Optional(Type.String({ maxLength: 4_000 })),
  },
  closed,
)
export type InstalledProcess = Static<typeof InstalledProcess>

/** How the administrator of a PostgreSQL server connects, and where its files lie when the server is our own. */
export const InstalledDatabase = Type.Object(
  {
    host: Type.String({ maxLength: 4_000 }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    database: Type.String({ maxLength: 100 }),
    user: Type.String({ maxLength: 100 }),
    password: Type.String({ maxLength: 400 }),
    dataFolder: Type.Optional(Type.String({ maxLength: 4_000 })),
  },
  closed,
)
export type InstalledDatabase = Static<typeof InstalledDatabase>

/** What somebody needs who inspects the installation from inside the machine: drills, tests, the command line itself. */
export const InstalledMachinery = Type.Object(
  {
    supervisorPid: Type.Integer({ minimum: 1 }),
    stateFolder: Type.String({ maxLength: 4_000 }),
    logFolder: Type.String({ maxLength: 4_000 }),
    processes: Type.Array(InstalledProcess, { maxItems: 100 }),
    operatorDatabase: InstalledDatabase,
    issuerDatabase: InstalledDatabase,
  },
  closed,
)
export type InstalledMachinery = Static<typeof InstalledMachinery>

/**
 * A running installation as somebody outside sees it: addresses, the device's pinned directory, and the keys that let an auditor
 * read journals and the ledger's totals. Written by the command line, mode 0600.
 */
export const Installation = Type.Object(
  {
    version: Type.Literal(1),
    edgeOrigin: Origin,
    deviceOrigin: Origin,
    mallOrigin: Origin,
    /** SHA-256 of the manifest of the device frame that is served: to be compared with anybody's own build. */
    frameBundleHash: Type.Optional(Hash),
    shops: Type.Array(Type.Object({ slug: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }), name: LocalisedText }, closed), {
      minItems: 1,
      maxItems: 100,
    }),
    /** Bearer key of the operator's GET /v1/ledger/summary and GET /v1/ops/payments. */
    operationsKey: BearerKey,
    /** What the vault computes with, as its own health door says: sodium-native, or a slower one after a fall-back. */
    vaultBackend: Type.Optional(Type.String({ maxLength: 40 })),
    issuers: Type.Array(InstalledIssuer, { minItems: 1, maxItems: 100 }),
    directory: Directory,
    machinery: Type.Optional(InstalledMachinery),
  },
  { ...closed, $id: 'Installation' },
)
export type Installation = Static<typeof Installation>
