/** The login roles of the operator's planes. Whoever installs makes them, with passwords, before the schema is applied. */
export const planeRoles = ['symbolon_edge', 'symbolon_vault', 'symbolon_link'] as const
export type PlaneRole = (typeof planeRoles)[number]

/** The schema of each plane. A role may use its own and no other. */
export const planeSchemas = { symbolon_edge: 'edge', symbolon_vault: 'vault', symbolon_link: 'link' } as const satisfies Record<
  PlaneRole,
  string
>
export type PlaneSchema = (typeof planeSchemas)[PlaneRole]

export type TableGrant = {
  readonly role: PlaneRole
  readonly schema: PlaneSchema
  readonly table: string
  /** Privileges on the whole table. UPDATE is given by column only, so that a key or an amount stays what it was. */
  readonly privileges: readonly ('SELECT' | 'INSERT' | 'DELETE')[]
  readonly updateColumns: readonly string[]
}

const append = ['SELECT', 'INSERT'] as const
const appendAndForget = ['SELECT', 'INSERT', 'DELETE'] as const

/**
 * Who may do what to which table: the specification. What is not listed is forbidden, and a test compares this list with the
 * catalogue in both directions. An append-only table has neither update columns nor DELETE.
 */
export const tableGrants: readonly TableGrant[] = [
  edge('merchants', append, ['name', 'origin', 'slug', 'api_key_hash', 'is_active']),
  edge('payments', append, [
    'version',
    'state',
    'wallet_id',
    'token_reference_id',
    'payment_attempt_id',
    'issuer_id',
    'network',
    'last_four',
    'instalment_months',
    'channel',
    'systems_trace_audit_number',
    'retrieval_reference_number',
    'approval_number',
    'decline_reason',
    'authorizing_since',
    'next_look_at_ms',
  ]),
  edge('payment_events', append),
  edge('holds', append, ['lease_until_ms', 'outcome']),
  edge('payment_attempts', append),
  edge('tokens', append, ['state', 'suspension_cause', 'suspension_told']),
  edge('token_grants', append, ['wallet_id', 'grant_number']),
  edge('transfers', append),
  edge('idempotency_keys', appendAndForget),

  vault('lease', append, ['number']),
  vault('marks', append, ['value']),
  vault('wallets', append, [
    'epoch_id',
    'share_sealed',
    'key_sealed',
    'pending_epoch_id',
    'pending_share_sealed',
    'pending_key_sealed',
    'pending_rerandomiser_sealed',
    'pending_since_ms',
    'retired_sealed',
    'tries',
    'counter',
    'last_state',
    'last_slot_id',
    'last_message_hash',
    'last_attempt_id',
    'last_done',
    'frozen',
    'frozen_reason',
    'demand_since_ms',
    'demand_deadline_ms',
    'stop_code_hash',
    'closing_statement',
  ]),
  vault('signed_messages', append),
  // A binding whose answer was lost is signed again under the same id, with a new half; a refresh moves every half; a closed wallet has none.
  vault('records', appendAndForget, ['half_sealed']),

  link('counters', append, ['next_value']),
  link('authorizations', append, ['outcome', 'authorization_id_response', 'response_code', 'reason', 'settled_at_ms']),
  link('suspensions', append, ['attempts', 'state', 'response_code', 'acknowledged_at_ms']),
  link('reversals', append, ['attempts', 'state', 'response_code', 'acknowledged_at_ms']),
]

/** Tables in which a row, once written, stays: no UPDATE, no DELETE, no TRUNCATE for any plane. */
export const appendOnlyTables: readonly string[] = [
  'edge.payment_events',
  'edge.payment_attempts',
  'edge.transfers',
  'vault.signed_messages',
]

function edge(table: string, privileges: TableGrant['privileges'], updateColumns: readonly string[] = []): TableGrant {
  return { role: 'symbolon_edge', schema: 'edge', table, privileges, updateColumns }
}

function vault(table: string, privileges: TableGrant['privileges'], updateColumns: readonly string[] = []): TableGrant {
  return { role: 'symbolon_vault', schema: 'vault', table, privileges, updateColumns }
}

function link(table: string, privileges: TableGrant['privileges'], updateColumns: readonly string[] = []): TableGrant {
  return { role: 'symbolon_link', schema: 'link', table, privileges, updateColumns }
}
