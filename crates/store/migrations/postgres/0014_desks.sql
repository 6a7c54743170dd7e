-- What the desks keep beside the cases: bundles, appointments, papers on their way, the stock of keys, tallies.

CREATE TABLE bundles (
    id                UUID NOT NULL CONSTRAINT "bundles.id" PRIMARY KEY,
    number            TEXT COLLATE "C" NOT NULL CONSTRAINT "bundles.number" UNIQUE,
    consolidator      UUID NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    consolidator_name TEXT NOT NULL,
    made_by           TEXT NOT NULL,
    made_at           BIGINT NOT NULL
);
CREATE INDEX bundles_made_at ON bundles (made_at, id);
CREATE INDEX bundles_consolidator ON bundles (consolidator, made_at, id);

CREATE TABLE bundle_cases (
    bundle  UUID NOT NULL REFERENCES bundles (id) DEFERRABLE INITIALLY DEFERRED,
    case_id UUID NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "bundle_cases.bundle, bundle_cases.case_id" PRIMARY KEY (bundle, case_id)
);

CREATE TABLE appointments (
    case_id UUID NOT NULL CONSTRAINT "appointments.case_id" PRIMARY KEY
        REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    slot_at BIGINT NOT NULL
);
CREATE INDEX appointments_slot_at ON appointments (slot_at, case_id);

CREATE TABLE paper_cases (
    case_id           UUID NOT NULL CONSTRAINT "paper_cases.case_id" PRIMARY KEY
        REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    outstanding       BIGINT NOT NULL,
    expected          BIGINT NOT NULL,
    with_consolidator BIGINT NOT NULL,
    forwarded         BIGINT NOT NULL,
    received          BIGINT NOT NULL,
    missing           BIGINT NOT NULL,
    noted_at          BIGINT NOT NULL
);
CREATE INDEX paper_cases_outstanding ON paper_cases (noted_at, case_id, missing) WHERE outstanding > 0;

CREATE TABLE usb_keys (
    id         UUID NOT NULL CONSTRAINT "usb_keys.id" PRIMARY KEY,
    serial     TEXT COLLATE "C" NOT NULL CONSTRAINT "usb_keys.serial" UNIQUE,
    state      TEXT NOT NULL,
    batch      TEXT NOT NULL,
    unit       UUID,
    unit_name  TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX usb_keys_updated_at ON usb_keys (updated_at, id);
CREATE INDEX usb_keys_state ON usb_keys (state, updated_at, id);

CREATE TABLE tallies (
    subject  TEXT COLLATE "C" NOT NULL,
    day      BIGINT NOT NULL,
    city     TEXT COLLATE "C" NOT NULL,
    business TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    item     TEXT COLLATE "C" NOT NULL,
    place    TEXT COLLATE "C" NOT NULL,
    amount   BIGINT NOT NULL,
    seconds  BIGINT NOT NULL,
    CONSTRAINT "tallies.key" PRIMARY KEY (subject, day, city, business, kind, item, place)
);
