-- Lists as a person keeps them, and summary sheets on their way into a case.

CREATE TABLE saved_filters (
    id         UUID NOT NULL CONSTRAINT "saved_filters.id" PRIMARY KEY,
    person     UUID NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    list       TEXT NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    query      TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    CONSTRAINT "saved_filters.person, saved_filters.list, saved_filters.name" UNIQUE (person, list, name)
);

CREATE TABLE sheet_imports (
    id         UUID NOT NULL CONSTRAINT "sheet_imports.id" PRIMARY KEY,
    case_id    UUID NOT NULL,
    state      TEXT NOT NULL,
    total      BIGINT NOT NULL,
    done       BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX sheet_imports_of_case ON sheet_imports (case_id, created_at);
