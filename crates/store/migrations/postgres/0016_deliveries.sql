-- Notices on their way out of the house, and what people are reminded of.

CREATE TABLE deliveries (
    id         UUID NOT NULL CONSTRAINT "deliveries.id" PRIMARY KEY,
    notice     UUID NOT NULL REFERENCES notices (id) DEFERRABLE INITIALLY DEFERRED,
    person     UUID NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    case_id    UUID,
    channel    TEXT NOT NULL,
    template   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempts   BIGINT NOT NULL,
    last_error TEXT,
    due_at     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    CONSTRAINT "deliveries.notice, deliveries.channel" UNIQUE (notice, channel)
);
CREATE INDEX deliveries_due ON deliveries (channel, due_at, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX deliveries_failed ON deliveries (settled_at, id) WHERE state IN ('failed', 'unknown');
CREATE INDEX deliveries_failed_case
    ON deliveries (case_id, settled_at, id) WHERE state IN ('failed', 'unknown');
CREATE INDEX deliveries_person ON deliveries (person, created_at);

-- told: 0 nobody was reminded yet, 1 that it comes near, 2 that it has passed.
CREATE TABLE deadlines (
    subject UUID NOT NULL CONSTRAINT "deadlines.subject" PRIMARY KEY,
    kind    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    told    BIGINT NOT NULL
);
CREATE INDEX deadlines_at ON deadlines (at, subject);

CREATE TABLE reminders (
    subject UUID NOT NULL,
    name    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    CONSTRAINT "reminders.subject, reminders.name" PRIMARY KEY (subject, name)
);
