-- Notices on their way out of the house, and what people are reminded of.

CREATE TABLE deliveries (
    id         BLOB NOT NULL PRIMARY KEY,
    notice     BLOB NOT NULL REFERENCES notices (id) DEFERRABLE INITIALLY DEFERRED,
    person     BLOB NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    case_id    BLOB,
    channel    TEXT NOT NULL,
    template   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempts   INTEGER NOT NULL,
    last_error TEXT,
    due_at     INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    settled_at INTEGER,
    UNIQUE (notice, channel)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (channel, due_at, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX deliveries_failed ON deliveries (settled_at, id) WHERE state IN ('failed', 'unknown');
CREATE INDEX deliveries_failed_case
    ON deliveries (case_id, settled_at, id) WHERE state IN ('failed', 'unknown');
CREATE INDEX deliveries_person ON deliveries (person, created_at);

-- told: 0 nobody was reminded yet, 1 that it comes near, 2 that it has passed.
CREATE TABLE deadlines (
    subject BLOB NOT NULL PRIMARY KEY,
    kind    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    told    INTEGER NOT NULL
) STRICT;
CREATE INDEX deadlines_at ON deadlines (at, subject);

CREATE TABLE reminders (
    subject BLOB NOT NULL,
    name    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (subject, name)
) STRICT, WITHOUT ROWID;
