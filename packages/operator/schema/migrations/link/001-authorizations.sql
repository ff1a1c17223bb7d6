-- Numbers are taken in blocks from these rows and never given back: 'retrieval-reference', and 'trace' with the issuer's id.
CREATE TABLE link.counters (
  name text PRIMARY KEY CHECK (length(name) <= 60),
  next_value bigint NOT NULL CHECK (next_value >= 0)
);

-- What was asked of an issuer and what became of it. A row with outcome 'pending' is committed before anything leaves.
-- Neither the signed message nor a signature is kept: a reversal needs none of them.
CREATE TABLE link.authorizations (
  payment_id bytea PRIMARY KEY CHECK (octet_length(payment_id) = 16),
  request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
  issuer_id bytea NOT NULL CHECK (octet_length(issuer_id) = 16),
  amount_minor_units bigint NOT NULL CHECK (amount_minor_units BETWEEN 1 AND 999999999999),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  card_acceptor_id text NOT NULL CHECK (length(card_acceptor_id) = 15),
  pos_entry_mode text NOT NULL CHECK (pos_entry_mode ~ '^[0-9]{3}$'),
  systems_trace_audit_number text CHECK (systems_trace_audit_number ~ '^[0-9]{6}$'),
  retrieval_reference_number text CHECK (retrieval_reference_number ~ '^[0-9A-Z]{12}$'),
  transmission_date_time text CHECK (transmission_date_time ~ '^[0-9]{10}$'),
  acquiring_institution_id text CHECK (acquiring_institution_id ~ '^[0-9]{1,11}$'),
  card_acceptor_terminal_id text CHECK (length(card_acceptor_terminal_id) = 8),
  outcome text NOT NULL CHECK (outcome IN ('pending', 'approved', 'declined', 'unanswered', 'reversed', 'unsent')),
  authorization_id_response text CHECK (length(authorization_id_response) <= 6),
  response_code text CHECK (length(response_code) = 2),
  reason text CHECK (length(reason) <= 60),
  created_at_ms bigint NOT NULL,
  settled_at_ms bigint,
  CHECK (outcome = 'unsent' OR (
    systems_trace_audit_number IS NOT NULL AND retrieval_reference_number IS NOT NULL AND transmission_date_time IS NOT NULL
    AND acquiring_institution_id IS NOT NULL AND card_acceptor_terminal_id IS NOT NULL)),
  CHECK ((outcome = 'pending') = (settled_at_ms IS NULL))
);
CREATE INDEX authorizations_pending ON link.authorizations (payment_id) WHERE outcome = 'pending';

-- 0420 and 0421 still owed to an issuer, in the order of queue_number; attempts is raised before each one leaves.
CREATE TABLE link.reversals (
  payment_id bytea PRIMARY KEY REFERENCES link.authorizations,
  issuer_id bytea NOT NULL CHECK (octet_length(issuer_id) = 16),
  queue_number bigint NOT NULL,
  systems_trace_audit_number text NOT NULL CHECK (systems_trace_audit_number ~ '^[0-9]{6}$'),
  transmission_date_time text NOT NULL CHECK (transmission_date_time ~ '^[0-9]{10}$'),
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'acknowledged')),
  response_code text CHECK (length(response_code) = 2),
  queued_at_ms bigint NOT NULL,
  acknowledged_at_ms bigint,
  CHECK ((state = 'acknowledged') = (acknowledged_at_ms IS NOT NULL))
);
CREATE INDEX reversals_queued ON link.reversals (issuer_id, queue_number) WHERE state = 'queued';
