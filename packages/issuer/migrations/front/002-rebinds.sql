-- A token is bound to one wallet at a time: binding_number grows with each, and stands in the grant.
ALTER TABLE front.tokens
  ADD COLUMN binding_number bigint NOT NULL DEFAULT 1 CHECK (binding_number BETWEEN 1 AND 4294967295),
  ADD COLUMN bound_at bigint,
  ADD COLUMN suspended_by text CHECK (suspended_by IN ('operator', 'customer', 'office')),
  ADD COLUMN suspension_cause text CHECK (suspension_cause IN ('alarm', 'stop-code', 'stayed-away', 'closed')),
  -- Until then the amounts of a binding without the old device key are low.
  ADD COLUMN limited_until bigint;
UPDATE front.tokens SET bound_at = created_at, suspended_by = CASE WHEN state = 'suspended' THEN 'office' END;
ALTER TABLE front.tokens ALTER COLUMN bound_at SET NOT NULL;
ALTER TABLE front.tokens ADD CHECK ((state = 'suspended') = (suspended_by IS NOT NULL));
ALTER TABLE front.tokens ADD CHECK (suspension_cause IS NULL OR suspended_by = 'operator');

-- One rebind: a new wallet asks to take over tokens (docs/custody.md 14).
CREATE TABLE front.rebinds (
  rebind_id bytea PRIMARY KEY CHECK (length(rebind_id) = 16),
  wallet_id bytea NOT NULL CHECK (length(wallet_id) = 16),
  operator_id bytea NOT NULL CHECK (length(operator_id) = 16),
  nonce bytea NOT NULL UNIQUE CHECK (length(nonce) = 16),
  state text NOT NULL CHECK (state IN ('open', 'awaiting_approval', 'active', 'refused')),
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  submissions smallint NOT NULL DEFAULT 0,
  joint_public_key bytea CHECK (length(joint_public_key) = 32),
  device_key_kind smallint,
  device_key bytea,
  proof text CHECK (proof IN ('device-key', 'identification')),
  form_token text,
  submitted_digest bytea
);

-- The tokens that it names, in the order in which it named them; a grant each once a person has approved.
CREATE TABLE front.rebind_tokens (
  rebind_id bytea NOT NULL REFERENCES front.rebinds,
  position smallint NOT NULL CHECK (position BETWEEN 0 AND 7),
  token_reference_id bytea NOT NULL REFERENCES front.tokens,
  grant_frame bytea,
  grant_signature bytea,
  PRIMARY KEY (rebind_id, position)
);
CREATE INDEX rebinds_of_token ON front.rebind_tokens (token_reference_id);

-- Append-only: what happened to a token beside its payments, and on whose word.
CREATE TABLE front.token_events (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  at bigint NOT NULL,
  token_reference_id bytea NOT NULL,
  wallet_id bytea NOT NULL,
  kind text NOT NULL CHECK (kind IN ('bound', 'rebound', 'suspended', 'resumed', 'deleted')),
  cause text NOT NULL CHECK (cause IN ('enrolment', 'device-key', 'identification', 'customer', 'office', 'alarm', 'stop-code',
    'stayed-away', 'closed'))
);
INSERT INTO front.counters (name, value) VALUES ('token-events', 0);
