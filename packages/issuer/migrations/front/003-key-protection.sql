-- What protects the device key, as this issuer judged it when it bound the key: limits hang on it.
ALTER TABLE front.enrolments
  ADD COLUMN key_protection text CHECK (key_protection IN ('browser-storage', 'passkey-synced', 'passkey-device-bound', 'passkey-attested')),
  ADD COLUMN attestation text CHECK (attestation IN ('none', 'self', 'verified')),
  ADD COLUMN sign_count bigint CHECK (sign_count BETWEEN 0 AND 4294967295);
UPDATE front.enrolments SET key_protection = 'browser-storage', attestation = 'none', sign_count = 0 WHERE submitted_digest IS NOT NULL;

ALTER TABLE front.rebinds
  ADD COLUMN key_protection text CHECK (key_protection IN ('browser-storage', 'passkey-synced', 'passkey-device-bound', 'passkey-attested')),
  ADD COLUMN attestation text CHECK (attestation IN ('none', 'self', 'verified')),
  ADD COLUMN sign_count bigint CHECK (sign_count BETWEEN 0 AND 4294967295);
UPDATE front.rebinds SET key_protection = 'browser-storage', attestation = 'none', sign_count = 0 WHERE submitted_digest IS NOT NULL;

ALTER TABLE front.tokens
  ADD COLUMN key_protection text NOT NULL DEFAULT 'browser-storage'
    CHECK (key_protection IN ('browser-storage', 'passkey-synced', 'passkey-device-bound', 'passkey-attested')),
  ADD COLUMN attestation text NOT NULL DEFAULT 'none' CHECK (attestation IN ('none', 'self', 'verified')),
  -- The authenticator's counter in the last assertion that went on to the host; 0 where it does not count.
  ADD COLUMN sign_count bigint NOT NULL DEFAULT 0 CHECK (sign_count BETWEEN 0 AND 4294967295);
ALTER TABLE front.tokens ALTER COLUMN key_protection DROP DEFAULT, ALTER COLUMN attestation DROP DEFAULT;

-- What a token spent in the last day.
CREATE INDEX authorizations_of_token ON front.authorizations (token_reference_id, received_at) WHERE token_reference_id IS NOT NULL;
