-- Administration: where units are, what they were called, filings, deputies, proposals, sign-ins.

ALTER TABLE units ADD COLUMN city TEXT NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN county TEXT NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN level TEXT NOT NULL DEFAULT '';
UPDATE units SET city = json_extract(body, '$.city'), county = json_extract(body, '$.county'), level = json_extract(body, '$.level');
CREATE INDEX units_city ON units (city, full_name, id);

-- What a unit was from a moment on. The newest is the unit as it is.
CREATE TABLE unit_versions (
    unit    BLOB NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    from_at INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (unit, from_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit_filings (
    id          BLOB NOT NULL PRIMARY KEY,
    unit        BLOB NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    filed_at    INTEGER NOT NULL,
    answered_at INTEGER,
    body        TEXT NOT NULL
) STRICT;
CREATE INDEX unit_filings_unit ON unit_filings (unit, filed_at);
CREATE INDEX unit_filings_waiting ON unit_filings (filed_at) WHERE answered_at IS NULL;

-- A digest of the ID number: one person has one account.
ALTER TABLE accounts ADD COLUMN resident_digest TEXT;
CREATE UNIQUE INDEX accounts_resident_digest ON accounts (resident_digest) WHERE resident_digest IS NOT NULL;
CREATE INDEX accounts_name ON accounts (name);
CREATE INDEX accounts_locked ON accounts (locked_until) WHERE locked_until IS NOT NULL;

ALTER TABLE sessions ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN device TEXT;

CREATE TABLE deputies (
    id        BLOB NOT NULL PRIMARY KEY,
    unit      BLOB NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    principal BLOB NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    deputy    BLOB NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    until_at  INTEGER NOT NULL,
    body      TEXT NOT NULL
) STRICT;
CREATE INDEX deputies_deputy ON deputies (deputy, until_at);
CREATE INDEX deputies_principal ON deputies (principal, until_at);
CREATE INDEX deputies_unit ON deputies (unit, until_at);

CREATE TABLE proposals (
    id          BLOB NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    state       TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    body        TEXT NOT NULL
) STRICT;
CREATE INDEX proposals_state ON proposals (state, proposed_at, id);
CREATE INDEX proposals_subject ON proposals (subject, proposed_at, id);

CREATE TABLE sign_ins (
    id      BLOB NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    person  BLOB,
    login   TEXT NOT NULL,
    outcome TEXT NOT NULL,
    address TEXT,
    device  TEXT
) STRICT;
CREATE INDEX sign_ins_at ON sign_ins (at, id);
CREATE INDEX sign_ins_failed ON sign_ins (at, id) WHERE outcome <> 'signed_in';
CREATE INDEX sign_ins_address ON sign_ins (address, at) WHERE outcome <> 'signed_in';
CREATE INDEX sign_ins_person ON sign_ins (person, at);

CREATE INDEX ledger_entries_actor ON ledger_entries (actor, place);
