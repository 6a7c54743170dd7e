-- The seal register: seals, announcements, certificates, what was recorded before signing, and uses.

CREATE TABLE seals (
    id         BLOB NOT NULL PRIMARY KEY,
    code       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    unit       BLOB NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    unit_name  TEXT NOT NULL,
    status     TEXT NOT NULL,
    not_after  INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    body       TEXT NOT NULL
) STRICT;
CREATE INDEX seals_updated_at ON seals (updated_at, id);
CREATE INDEX seals_status ON seals (status, updated_at, id);
CREATE INDEX seals_unit ON seals (unit, updated_at, id);
CREATE INDEX seals_unit_status ON seals (unit, status, updated_at, id);

CREATE TABLE announcements (
    number       INTEGER NOT NULL PRIMARY KEY,
    at           INTEGER NOT NULL,
    code         TEXT NOT NULL,
    name         TEXT NOT NULL,
    unit_name    TEXT NOT NULL,
    status       TEXT NOT NULL,
    effective_at INTEGER NOT NULL,
    ledger_index INTEGER NOT NULL
) STRICT;

CREATE TABLE certificates (
    ordinal           INTEGER NOT NULL PRIMARY KEY,
    serial            TEXT NOT NULL UNIQUE,
    seal              BLOB NOT NULL,
    der               BLOB NOT NULL,
    key_digest        TEXT NOT NULL,
    not_after         INTEGER NOT NULL,
    revoked_at        INTEGER,
    revocation_reason TEXT
) STRICT;
CREATE INDEX certificates_seal ON certificates (seal, ordinal);
CREATE INDEX certificates_key_digest ON certificates (key_digest);
CREATE INDEX certificates_revoked ON certificates (revoked_at, serial) WHERE revoked_at IS NOT NULL;

CREATE TABLE signings (
    kind       TEXT NOT NULL,
    subject    BLOB NOT NULL,
    tbs        BLOB NOT NULL,
    context    TEXT NOT NULL,
    result     BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT;

CREATE TABLE use_requests (
    id           BLOB NOT NULL PRIMARY KEY,
    seal         BLOB NOT NULL REFERENCES seals (id) DEFERRABLE INITIALLY DEFERRED,
    unit         BLOB NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    requested_by BLOB NOT NULL,
    state        TEXT NOT NULL,
    document     TEXT NOT NULL,
    signature    TEXT UNIQUE,
    stamped_at   INTEGER,
    updated_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    body         TEXT NOT NULL
) STRICT;
CREATE INDEX use_requests_updated_at ON use_requests (updated_at, id);
CREATE INDEX use_requests_state ON use_requests (state, updated_at, id);
CREATE INDEX use_requests_unit ON use_requests (unit, updated_at, id, stamped_at);
CREATE INDEX use_requests_unit_state ON use_requests (unit, state, updated_at, id, stamped_at);
CREATE INDEX use_requests_seal ON use_requests (seal, updated_at, id, stamped_at);
CREATE INDEX use_requests_stamped_at ON use_requests (stamped_at) WHERE stamped_at IS NOT NULL;
