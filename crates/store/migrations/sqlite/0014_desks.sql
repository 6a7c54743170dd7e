-- What the desks keep beside the cases: bundles, appointments, papers on their way, the stock of keys, tallies.

CREATE TABLE bundles (
    id                BLOB NOT NULL PRIMARY KEY,
    number            TEXT NOT NULL UNIQUE,
    consolidator      BLOB NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    consolidator_name TEXT NOT NULL,
    made_by           TEXT NOT NULL,
    made_at           INTEGER NOT NULL
) STRICT;
CREATE INDEX bundles_made_at ON bundles (made_at, id);
CREATE INDEX bundles_consolidator ON bundles (consolidator, made_at, id);

CREATE TABLE bundle_cases (
    bundle  BLOB NOT NULL REFERENCES bundles (id) DEFERRABLE INITIALLY DEFERRED,
    case_id BLOB NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (bundle, case_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE appointments (
    case_id BLOB NOT NULL PRIMARY KEY REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    slot_at INTEGER NOT NULL
) STRICT;
CREATE INDEX appointments_slot_at ON appointments (slot_at, case_id);

CREATE TABLE paper_cases (
    case_id           BLOB NOT NULL PRIMARY KEY REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    outstanding       INTEGER NOT NULL,
    expected          INTEGER NOT NULL,
    with_consolidator INTEGER NOT NULL,
    forwarded         INTEGER NOT NULL,
    received          INTEGER NOT NULL,
    missing           INTEGER NOT NULL,
    noted_at          INTEGER NOT NULL
) STRICT;
CREATE INDEX paper_cases_outstanding ON paper_cases (noted_at, case_id, missing) WHERE outstanding > 0;

CREATE TABLE usb_keys (
    id         BLOB NOT NULL PRIMARY KEY,
    serial     TEXT NOT NULL UNIQUE,
    state      TEXT NOT NULL,
    batch      TEXT NOT NULL,
    unit       BLOB,
    unit_name  TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    body       TEXT NOT NULL
) STRICT;
CREATE INDEX usb_keys_updated_at ON usb_keys (updated_at, id);
CREATE INDEX usb_keys_state ON usb_keys (state, updated_at, id);

CREATE TABLE tallies (
    subject  TEXT NOT NULL,
    day      INTEGER NOT NULL,
    city     TEXT NOT NULL,
    business TEXT NOT NULL,
    kind     TEXT NOT NULL,
    item     TEXT NOT NULL,
    place    TEXT NOT NULL,
    amount   INTEGER NOT NULL,
    seconds  INTEGER NOT NULL,
    PRIMARY KEY (subject, day, city, business, kind, item, place)
) STRICT, WITHOUT ROWID;
