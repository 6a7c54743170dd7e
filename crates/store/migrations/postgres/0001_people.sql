-- Units, accounts and what belongs to a person.
-- Ids are UUIDs, moments are microseconds since 1970 in UTC, bodies are JSON. Text that is sorted or searched by its
-- beginning has the collation "C", so that both databases sort alike. Constraints are named as SQLite names them.

CREATE TABLE units (
    id          UUID NOT NULL CONSTRAINT "units.id" PRIMARY KEY,
    credit_code TEXT NOT NULL CONSTRAINT "units.credit_code" UNIQUE,
    full_name   TEXT COLLATE "C" NOT NULL,
    body        TEXT NOT NULL
);
CREATE INDEX units_full_name ON units (full_name);

CREATE TABLE accounts (
    id            UUID NOT NULL CONSTRAINT "accounts.id" PRIMARY KEY,
    login         TEXT COLLATE "C" NOT NULL CONSTRAINT "accounts.login" UNIQUE,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled      BOOLEAN NOT NULL,
    body          TEXT NOT NULL,
    failures      BIGINT NOT NULL,
    locked_until  BIGINT,
    created_at    BIGINT NOT NULL
);

CREATE TABLE posts (
    person  UUID NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    role    TEXT NOT NULL,
    unit    UUID NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal BIGINT NOT NULL,
    CONSTRAINT "posts.person, posts.role, posts.unit" PRIMARY KEY (person, role, unit)
);
CREATE INDEX posts_unit ON posts (unit, role);

CREATE TABLE sessions (
    digest     TEXT NOT NULL CONSTRAINT "sessions.digest" PRIMARY KEY,
    person     UUID REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    data       TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE notices (
    id         UUID NOT NULL CONSTRAINT "notices.id" PRIMARY KEY,
    person     UUID NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    case_id    UUID,
    message    TEXT NOT NULL,
    link       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at    BIGINT
);
CREATE INDEX notices_person ON notices (person, created_at, id);
CREATE INDEX notices_unread ON notices (person) WHERE read_at IS NULL;
