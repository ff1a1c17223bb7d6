-- One open, submitted or decided enrolment. The sealed account number is kept until a person has decided.
CREATE TABLE front.enrolments (
  enrolment_id bytea PRIMARY KEY CHECK (length(enrolment_id) = 16),
  wallet_id bytea NOT NULL CHECK (length(wallet_id) = 16),
  operator_id bytea NOT NULL CHECK (length(operator_id) = 16),
  nonce bytea NOT NULL UNIQUE CHECK (length(nonce) = 16),
  state text NOT NULL CHECK (state IN ('open', 'awaiting_approval', 'active', 'refused')),
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  submissions smallint NOT NULL DEFAULT 0,
  account_key bytea CHECK (length(account_key) = 32),
  sealed_account bytea,
  expiry text,
  last_four text,
  network text,
  joint_public_key bytea CHECK (length(joint_public_key) = 32),
  device_key_kind smallint,
  device_key bytea,
  form_token text,
  submitted_digest bytea,
  token_reference_id bytea,
  grant_frame bytea,
  grant_signature bytea
);
CREATE INDEX enrolments_by_expiry ON front.enrolments (expires_at);

-- An account number exists only here, encrypted under the issuer's own key; account_key is a keyed hash of it.
CREATE TABLE front.accounts (
  account_key bytea PRIMARY KEY CHECK (length(account_key) = 32),
  sealed_account bytea NOT NULL,
  expiry text NOT NULL,
  last_four text NOT NULL,
  network text NOT NULL,
  payment_account_reference text NOT NULL UNIQUE
);

CREATE TABLE front.tokens (
  token_reference_id bytea PRIMARY KEY CHECK (length(token_reference_id) = 16),
  payment_token text NOT NULL UNIQUE CHECK (payment_token ~ '^[1-8][0-9]{15}$'),
  account_key bytea NOT NULL REFERENCES front.accounts,
  enrolment_id bytea NOT NULL UNIQUE REFERENCES front.enrolments,
  wallet_id bytea NOT NULL,
  operator_id bytea NOT NULL,
  joint_public_key bytea NOT NULL,
  device_key_kind smallint NOT NULL,
  device_key bytea NOT NULL,
  channels smallint[] NOT NULL,
  token_expiry text NOT NULL,
  state text NOT NULL CHECK (state IN ('provisioned', 'active', 'suspended', 'deleted')),
  created_at bigint NOT NULL
);
CREATE INDEX tokens_by_account ON front.tokens (account_key, wallet_id);

-- One row for each authorization that link asked for, and for each reversal whose original never came (state reversed, no answer).
-- The replay columns are set only when an authorization goes on to the host: a refused one uses nothing up.
CREATE TABLE front.authorizations (
  exchange_id bytea PRIMARY KEY CHECK (length(exchange_id) = 32),
  request_digest bytea,
  state text NOT NULL CHECK (state IN ('sent', 'approved', 'declined', 'reversed')),
  received_at bigint NOT NULL,
  link_stan text NOT NULL,
  link_rrn text NOT NULL,
  amount text NOT NULL,
  currency text NOT NULL,
  token_reference_id bytea,
  pay_id bytea,
  merchant_id bytea,
  request_hash bytea,
  wallet_id bytea,
  slot_hash bytea,
  host_fields jsonb,
  response_code text,
  authorization_id text,
  UNIQUE (token_reference_id, pay_id),
  UNIQUE (merchant_id, request_hash),
  UNIQUE (wallet_id, slot_hash)
);
CREATE INDEX authorizations_unfinished ON front.authorizations (received_at) WHERE state = 'sent';

-- Store and forward toward the host: in order, one in flight, until 0430.
CREATE TABLE front.host_reversals (
  exchange_id bytea PRIMARY KEY REFERENCES front.authorizations,
  position bigint NOT NULL UNIQUE,
  sends integer NOT NULL DEFAULT 0,
  settled boolean NOT NULL DEFAULT false
);
CREATE INDEX host_reversals_waiting ON front.host_reversals (position) WHERE NOT settled;

-- What this front wrote down itself, append-only: the last entry of a retrieval reference number is its outcome.
CREATE TABLE front.journal (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  exchange_id bytea NOT NULL,
  retrieval_reference_number text NOT NULL,
  systems_trace_audit_number text NOT NULL,
  amount text NOT NULL,
  currency text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('approved', 'declined', 'reversed')),
  response_code text NOT NULL,
  token_reference_id bytea,
  pay_id bytea
);

-- Counters whose lock is held until commit, so that a number is never visible before a smaller one.
CREATE TABLE front.counters (name text PRIMARY KEY, value bigint NOT NULL);
INSERT INTO front.counters (name, value) VALUES ('journal', 0), ('host-reversals', 0);
