-- The seal register: seals, announcements, certificates, what was recorded before signing, and uses.

CREATE TABLE seals (
    id         UUID NOT NULL CONSTRAINT "seals.id" PRIMARY KEY,
    code       TEXT COLLATE "C" NOT NULL CONSTRAINT "seals.code" UNIQUE,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    unit       UUID NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    unit_name  TEXT NOT NULL,
    status     TEXT NOT NULL,
    not_after  BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX seals_updated_at ON seals (updated_at, id);
CREATE INDEX seals_status ON seals (status, updated_at, id);
CREATE INDEX seals_unit ON seals (unit, updated_at, id);
CREATE INDEX seals_unit_status ON seals (unit, status, updated_at, id);

CREATE TABLE announcements (
    number       BIGINT NOT NULL CONSTRAINT "announcements.number" PRIMARY KEY,
    at           BIGINT NOT NULL,
    code         TEXT NOT NULL,
    name         TEXT NOT NULL,
    unit_name    TEXT NOT NULL,
    status       TEXT NOT NULL,
    effective_at BIGINT NOT NULL,
    ledger_index BIGINT NOT NULL
);

CREATE TABLE certificates (
    ordinal           BIGINT GENERATED ALWAYS AS IDENTITY CONSTRAINT "certificates.ordinal" PRIMARY KEY,
    serial            TEXT COLLATE "C" NOT NULL CONSTRAINT "certificates.serial" UNIQUE,
    seal              UUID NOT NULL,
    der               BYTEA NOT NULL,
    key_digest        TEXT NOT NULL,
    not_after         BIGINT NOT NULL,
    revoked_at        BIGINT,
    revocation_reason TEXT
);
CREATE INDEX certificates_seal ON certificates (seal, ordinal);
CREATE INDEX certificates_key_digest ON certificates (key_digest);
CREATE INDEX certificates_revoked ON certificates (revoked_at, serial) WHERE revoked_at IS NOT NULL;

CREATE TABLE signings (
    kind       TEXT NOT NULL,
    subject    UUID NOT NULL,
    tbs        BYTEA NOT NULL,
    context    TEXT NOT NULL,
    result     BYTEA,
    created_at BIGINT NOT NULL,
    CONSTRAINT "signings.kind, signings.subject" PRIMARY KEY (kind, subject)
);

CREATE TABLE use_requests (
    id           UUID NOT NULL CONSTRAINT "use_requests.id" PRIMARY KEY,
    seal         UUID NOT NULL REFERENCES seals (id) DEFERRABLE INITIALLY DEFERRED,
    unit         UUID NOT NULL REFERENCES units (id) DEFERRABLE INITIALLY DEFERRED,
    requested_by UUID NOT NULL,
    state        TEXT NOT NULL,
    document     TEXT NOT NULL,
    signature    TEXT CONSTRAINT "use_requests.signature" UNIQUE,
    stamped_at   BIGINT,
    updated_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    body         TEXT NOT NULL
);
CREATE INDEX use_requests_updated_at ON use_requests (updated_at, id);
CREATE INDEX use_requests_state ON use_requests (state, updated_at, id);
CREATE INDEX use_requests_unit ON use_requests (unit, updated_at, id, stamped_at);
CREATE INDEX use_requests_unit_state ON use_requests (unit, state, updated_at, id, stamped_at);
CREATE INDEX use_requests_seal ON use_requests (seal, updated_at, id, stamped_at);
CREATE INDEX use_requests_stamped_at ON use_requests (stamped_at) WHERE stamped_at IS NOT NULL;
