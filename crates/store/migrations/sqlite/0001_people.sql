-- Units, accounts and what belongs to a person.
-- Ids are UUIDs of 16 bytes, moments are microseconds since 1970 in UTC, bodies are JSON.

CREATE TABLE units (
    id          BLOB NOT NULL PRIMARY KEY,
    credit_code TEXT NOT NULL UNIQUE,
    full_name   TEXT NOT NULL,
    body        TEXT NOT NULL
) STRICT;
CREATE INDEX units_full_name ON units (full_name);

CREATE TABLE accounts (
    id            BLOB NOT NULL PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled      INTEGER NOT NULL,
    body          TEXT NOT NULL,
    failures      INTEGER NOT NULL,
    locked_until  INTEGER,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE posts (
    person  BLOB NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    role    TEXT NOT NULL,
    unit    BLOB NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (person, role, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX posts_unit ON posts (unit, role);

CREATE TABLE sessions (
    digest     TEXT NOT NULL PRIMARY KEY,
    person     BLOB REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    data       TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_person ON sessions (person);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE notices (
    id         BLOB NOT NULL PRIMARY KEY,
    person     BLOB NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    case_id    BLOB,
    message    TEXT NOT NULL,
    link       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at    INTEGER
) STRICT;
CREATE INDEX notices_person ON notices (person, created_at, id);
CREATE INDEX notices_unread ON notices (person) WHERE read_at IS NULL;
