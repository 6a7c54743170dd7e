-- Imprints confirmed from paper and pictures of seals, found by what they look like.

CREATE TABLE imprints (
    id             UUID NOT NULL CONSTRAINT "imprints.id" PRIMARY KEY,
    application_id UUID,
    seal_id        UUID,
    case_id        UUID,
    unit           UUID NOT NULL,
    picture        TEXT NOT NULL,
    likeness       BYTEA NOT NULL,
    created_at     BIGINT NOT NULL,
    body           TEXT NOT NULL,
    CONSTRAINT "imprints.application_id" UNIQUE (application_id),
    CONSTRAINT "imprints.seal_id" UNIQUE (seal_id)
);

CREATE TABLE imprint_buckets (
    bucket     BIGINT NOT NULL,
    imprint_id UUID NOT NULL REFERENCES imprints (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "imprint_buckets.bucket, imprint_buckets.imprint_id" PRIMARY KEY (bucket, imprint_id)
);
CREATE INDEX imprint_buckets_of ON imprint_buckets (imprint_id);

-- The seals that are there already, once.
INSERT INTO jobs (id, kind, subject, payload, due_at, attempts, given_up, heavy)
SELECT gen_random_uuid(), 'index_seals', 'all', '{}', 0, 0, FALSE, TRUE
WHERE EXISTS (SELECT 1 FROM seals);
