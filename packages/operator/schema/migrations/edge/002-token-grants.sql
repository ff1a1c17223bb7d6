-- Where a token pays: the wallet of the grant with the highest number. One row a token is also the lock of its moves.
CREATE TABLE edge.token_grants (
  token_reference_id uuid PRIMARY KEY,
  issuer_id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  grant_number bigint NOT NULL CHECK (grant_number BETWEEN 1 AND 4294967295)
);
INSERT INTO edge.token_grants (token_reference_id, issuer_id, wallet_id, grant_number)
  SELECT DISTINCT ON (token_reference_id) token_reference_id, issuer_id, wallet_id, 1 FROM edge.tokens ORDER BY token_reference_id, created_at;
CREATE INDEX tokens_by_reference ON edge.tokens (token_reference_id);
ALTER TABLE edge.tokens DROP CONSTRAINT tokens_state_check;
ALTER TABLE edge.tokens ADD CONSTRAINT tokens_state_check CHECK (state IN ('active', 'suspended', 'moved'));

-- A wallet froze: why, and whether the issuer has acknowledged that it must not approve with this token any more.
ALTER TABLE edge.tokens
  ADD COLUMN suspension_cause text CHECK (suspension_cause IN ('alarm', 'stop-code', 'stayed-away', 'closed')),
  ADD COLUMN suspension_told boolean NOT NULL DEFAULT true;
CREATE INDEX tokens_to_suspend ON edge.tokens (wallet_id) WHERE NOT suspension_told;
