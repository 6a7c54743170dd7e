-- Administration: where units are, what they were called, filings, deputies, proposals, sign-ins.

ALTER TABLE units ADD COLUMN city TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN county TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN level TEXT NOT NULL DEFAULT '';
UPDATE units SET city = body::json ->> 'city', county = body::json ->> 'county', level = body::json ->> 'level';
CREATE INDEX units_city ON units (city, full_name, id);

-- What a unit was from a moment on. The newest is the unit as it is.
CREATE TABLE unit_versions (
    unit    UUID NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    from_at BIGINT NOT NULL,
    body    TEXT NOT NULL,
    CONSTRAINT "unit_versions.unit, unit_versions.from_at" PRIMARY KEY (unit, from_at)
);

CREATE TABLE unit_filings (
    id          UUID NOT NULL CONSTRAINT "unit_filings.id" PRIMARY KEY,
    unit        UUID NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    filed_at    BIGINT NOT NULL,
    answered_at BIGINT,
    body        TEXT NOT NULL
);
CREATE INDEX unit_filings_unit ON unit_filings (unit, filed_at);
CREATE INDEX unit_filings_waiting ON unit_filings (filed_at) WHERE answered_at IS NULL;

-- A digest of the ID number: one person has one account.
ALTER TABLE accounts ADD COLUMN resident_digest TEXT;
CREATE UNIQUE INDEX accounts_resident_digest ON accounts (resident_digest) WHERE resident_digest IS NOT NULL;
CREATE INDEX accounts_name ON accounts (name);
CREATE INDEX accounts_locked ON accounts (locked_until) WHERE locked_until IS NOT NULL;

ALTER TABLE sessions ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN device TEXT;

CREATE TABLE deputies (
    id        UUID NOT NULL CONSTRAINT "deputies.id" PRIMARY KEY,
    unit      UUID NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    principal UUID NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    deputy    UUID NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    until_at  BIGINT NOT NULL,
    body      TEXT NOT NULL
);
CREATE INDEX deputies_deputy ON deputies (deputy, until_at);
CREATE INDEX deputies_principal ON deputies (principal, until_at);
CREATE INDEX deputies_unit ON deputies (unit, until_at);

CREATE TABLE proposals (
    id          UUID NOT NULL CONSTRAINT "proposals.id" PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    state       TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    body        TEXT NOT NULL
);
CREATE INDEX proposals_state ON proposals (state, proposed_at, id);
CREATE INDEX proposals_subject ON proposals (subject, proposed_at, id);

CREATE TABLE sign_ins (
    id      UUID NOT NULL CONSTRAINT "sign_ins.id" PRIMARY KEY,
    at      BIGINT NOT NULL,
    person  UUID,
    login   TEXT NOT NULL,
    outcome TEXT NOT NULL,
    address TEXT,
    device  TEXT
);
CREATE INDEX sign_ins_at ON sign_ins (at, id);
CREATE INDEX sign_ins_failed ON sign_ins (at, id) WHERE outcome <> 'signed_in';
CREATE INDEX sign_ins_address ON sign_ins (address, at) WHERE outcome <> 'signed_in';
CREATE INDEX sign_ins_person ON sign_ins (person, at);

CREATE INDEX ledger_entries_actor ON ledger_entries (actor COLLATE "C", place);
