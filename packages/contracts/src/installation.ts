import { Type, type Static } from 'typebox'
import { Directory } from './directory.ts'
import { Id, LocalisedText, Origin } from './limits.ts'

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
    shops: Type.Array(Type.Object({ slug: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }), name: LocalisedText }, closed), {
      minItems: 1,
      maxItems: 100,
    }),
    /** Bearer key of the operator's GET /v1/ledger/summary and GET /v1/ops/payments. */
    operationsKey: BearerKey,
    issuers: Type.Array(InstalledIssuer, { minItems: 1, maxItems: 100 }),
    directory: Directory,
  },
  { ...closed, $id: 'Installation' },
)
export type Installation = Static<typeof Installation>
