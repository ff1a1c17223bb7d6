-- Ids are sixteen random bytes made by the application; no sequence exists. The shard key comes first in every key:
-- merchant_id on the payment side, wallet_id on the token side. Times are Unix seconds, or milliseconds where the name says so.

CREATE TABLE edge.merchants (
  merchant_id uuid PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) <= 40),
  origin text NOT NULL CHECK (char_length(origin) <= 200),
  slug text NOT NULL CHECK (slug ~ '^[a-z0-9-]{1,32}$'),
  -- SHA-256 of a key of 256 random bits: there is nothing to search for, so a slow hash would protect nothing.
  api_key_hash bytea NOT NULL CHECK (octet_length(api_key_hash) = 32),
  is_active boolean NOT NULL
);
CREATE INDEX merchants_by_api_key ON edge.merchants (api_key_hash);

CREATE TABLE edge.payments (
  merchant_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  state text NOT NULL CHECK (state IN ('requires_confirmation', 'authorizing', 'authorized', 'captured', 'declined', 'expired',
    'canceled', 'unanswered', 'reversed')),
  order_id text NOT NULL CHECK (order_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  order_name text NOT NULL CHECK (char_length(order_name) <= 100),
  merchant_name text NOT NULL CHECK (char_length(merchant_name) <= 40),
  amount_minor_units bigint NOT NULL CHECK (amount_minor_units BETWEEN 1 AND 999999999999),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  instalment_months_allowed smallint[] NOT NULL CHECK (cardinality(instalment_months_allowed) BETWEEN 1 AND 12),
  -- The compact JWS as the merchant signed it: devices verify these very bytes.
  request text NOT NULL CHECK (char_length(request) <= 8000),
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL CHECK (expires_at > created_at),
  -- What confirmed it; empty before.
  wallet_id uuid,
  token_reference_id uuid,
  payment_attempt_id uuid,
  issuer_id uuid,
  network text CHECK (char_length(network) <= 20),
  last_four text CHECK (last_four ~ '^[0-9]{4}$'),
  instalment_months smallint CHECK (instalment_months BETWEEN 0 AND 36),
  channel smallint CHECK (channel BETWEEN 1 AND 255),
  -- What the issuer's front answered.
  systems_trace_audit_number text CHECK (char_length(systems_trace_audit_number) <= 6),
  retrieval_reference_number text CHECK (char_length(retrieval_reference_number) <= 12),
  approval_number text CHECK (char_length(approval_number) <= 8),
  decline_reason text CHECK (char_length(decline_reason) <= 60),
  authorizing_since bigint,
  next_look_at_ms bigint,
  PRIMARY KEY (merchant_id, payment_id),
  UNIQUE (merchant_id, order_id),
  CHECK ((state IN ('requires_confirmation', 'canceled')) <= (wallet_id IS NULL)),
  CHECK ((state IN ('authorizing', 'authorized', 'captured', 'declined', 'unanswered', 'reversed')) <= (
    wallet_id IS NOT NULL AND token_reference_id IS NOT NULL AND payment_attempt_id IS NOT NULL AND issuer_id IS NOT NULL
    AND network IS NOT NULL AND last_four IS NOT NULL AND instalment_months IS NOT NULL AND channel IS NOT NULL
    AND authorizing_since IS NOT NULL)),
  CHECK ((state IN ('authorizing', 'unanswered')) = (next_look_at_ms IS NOT NULL))
);
-- A payer's page knows the payment alone.
CREATE INDEX payments_by_id ON edge.payments (payment_id);
CREATE INDEX payments_by_time ON edge.payments (created_at, payment_id);
CREATE INDEX payments_to_expire ON edge.payments (expires_at) WHERE state = 'requires_confirmation';
CREATE INDEX payments_to_settle ON edge.payments (next_look_at_ms) WHERE state IN ('authorizing', 'unanswered');

-- Append-only: every state a payment ever had. What a webhook tells later is read from here.
CREATE TABLE edge.payment_events (
  merchant_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  state text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (merchant_id, payment_id, version),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES edge.payments (merchant_id, payment_id)
);

-- One confirmation of a payment while the vault signs it. Written before the vault may sign, so that a crash leaves a trace.
CREATE TABLE edge.holds (
  merchant_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  hold_id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  payment_attempt_id uuid NOT NULL,
  token_reference_id uuid NOT NULL,
  issuer_id uuid NOT NULL,
  network text NOT NULL CHECK (char_length(network) <= 20),
  last_four text NOT NULL CHECK (last_four ~ '^[0-9]{4}$'),
  instalment_months smallint NOT NULL CHECK (instalment_months BETWEEN 0 AND 36),
  channel smallint NOT NULL CHECK (channel BETWEEN 1 AND 255),
  held_at bigint NOT NULL,
  -- Until then the flow that placed it answers for it; afterwards the sweeper asks the vault what became of it.
  lease_until_ms bigint NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('live', 'used', 'released')),
  PRIMARY KEY (merchant_id, payment_id, hold_id),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES edge.payments (merchant_id, payment_id)
);
CREATE UNIQUE INDEX holds_one_live ON edge.holds (merchant_id, payment_id) WHERE outcome = 'live';
CREATE INDEX holds_to_resolve ON edge.holds (lease_until_ms) WHERE outcome = 'live';

-- A purchase keeps one attempt id over all its tries, and an attempt id belongs to one payment for ever.
CREATE TABLE edge.payment_attempts (
  wallet_id uuid NOT NULL,
  payment_attempt_id uuid NOT NULL,
  merchant_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  PRIMARY KEY (wallet_id, payment_attempt_id)
);

-- What an issuer granted to a wallet: enough to route a payment and to show the card, and no more.
CREATE TABLE edge.tokens (
  wallet_id uuid NOT NULL,
  token_reference_id uuid NOT NULL,
  issuer_id uuid NOT NULL,
  network text NOT NULL CHECK (char_length(network) <= 20),
  last_four text NOT NULL CHECK (last_four ~ '^[0-9]{4}$'),
  state text NOT NULL CHECK (state IN ('active', 'suspended')),
  created_at bigint NOT NULL,
  PRIMARY KEY (wallet_id, token_reference_id)
);

-- Double entry: one row is one debit and one credit of the same amount. Append-only.
CREATE TABLE edge.transfers (
  merchant_id uuid NOT NULL,
  transfer_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('capture')),
  debit_account_id text NOT NULL CHECK (char_length(debit_account_id) <= 100),
  credit_account_id text NOT NULL CHECK (char_length(credit_account_id) <= 100),
  amount_minor_units bigint NOT NULL CHECK (amount_minor_units > 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  posted_at bigint NOT NULL,
  PRIMARY KEY (merchant_id, transfer_id),
  UNIQUE (merchant_id, payment_id, kind),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES edge.payments (merchant_id, payment_id),
  CHECK (debit_account_id <> credit_account_id)
);

-- Written in the commit of the effect, with the answer that every repetition gets.
CREATE TABLE edge.idempotency_keys (
  merchant_id uuid NOT NULL,
  key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
  content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
  status smallint NOT NULL CHECK (status BETWEEN 200 AND 299),
  body text NOT NULL CHECK (char_length(body) <= 4000),
  created_at bigint NOT NULL,
  kept_until bigint NOT NULL CHECK (kept_until >= created_at + 30 * 86400),
  PRIMARY KEY (merchant_id, key_hash)
);
CREATE INDEX idempotency_keys_to_forget ON edge.idempotency_keys (kept_until);
