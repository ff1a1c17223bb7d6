-- One row per vault group: its number rises with every start, and every write names the number it was made under.
CREATE TABLE vault.lease (
  name text PRIMARY KEY,
  number bigint NOT NULL CHECK (number > 0)
);

-- Columns ending in _sealed are AES-256-GCM under a key-encryption key that no backup of this database contains:
-- generation (4 bytes), nonce (12), ciphertext, tag (16); associated data names wallet, epoch and column.
CREATE TABLE vault.wallets (
  wallet_id bytea PRIMARY KEY CHECK (octet_length(wallet_id) = 16),
  joint_public_key bytea NOT NULL CHECK (octet_length(joint_public_key) = 32),
  device_key_kind smallint NOT NULL CHECK (device_key_kind BETWEEN 0 AND 2),
  device_key bytea NOT NULL CHECK (octet_length(device_key) <= 1000),
  accept_hash bytea NOT NULL CHECK (octet_length(accept_hash) = 32),
  epoch_id bytea NOT NULL CHECK (octet_length(epoch_id) = 16),
  share_sealed bytea NOT NULL,
  key_sealed bytea NOT NULL,
  pending_epoch_id bytea CHECK (octet_length(pending_epoch_id) = 16),
  pending_share_sealed bytea,
  pending_key_sealed bytea,
  pending_rerandomiser_sealed bytea,
  pending_since_ms bigint,
  -- Newest first, at most eight entries: epoch id (16 bytes) and its sealed MAC key.
  retired_sealed bytea[] NOT NULL CHECK (cardinality(retired_sealed) <= 8),
  tries smallint NOT NULL CHECK (tries BETWEEN 0 AND 5),
  counter bigint NOT NULL CHECK (counter >= 0),
  -- 0 none, 1 bound, 2 done, 3 wrong, 4 void
  last_state smallint NOT NULL CHECK (last_state BETWEEN 0 AND 4),
  last_slot_id bytea CHECK (octet_length(last_slot_id) = 16),
  last_message_hash bytea CHECK (octet_length(last_message_hash) = 32),
  last_attempt_id bytea CHECK (octet_length(last_attempt_id) = 16),
  last_done bytea CHECK (octet_length(last_done) <= 2000),
  frozen boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((pending_epoch_id IS NULL) = (pending_share_sealed IS NULL)),
  CHECK ((pending_epoch_id IS NULL) = (pending_key_sealed IS NULL)),
  CHECK ((pending_epoch_id IS NULL) = (pending_since_ms IS NULL)),
  CHECK ((last_state = 0) = (last_slot_id IS NULL)),
  CHECK ((last_state IN (2, 3)) = (last_done IS NOT NULL))
);

-- What left as jointly signed, written in the same commit that allowed it to leave. Nothing here signs anything.
CREATE TABLE vault.signed_messages (
  wallet_id bytea NOT NULL CHECK (octet_length(wallet_id) = 16),
  attempt_id bytea NOT NULL CHECK (octet_length(attempt_id) = 16),
  slot_id bytea NOT NULL CHECK (octet_length(slot_id) = 16),
  kind text NOT NULL CHECK (kind IN ('pay', 'bind', 'record')),
  message bytea NOT NULL CHECK (octet_length(message) <= 1000),
  signature bytea NOT NULL CHECK (octet_length(signature) = 64),
  device_key_kind smallint NOT NULL CHECK (device_key_kind BETWEEN 0 AND 2),
  device_signature bytea NOT NULL CHECK (octet_length(device_signature) <= 1000),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (wallet_id, attempt_id, slot_id)
);

-- The vault's half of a card record: uniform bytes without the device's half. The id is the attempt id of its binding.
CREATE TABLE vault.records (
  wallet_id bytea NOT NULL CHECK (octet_length(wallet_id) = 16),
  record_id bytea NOT NULL CHECK (octet_length(record_id) = 16),
  half_sealed bytea NOT NULL CHECK (octet_length(half_sealed) <= 2000),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (wallet_id, record_id)
);
