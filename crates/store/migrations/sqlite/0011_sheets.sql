-- Lists as a person keeps them, and summary sheets on their way into a case.

CREATE TABLE saved_filters (
    id         BLOB NOT NULL PRIMARY KEY,
    person     BLOB NOT NULL REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED,
    list       TEXT NOT NULL,
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    UNIQUE (person, list, name)
) STRICT;

CREATE TABLE sheet_imports (
    id         BLOB NOT NULL PRIMARY KEY,
    case_id    BLOB NOT NULL,
    state      TEXT NOT NULL,
    total      INTEGER NOT NULL,
    done       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    body       TEXT NOT NULL
) STRICT;
CREATE INDEX sheet_imports_of_case ON sheet_imports (case_id, created_at);
