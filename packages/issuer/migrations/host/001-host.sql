-- What an account has spent, by currency; its row is the lock of every decision about it.
CREATE TABLE host.balances (
  pan text NOT NULL,
  currency text NOT NULL,
  spent bigint NOT NULL CHECK (spent >= 0),
  PRIMARY KEY (pan, currency)
);

-- One row for each authorization, and for each reversal whose original never came (no digest).
CREATE TABLE host.exchanges (
  exchange_id bytea PRIMARY KEY CHECK (length(exchange_id) = 32),
  request_digest bytea,
  state text NOT NULL CHECK (state IN ('approved', 'declined', 'reversed')),
  is_silent boolean NOT NULL DEFAULT false,
  pan text,
  amount bigint,
  currency text,
  stan text NOT NULL,
  rrn text NOT NULL,
  response_code text,
  authorization_id text
);

-- Append-only: the last entry of a retrieval reference number is its outcome.
CREATE TABLE host.journal (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  retrieval_reference_number text NOT NULL,
  systems_trace_audit_number text NOT NULL,
  amount bigint NOT NULL,
  currency text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('approved', 'declined', 'reversed')),
  response_code text NOT NULL
);
CREATE TABLE host.counters (name text PRIMARY KEY, value bigint NOT NULL);
INSERT INTO host.counters (name, value) VALUES ('journal', 0);
