-- The outbox, settings and running numbers.

CREATE TABLE jobs (
    id          UUID NOT NULL CONSTRAINT "jobs.id" PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    payload     TEXT NOT NULL,
    due_at      BIGINT NOT NULL,
    lease_until BIGINT,
    attempts    BIGINT NOT NULL,
    last_error  TEXT,
    done_at     BIGINT,
    given_up    BOOLEAN NOT NULL,
    CONSTRAINT "jobs.kind, jobs.subject" UNIQUE (kind, subject)
);
CREATE INDEX jobs_waiting ON jobs (due_at, id) WHERE done_at IS NULL AND NOT given_up;
CREATE INDEX jobs_given_up ON jobs (id) WHERE given_up;

CREATE TABLE settings (
    name  TEXT NOT NULL CONSTRAINT "settings.name" PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE counters (
    name  TEXT NOT NULL CONSTRAINT "counters.name" PRIMARY KEY,
    value BIGINT NOT NULL
);
