-- Papers that come back as scans and photographs: uploads, their files, their pages. Long work in a lane of its own.

ALTER TABLE jobs ADD COLUMN heavy BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE scan_uploads (
    id         UUID NOT NULL CONSTRAINT "scan_uploads.id" PRIMARY KEY,
    person     UUID NOT NULL,
    role       TEXT NOT NULL,
    unit       UUID NOT NULL,
    case_id    UUID,
    created_at BIGINT NOT NULL,
    told_at    BIGINT,
    body       TEXT NOT NULL
);
CREATE INDEX scan_uploads_of_post ON scan_uploads (unit, role, created_at, id);

CREATE TABLE scan_files (
    upload_id UUID NOT NULL REFERENCES scan_uploads (id) DEFERRABLE INITIALLY DEFERRED,
    number    BIGINT NOT NULL,
    pages     BIGINT,
    body      TEXT NOT NULL,
    CONSTRAINT "scan_files.upload_id, scan_files.number" PRIMARY KEY (upload_id, number)
);

CREATE TABLE scan_pages (
    id         UUID NOT NULL CONSTRAINT "scan_pages.id" PRIMARY KEY,
    upload_id  UUID NOT NULL REFERENCES scan_uploads (id) DEFERRABLE INITIALLY DEFERRED,
    file       BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    case_id    UUID,
    mark       TEXT,
    state      TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    body       TEXT NOT NULL,
    CONSTRAINT "scan_pages.upload_id, scan_pages.file, scan_pages.number" UNIQUE (upload_id, file, number)
);
CREATE INDEX scan_pages_of_case ON scan_pages (case_id, updated_at) WHERE case_id IS NOT NULL;
