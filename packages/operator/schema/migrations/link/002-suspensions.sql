-- 0300 and 0301 still owed to an issuer: a wallet froze or was closed, so a token of it must not pay. In the order of queue_number;
-- attempts is raised before each one leaves. A wallet does so once, for ever, so wallet and token name it.
CREATE TABLE link.suspensions (
  wallet_id bytea NOT NULL CHECK (octet_length(wallet_id) = 16),
  token_reference_id bytea NOT NULL CHECK (octet_length(token_reference_id) = 16),
  issuer_id bytea NOT NULL CHECK (octet_length(issuer_id) = 16),
  cause text NOT NULL CHECK (cause IN ('alarm', 'stop-code', 'stayed-away', 'closed')),
  queue_number bigint NOT NULL,
  systems_trace_audit_number text NOT NULL CHECK (systems_trace_audit_number ~ '^[0-9]{6}$'),
  transmission_date_time text NOT NULL CHECK (transmission_date_time ~ '^[0-9]{10}$'),
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'acknowledged')),
  response_code text CHECK (length(response_code) = 2),
  queued_at_ms bigint NOT NULL,
  acknowledged_at_ms bigint,
  PRIMARY KEY (wallet_id, token_reference_id),
  CHECK ((state = 'acknowledged') = (acknowledged_at_ms IS NOT NULL))
);
CREATE INDEX suspensions_queued ON link.suspensions (issuer_id, queue_number) WHERE state = 'queued';
