-- Imprints confirmed from paper and pictures of seals, found by what they look like.

CREATE TABLE imprints (
    id             BLOB NOT NULL PRIMARY KEY,
    application_id BLOB,
    seal_id        BLOB,
    case_id        BLOB,
    unit           BLOB NOT NULL,
    picture        TEXT NOT NULL,
    likeness       BLOB NOT NULL,
    created_at     INTEGER NOT NULL,
    body           TEXT NOT NULL,
    UNIQUE (application_id),
    UNIQUE (seal_id)
) STRICT;

CREATE TABLE imprint_buckets (
    bucket     INTEGER NOT NULL,
    imprint_id BLOB NOT NULL REFERENCES imprints (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (bucket, imprint_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX imprint_buckets_of ON imprint_buckets (imprint_id);

-- The seals that are there already, once.
INSERT INTO jobs (id, kind, subject, payload, due_at, attempts, given_up, heavy)
SELECT randomblob(16), 'index_seals', 'all', '{}', 0, 0, FALSE, TRUE
WHERE EXISTS (SELECT 1 FROM seals);
