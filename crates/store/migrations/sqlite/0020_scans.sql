-- Papers that come back as scans and photographs: uploads, their files, their pages. Long work in a lane of its own.

ALTER TABLE jobs ADD COLUMN heavy INTEGER NOT NULL DEFAULT FALSE;

CREATE TABLE scan_uploads (
    id         BLOB NOT NULL PRIMARY KEY,
    person     BLOB NOT NULL,
    role       TEXT NOT NULL,
    unit       BLOB NOT NULL,
    case_id    BLOB,
    created_at INTEGER NOT NULL,
    told_at    INTEGER,
    body       TEXT NOT NULL
) STRICT;
CREATE INDEX scan_uploads_of_post ON scan_uploads (unit, role, created_at, id);

CREATE TABLE scan_files (
    upload_id BLOB NOT NULL REFERENCES scan_uploads (id) DEFERRABLE INITIALLY DEFERRED,
    number    INTEGER NOT NULL,
    pages     INTEGER,
    body      TEXT NOT NULL,
    PRIMARY KEY (upload_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE scan_pages (
    id         BLOB NOT NULL PRIMARY KEY,
    upload_id  BLOB NOT NULL REFERENCES scan_uploads (id) DEFERRABLE INITIALLY DEFERRED,
    file       INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    case_id    BLOB,
    mark       TEXT,
    state      TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    body       TEXT NOT NULL,
    UNIQUE (upload_id, file, number)
) STRICT;
CREATE INDEX scan_pages_of_case ON scan_pages (case_id, updated_at) WHERE case_id IS NOT NULL;
