-- A demanded refresh: while it stands, the wallet signs nothing else; after the deadline it counts as frozen.
ALTER TABLE vault.wallets
  ADD COLUMN demand_since_ms bigint,
  ADD COLUMN demand_deadline_ms bigint,
  ADD COLUMN frozen_reason text CHECK (frozen_reason IN ('alarm', 'stop-code', 'stayed-away')),
  -- SHA-256 of the frame of a code that its owner alone has; wallets from before have none, closed ones neither.
  ADD COLUMN stop_code_hash bytea UNIQUE CHECK (octet_length(stop_code_hash) = 32),
  -- Signed by the vault; a wallet that has one is closed, and holds nothing that signs or opens.
  ADD COLUMN closing_statement bytea CHECK (octet_length(closing_statement) BETWEEN 65 AND 300);

-- Copies of a device were the only reason so far.
UPDATE vault.wallets SET frozen_reason = 'alarm' WHERE frozen;

ALTER TABLE vault.wallets
  ADD CHECK ((demand_since_ms IS NULL) = (demand_deadline_ms IS NULL)),
  ADD CHECK (demand_deadline_ms > demand_since_ms),
  ADD CHECK (frozen = (frozen_reason IS NOT NULL)),
  ADD CHECK (closing_statement IS NULL OR (
    octet_length(share_sealed) = 0 AND octet_length(key_sealed) = 0
    AND pending_epoch_id IS NULL AND cardinality(retired_sealed) = 0 AND stop_code_hash IS NULL
  ));

ALTER TABLE vault.signed_messages DROP CONSTRAINT signed_messages_kind_check;
ALTER TABLE vault.signed_messages
  ADD CONSTRAINT signed_messages_kind_check CHECK (kind IN ('pay', 'bind', 'record', 'refresh', 'pinset', 'close'));
