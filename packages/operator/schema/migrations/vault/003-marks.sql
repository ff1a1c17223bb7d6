-- Grows while a vault writes, and is noted beside its keys: a database that is older than that note was put back from a backup.
CREATE TABLE vault.marks (
  name text PRIMARY KEY,
  value bigint NOT NULL CHECK (value >= 0)
);

-- A saved wallet finds room on its own page, so that the one index need not be written again.
ALTER TABLE vault.wallets SET (fillfactor = 70);
